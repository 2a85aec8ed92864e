import { Readable } from "node:stream";
import { FileProcess, type FileScope } from "./file-process";
import type { FileAnswers, FileRequest } from "./requests";

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
  const chunks = async function* () {
    try {
      if (process.output) yield* process.output as AsyncIterable<Buffer>;
      await process.answer;
    } finally {
      void process.end();
    }
  };
  return Readable.from(chunks(), { objectMode: false, highWaterMark: 256 * 1024 });
}
