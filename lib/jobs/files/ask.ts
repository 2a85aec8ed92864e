import { Readable } from "node:stream";
import { FileProcess, type FileScope } from "./file-process";
import type { FileAnswers, FileRequest } from "./requests";

/** Bytes read ahead of a slow reader. */
const READ_AHEAD = 256 * 1024;

type Question = Extract<FileRequest, { op: keyof FileAnswers }>;

/**
 * Asks one thing about files in a process of its own, which ends with the signal. For every path that may be on a disk
 * or network file system that hangs.
 * @throws the system's error with its `code`, the signal's reason, or a RunError when an earlier process still hangs there
 */
export async function askFiles<Q extends Question>(request: Q, scope: FileScope): Promise<FileAnswers[Q["op"]]> {
  return (await new FileProcess(request, scope).answer) as FileAnswers[Q["op"]];
}

/** Opens a file for reading, in a process of its own. @throws as `askFiles` */
export async function readFileApart(file: string, scope: FileScope): Promise<Readable> {
  const process = new FileProcess({ op: "read", file }, scope);
  await process.opened;
  const { output } = process;
  const stream = new Readable({
    highWaterMark: READ_AHEAD,
    read: () => void output?.resume(),
    // At once, whatever is pending: a reader that leaves must not leave a process that hangs.
    destroy(error, done) {
      void process.end();
      done(error);
    },
  });
  output?.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) output.pause();
  });
  // The bytes count as whole only when the process says so.
  output?.on("end", () => void process.answer.then(() => stream.push(null)).catch(() => undefined));
  process.answer.catch((error: Error) => stream.destroy(error));
  return stream;
}
