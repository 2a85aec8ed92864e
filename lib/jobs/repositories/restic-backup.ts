import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { newId } from "@/lib/core/id";
import type { JobIo } from "../contract";
import { firstLines } from "../sources/directory-messages";
import type { FolderBackup, MadeArchive, OpenRepository } from "./contract";
import { resticError, runRestic, startRestic } from "./restic-run";
import { OURS, resticTag } from "./restic-tags";

interface Message {
  message_type: string;
  /** Of its `status`, as far as it has come. */
  bytes_done?: number;
  files_done?: number;
  /** Of its `summary`. */
  total_files_processed?: number;
  total_bytes_processed?: number;
  data_added?: number;
  snapshot_id?: string;
}

/** A snapshot was made, and something could not be read. */
const INCOMPLETE = 3;

/** Backs a folder up with `restic backup`; the snapshot holds paths below the folder. @throws RunError when there is none */
export async function resticBackUp(repository: OpenRepository, backup: FolderBackup, io: JobIo): Promise<MadeArchive> {
  const { root, left, series, path } = backup;
  await runRestic(repository, { args: ["unlock"] }, io);
  const tags = [OURS, resticTag(series)].flatMap((tag) => ["--tag", tag]);
  const excluded = await excludeFile(left, path, io);
  const args = ["backup", "--json", "--host", "belfry", ...tags, "--exclude-file", excluded, "."];
  const command = { args, folder: root.inTool(), tool: { folders: [root.fd] } };
  const { stdout, ended, lines } = await startRestic(repository, command, io);
  let summary: Message | null = null;
  const figures = { bytes: 0, files: 0 };
  const unfollow = io.progress?.follow(() => figures);
  try {
    for await (const line of createInterface({ input: stdout })) {
      const message = JSON.parse(line) as Message;
      if (message.message_type === "summary") summary = message;
      if (message.message_type !== "status") continue;
      figures.bytes = message.bytes_done ?? figures.bytes;
      figures.files = message.files_done ?? figures.files;
    }
  } finally {
    unfollow?.();
  }
  const { code } = await ended;
  if (!summary?.snapshot_id || (code !== 0 && code !== INCOMPLETE)) throw resticError(repository, lines, code);
  const { stdout: found } = await runRestic(
    repository,
    { args: ["snapshots", "--json", "--no-lock", summary.snapshot_id] },
    io,
  );
  const [snapshot] = JSON.parse(found) as { id: string }[];
  const id = snapshot?.id ?? summary.snapshot_id;
  return {
    name: id,
    id,
    originalBytes: summary.total_bytes_processed ?? 0,
    addedBytes: summary.data_added ?? 0,
    files: summary.total_files_processed ?? 0,
    warnings: code === 0 ? [] : [`restic says:\n${firstLines(lines.map(plainWords).join("\n"))}`],
  };
}

/** With `--json` restic prints its errors as JSON, too: `{"message_type":"error","error":{…},"item":"/path"}`. */
function plainWords(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { error, item } = JSON.parse(line) as { error?: { Err?: unknown; message?: unknown }; item?: unknown };
    if (typeof item !== "string") return line;
    const words = [error?.message, error?.Err].find((each) => typeof each === "string");
    return `${item}${words ? `: ${words}` : " could not be read"}`;
  } catch {
    return line;
  }
}

/** Writes what is left out as absolute patterns that match nothing else, but for another letter in place of a line break. */
async function excludeFile(left: AsyncIterable<Buffer>, root: string, io: JobIo): Promise<string> {
  const file = join(io.workDir, newId("exclude"));
  const stream = createWriteStream(file, { mode: 0o600, flags: "wx" });
  for await (const path of left) {
    const whole = `${Buffer.from(`${root}/`).toString("latin1")}${path.toString("latin1")}`;
    const pattern = whole
      .replace(/[*?[\\]/g, "\\$&")
      .replace(/\$/g, "$$$$")
      .replace(/[\n\r]|\s$/g, "?");
    if (!stream.write(Buffer.from(`${pattern}\n`, "latin1")))
      await new Promise<void>((resolve) => {
        stream.once("drain", resolve).once("close", resolve);
      });
  }
  stream.end();
  await finished(stream);
  return file;
}
