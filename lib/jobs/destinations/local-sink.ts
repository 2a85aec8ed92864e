import { dirname } from "node:path";
import type { Sink } from "../contract";
import { askFiles } from "../files/ask";
import { FileProcess, type FileScope } from "../files/file-process";
import { folderError } from "./folder-error";

/** How long a file that was complete already may take to be removed again, milliseconds. */
const REMOVE_MS = 2_000;

/**
 * Opens a new file, written as `<file>.part` in a process of its own. Folders below the root are made, the root never.
 * The end of the run discards what was not finished, also when nobody calls `discard`.
 * @throws RunError
 */
export async function openLocalSink(file: string, scope: FileScope): Promise<Sink> {
  const folder = dirname(file);
  const failed = (error: unknown) => {
    throw folderError(error, scope.root, `The folder ${folder}`);
  };
  const writer = new FileProcess({ op: "write", file }, scope);
  await writer.opened.catch(failed);
  let bytes = 0;
  return {
    write(chunk) {
      bytes += chunk.byteLength;
      return writer.write(chunk)?.catch(failed);
    },
    finish: () => writer.finish(bytes).catch(failed),
    async discard() {
      // A process that could still do so has removed what was half written; a finished file is removed by another.
      const isClean = await writer.end();
      const late = { ...scope, signal: AbortSignal.timeout(REMOVE_MS) };
      const remove = (path: string) => askFiles({ op: "remove", file: path }, late).catch(() => false);
      if (!isClean) await Promise.all([remove(file), remove(`${file}.part`)]);
    },
  };
}
