import { randomBytes } from "node:crypto";
import { StringDecoder } from "node:string_decoder";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import type { ArchiveFolder, JobIo } from "../../contract";
import { RunError } from "../../run-error";
import type { ConfigFile } from "./config-file";
import { failuresError } from "./messages";
import { streamBorgmatic } from "./process";

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
  const listed = new ListedFolder(folder);
  const { code, messages } = await streamBorgmatic({ file, passphrase, words }, io, (stdout) =>
    readListedEntries(stdout, mark, (text) => listed.add(readEntry(text))),
  );
  if (code !== 0) throw failuresError(messages.lastFailures());
  return listed.entries();
}

/** No path is longer, and no line of borgmatic's own. */
const MOST_CHARS = 4 * 1024 * 1024;

/** Passes on what stands between two marks, as it comes; what follows an entry until the next one is left out. */
export async function readListedEntries(
  stdout: AsyncIterable<Buffer>,
  mark: string,
  take: (text: string) => void,
): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let isEntry = false;
  let rest = "";
  for await (const chunk of stdout) {
    const texts = (rest + decoder.write(chunk)).split(mark);
    rest = texts.pop() ?? "";
    for (const text of texts) {
      if (isEntry) take(text);
      isEntry = !isEntry;
    }
    if (rest.length > MOST_CHARS)
      throw new RunError("borgmatic lists its archives in a way that Belfry does not know.");
  }
}

function readEntry(text: string): ArchiveEntry {
  const [type = "", bytes, time = "", ...path] = text.slice(0, -1).split(" ");
  return { path: path.join(" "), type: TYPES[type] ?? "other", bytes: Number(bytes), modifiedAt: Date.parse(time) };
}

/** As many names of one folder are shown. */
const MOST_NAMES = 20_000;

/** Of all that lies below a folder, what lies directly in it: however much that is, no more is kept. */
export class ListedFolder {
  private readonly found = new Map<string, ArchiveEntry>();
  private readonly start: string;
  private isFolder: boolean;

  /** @param folder empty: the root */
  constructor(private readonly folder: string) {
    this.start = folder === "" ? "" : `${folder}/`;
    this.isFolder = folder === "";
  }

  /** @throws RunError for more names than can be shown */
  add(entry: ArchiveEntry): void {
    if (entry.path === this.folder && entry.type === "folder") this.isFolder = true;
    if (!entry.path.startsWith(this.start)) return;
    const end = entry.path.indexOf("/", this.start.length);
    const path = end < 0 ? entry.path : entry.path.slice(0, end);
    if (end < 0) this.found.set(path, entry);
    else if (!this.found.has(path)) this.found.set(path, { path, type: "folder", bytes: 0, modifiedAt: Number.NaN });
    if (this.found.size > MOST_NAMES)
      throw new RunError(`This folder holds more than ${MOST_NAMES.toLocaleString("en-US")} names, too many to show.`);
  }

  /** By name; null: there is no such folder. */
  entries(): ArchiveEntry[] | null {
    if (!this.isFolder && this.found.size === 0) return null;
    return [...this.found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}
