import { Readable } from "node:stream";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import { ATTRIBUTES } from "./directory-create";
import { firstLines, unescapedName } from "./directory-messages";

/** One member of an archive, as its header describes it. */
export interface ListedEntry {
  /** Below the root, without `./` and without a slash at its end; empty for the root itself. */
  path: Buffer;
  /** The letter of `ls -l`; `h` for a hard link. */
  type: string;
  uid: number;
  gid: number;
  /** Whether it runs with the rights of its owner or group. */
  hasSetId: boolean;
  hasAccessList: boolean;
  hasCapability: boolean;
}

/** An archive ends with two blocks of zeros. */
const END_BYTES = 1024;

const LINE = /^([-a-zA-Z])(\S{9})[.+*]* +(\d+)\/(\d+) +\S+ \S+ \S+ +((?:\\.|[^\\ ])*)/s;

/**
 * Lists an archive with tar, whole and in order, one entry in memory at a time.
 * @throws RunError when it cannot be read to its end
 */
export async function* listArchive(archive: Readable, io: JobIo): AsyncGenerator<ListedEntry> {
  const args = ["--list", "--verbose", "--verbose", "--file=-", "--full-time", "--warning=no-timestamp"];
  const { stdout, ended } = io.tools.start("tar", [...args, ...ATTRIBUTES, "--quote-chars= "], { stdin: archive });
  let entry: ListedEntry | null = null;
  for await (const line of linesOf(stdout)) {
    // Below an entry stand its access lists (a:) and the names of its attributes (x:).
    if (line.startsWith("  ")) {
      if (!entry) continue;
      if (/^ {2}a: /.test(line)) entry.hasAccessList = true;
      if (/^ {2}x: +\d+ security\.capability$/.test(line)) entry.hasCapability = true;
      continue;
    }
    if (entry) yield entry;
    entry = parseLine(line);
  }
  if (entry) yield entry;
  requireWhole(await ended);
}

/** Counts the members of an archive that are not folders. @throws RunError when it cannot be read to its end */
export async function countFiles(archive: Readable, io: JobIo): Promise<number> {
  const { stream, hasEnd } = withEnd(archive);
  const { stdout, ended } = io.tools.start("tar", ["--list", "--file=-", "--quoting-style=escape"], { stdin: stream });
  let files = 0;
  let last = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    // Line breaks in names are escaped; a folder's name ends with a slash.
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, end + 1)) {
      if ((end > 0 ? chunk[end - 1] : last) !== 0x2f) files++;
    }
    last = chunk.at(-1) ?? last;
  }
  requireWhole(await ended);
  if (!hasEnd()) throw new RunError("The archive cannot be read to its end: the mark of its end is missing.");
  return files;
}

/** Looks for the zeros at the end of an archive: tar takes one that was cut off between two members for a whole one. */
function withEnd(archive: Readable): { stream: Readable; hasEnd(): boolean } {
  let last: Buffer = Buffer.alloc(0);
  let isOver = false;
  const chunks = async function* () {
    for await (const chunk of archive as AsyncIterable<Buffer>) {
      last = chunk.length >= END_BYTES ? chunk.subarray(-END_BYTES) : Buffer.concat([last, chunk]).subarray(-END_BYTES);
      yield chunk;
    }
    isOver = true;
  };
  const stream = Readable.from(chunks(), { objectMode: false, highWaterMark: 256 * 1024 });
  // Where tar stopped reading before the end, it has seen the mark.
  return { stream, hasEnd: () => !isOver || (last.length === END_BYTES && last.every((byte) => byte === 0)) };
}

function requireWhole({ code, stderr }: { code: number; stderr: string }): void {
  if (code !== 0) throw new RunError(`The archive cannot be read to its end: ${firstLines(stderr)}`);
}

function parseLine(line: string): ListedEntry {
  const [, type = "", mode = "", uid, gid, name = ""] = LINE.exec(line) ?? [];
  // What nobody can read here must not pass for an entry without rights that need care.
  if (!type) throw new RunError(`tar listed a file in a form that Belfry does not know: ${line}`);
  const path = unescapedName(name.replace(/^\.\//, "").replace(/\/$/, ""));
  return {
    path: path.equals(Buffer.from(".")) ? Buffer.alloc(0) : path,
    type,
    uid: Number(uid),
    gid: Number(gid),
    hasSetId: type !== "d" && /[sS]/.test(mode),
    hasAccessList: false,
    hasCapability: false,
  };
}

/** Splits at line feeds alone; readline would also split at other characters that names may hold. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  input.setEncoding("utf8");
  let rest = "";
  for await (const text of input as AsyncIterable<string>) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}
