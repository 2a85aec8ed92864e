import { Readable } from "node:stream";
import { systemCode } from "../run-error";
import type { PipedFile } from "../tool-io";
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
  return outputOf(process);
}

/**
 * Opens a file for a tool, in a process of its own whose output is the tool's input: its bytes do not pass this process.
 * @param decompress what the process does on the way
 * @param wrapped puts an error of `askFiles` into words, as which it is thrown
 */
export async function pipeFileApart(
  { file, decompress, wrapped }: { file: string; decompress?: "gzip"; wrapped(error: unknown): Error },
  scope: FileScope,
): Promise<PipedFile> {
  const process = new FileProcess({ op: "read", file, ...(decompress && { decompress }) }, scope);
  await process.opened.catch((error: unknown) => {
    throw wrapped(error);
  });
  const { output } = process;
  if (!output) throw new Error("A process that reads has an output.");
  const ended = process.answer.catch((error: unknown) => {
    // Its reader left, with bytes unread or not; why, its own end says.
    if (!["EPIPE", "ECONNRESET"].includes(systemCode(error))) throw wrapped(error);
  });
  // A reader of the stream learns of it there.
  ended.catch(() => undefined);
  return {
    pipe: output,
    start: () => process.start(),
    ended,
    stream: () => outputOf(process),
    discard: () => void process.end(),
  };
}

function outputOf(process: FileProcess): Readable {
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
  process.start();
  return stream;
}
