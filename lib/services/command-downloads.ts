import { Readable } from "node:stream";
import type { z } from "zod";
import { commandActor } from "@/lib/auth/access/command-actor";
import { AppError, isAppError } from "@/lib/core/errors";
import { toRunError } from "@/lib/jobs/run-error";
import { artifactsDownload } from "@/lib/services/artifacts/download";
import { repositoriesDownload } from "@/lib/services/repositories/download";

/** The verbs of the `belfry` command that answer with a file. */
const DOWNLOADS = {
  "artifacts.download": artifactsDownload,
  "repositories.download": repositoriesDownload,
};

type Downloads = typeof DOWNLOADS;
export type DownloadVerb = keyof Downloads;

/** A file that the command reads while it comes. What its stream fails with is an AppError. */
export interface CommandFile {
  name: string;
  /** Null: how long it will be is not known. */
  bytes: number | null;
  stream: Readable;
}

/** Asks for a file for the command line, wherever the verb runs. Throws AppError as the verb does. */
export type CommandDownload = <N extends DownloadVerb>(
  name: N,
  input: z.input<Downloads[N]["input"]>,
) => Promise<CommandFile>;

export function isDownloadVerb(name: string): name is DownloadVerb {
  return Object.hasOwn(DOWNLOADS, name);
}

/** Calls a verb that answers with a file, as the command. @throws AppError */
export async function openCommandFile(name: DownloadVerb, input: unknown): Promise<CommandFile> {
  const { stream, ...about } = await DOWNLOADS[name].call(commandActor, input as never);
  return { ...about, stream: Readable.from(inPlainWords(stream), { objectMode: false }) };
}

async function* inPlainWords(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    if (isAppError(error)) throw error;
    const { message, advice } = toRunError(error);
    throw new AppError("unavailable", message, { cause: error, ...(advice && { advice }) });
  } finally {
    // Also when nobody has read of it: a tool of it would go on.
    stream.destroy();
  }
}
