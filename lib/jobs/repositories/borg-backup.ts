import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { newId } from "@/lib/core/id";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import { firstLines } from "../sources/directory-messages";
import { borgError, runBorg } from "./borg-run";
import type { FolderBackup, MadeArchive, OpenRepository } from "./contract";
import { archiveName } from "./series";

interface Created {
  archive: { name: string; id: string; stats: { original_size: number; deduplicated_size: number; nfiles: number } };
}

/** Backs a folder up with `borg create`; the archive holds paths below the folder. @throws RunError when there is no archive */
export async function borgBackUp(repository: OpenRepository, backup: FolderBackup, io: JobIo): Promise<MadeArchive> {
  const { root, left, series, now } = backup;
  const archive = archiveName(series, now);
  await io.watch?.willStore(archive);
  const options = ["--json", "--progress", "--exclude-from", await excludeFile(left, io)];
  const command = {
    command: ["create"],
    options,
    archive,
    rest: ["."],
    folder: root.inTool(),
    tool: { folders: [root.fd] },
  };
  const { stdout, code, messages } = await runBorg(repository, command, io);
  const made = readCreated(stdout);
  if (!made) throw await borgError(repository, messages, code);
  const rootWarning = messages.warnings.find((line) => line.startsWith(".: "));
  if (rootWarning) throw new RunError(`The folder could not be read: ${rootWarning.slice(3)}`);
  const { id, name, stats } = made.archive;
  const words = messages.warnings.length > 0 ? messages.warnings : messages.errors;
  return {
    name,
    id,
    originalBytes: stats.original_size,
    addedBytes: stats.deduplicated_size,
    files: stats.nfiles,
    warnings: code === 0 ? [] : [`borg says:\n${firstLines(words.join("\n")) || "something needs attention."}`],
  };
}

function readCreated(text: string): Created | null {
  try {
    return JSON.parse(text) as Created;
  } catch {
    return null;
  }
}

/** Writes what is left out, one path a line, in a way that borg reads as nothing but this path. */
async function excludeFile(left: AsyncIterable<Buffer>, io: JobIo): Promise<string> {
  const file = join(io.workDir, newId("exclude"));
  const stream = createWriteStream(file, { mode: 0o600, flags: "wx" });
  for await (const path of left) {
    if (!stream.write(Buffer.concat([excludeLine(path), Buffer.from("\n")])))
      await new Promise<void>((resolve) => {
        stream.once("drain", resolve).once("close", resolve);
      });
  }
  stream.end();
  await finished(stream);
  return file;
}

/** borg ends a line at a break and drops blanks at its end: such a path is written as a regular expression. */
function excludeLine(path: Buffer): Buffer {
  const text = path.toString("latin1");
  if (!/[\n\r]|\s$/.test(text)) return Buffer.concat([Buffer.from("pp:"), path]);
  const escaped = [...text].map((letter) =>
    letter > "~" || /\w/.test(letter) ? letter : `\\x${letter.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return Buffer.from(`re:^${escaped.join("")}(?:/|$)`, "latin1");
}
