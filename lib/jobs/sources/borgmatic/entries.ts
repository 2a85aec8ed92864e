import { randomBytes } from "node:crypto";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import type { ArchiveFolder, JobIo } from "../../contract";
import type { ConfigFile } from "./config-file";
import { failuresError } from "./messages";
import { runBorgmatic } from "./process";

const TYPES: Record<string, ArchiveEntry["type"]> = { d: "folder", "-": "file", h: "file", l: "link" };

/**
 * What lies in a folder of an archive, by name, as `borgmatic list` says. A folder that is only on the way to what was backed up is
 * one too. @returns null: there is no such folder
 * @throws RunError
 */
export async function listEntries(
  file: ConfigFile,
  passphrase: string | undefined,
  { repository, archive, folder }: ArchiveFolder,
  io: JobIo,
): Promise<ArchiveEntry[] | null> {
  // borgmatic writes lines of its own between, and names may hold line feeds: nobody can have put this into a name.
  const mark = randomBytes(12).toString("hex");
  const words = [
    "list",
    `--repository=${repository}`,
    `--archive=${archive}`,
    `--format=${mark}{type} {size} {isomtime} {path}/${mark}{NL}`,
    ...(folder === "" ? [] : ["--path", `pp:${folder}`]),
  ];
  const { code, stdout, messages } = await runBorgmatic(file, passphrase, words, io);
  if (code !== 0) throw failuresError(messages.lastFailures());
  return entriesIn(folder, readEntries(stdout, mark));
}

function readEntries(stdout: string, mark: string): ArchiveEntry[] {
  // Between two marks stands an entry, or what follows one.
  const texts = stdout.split(mark).filter((_, index) => index % 2 === 1);
  return texts.map((text) => {
    const [type = "", bytes, time = "", ...path] = text.slice(0, -1).split(" ");
    return {
      path: path.join(" "),
      type: TYPES[type] ?? "other",
      bytes: Number(bytes),
      modifiedAt: Date.parse(time),
    };
  });
}

/** Of all that lies below a folder, what lies directly in it. */
function entriesIn(folder: string, all: readonly ArchiveEntry[]): ArchiveEntry[] | null {
  const start = folder === "" ? "" : `${folder}/`;
  const found = new Map<string, ArchiveEntry>();
  for (const entry of all) {
    if (!entry.path.startsWith(start)) continue;
    const end = entry.path.indexOf("/", start.length);
    const path = end < 0 ? entry.path : entry.path.slice(0, end);
    if (end < 0) found.set(path, entry);
    else if (!found.has(path)) found.set(path, { path, type: "folder", bytes: 0, modifiedAt: Number.NaN });
  }
  const isFolder =
    found.size > 0 || folder === "" || all.some(({ path, type }) => path === folder && type === "folder");
  return isFolder ? [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) : null;
}
