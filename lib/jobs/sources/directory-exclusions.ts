import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { newId } from "@/lib/core/id";
import type { JobIo } from "../contract";
import { isPattern, PatternMatcher } from "./directory-patterns";
import { walk } from "./directory-walk";

/**
 * Lists what patterns leave out of a folder, path by path, for tar: its own patterns cannot say what a .gitignore can.
 * tar then walks the folder itself, so that no link that appears in the meantime leads it outside.
 * @param folders paths below the root that are left out beside the patterns
 * @returns tar's options
 */
export async function exclusions(
  root: string,
  lines: readonly string[],
  folders: Buffer[],
  io: JobIo,
): Promise<string[]> {
  if (folders.length === 0 && !lines.some(isPattern)) return [];
  const [plain, quoted] = [new PathList(io), new PathList(io)];
  const add = async (path: Buffer) => {
    if (hasOddEnding(path)) await quoted.add(asWildcard(path));
    else await plain.add(path);
  };
  try {
    for await (const path of leftOutPaths(root, lines, folders, io)) await add(path);
  } finally {
    await Promise.all([plain.close(), quoted.close()]);
  }
  return [
    "--anchored",
    "--no-wildcards",
    `--exclude-from=${plain.file}`,
    "--wildcards",
    `--exclude-from=${quoted.file}`,
  ];
}

/** What patterns leave out of a folder, path by path, after the folders that are left out in any case. */
export async function* leftOutPaths(
  root: string,
  lines: readonly string[],
  folders: readonly Buffer[],
  { signal }: Pick<JobIo, "signal">,
): AsyncGenerator<Buffer> {
  yield* folders;
  const patterns = lines.filter(isPattern);
  if (patterns.length === 0) return;
  const matcher = new PatternMatcher(patterns);
  const ways = walk(root, {
    signal,
    enters: (entry) => !matcher.leavesOut(entry),
    // The program that reads the folder will not be able to read it either, and says so.
    onUnreadable: () => undefined,
  });
  for await (const batch of ways) for (const entry of batch) if (matcher.leavesOut(entry)) yield entry.path;
}

/** A file of paths, one a line. */
class PathList {
  readonly file: string;
  private readonly stream;

  constructor(io: JobIo) {
    this.file = join(io.workDir, newId("exclude"));
    this.stream = createWriteStream(this.file, { mode: 0o600, flags: "wx" });
    // An error is thrown by what waits for the stream.
    this.stream.on("error", () => undefined);
  }

  async add(path: Buffer): Promise<void> {
    const line = Buffer.concat([Buffer.from("./"), path, Buffer.from("\n")]);
    if (this.stream.write(line)) return;
    await new Promise<void>((resolve) => {
      this.stream.once("drain", resolve).once("close", resolve);
    });
  }

  async close(): Promise<void> {
    this.stream.end();
    await finished(this.stream);
  }
}

/** Whether tar would read the line otherwise than as this path: it ends a line at a break and drops blanks at its end. */
function hasOddEnding(path: Buffer): boolean {
  return path.includes(0x0a) || isBlank(path.at(-1) ?? 0);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** The path as a pattern that matches nothing else, but for another control character in place of a line break. */
function asWildcard(path: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (const [index, byte] of path.entries()) {
    const isBlankAtEnd = index === path.length - 1 && isBlank(byte);
    if (byte === 0x0a) parts.push(Buffer.from("[[:cntrl:]]"));
    else if (isBlankAtEnd) parts.push(Buffer.from([0x5b, byte, 0x5d]));
    else if (byte === 0x2a || byte === 0x3f || byte === 0x5b || byte === 0x5c) parts.push(Buffer.from([0x5c, byte]));
    else parts.push(Buffer.from([byte]));
  }
  return Buffer.concat(parts);
}
