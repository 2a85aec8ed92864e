import { Readable } from "node:stream";
import { AppError } from "@/lib/core/errors";
import { formatBytes } from "@/lib/core/format-units";
import type { CommandFile } from "@/lib/services/command-downloads";
import {
  type Command,
  type CommandContext,
  type Exit,
  type Flags,
  type Output,
  textOption,
  UsageError,
} from "./command";

export const SAVE_USAGE = "[--out FILE|-] [--overwrite]";
export const SAVE_OPTIONS: NonNullable<Command["options"]> = {
  out: { type: "string" },
  overwrite: { type: "boolean" },
};

/**
 * Saves a file where the options say: under its own name in the folder of now without `--out`, on standard output with `-`.
 * @param ask for the file, once it is clear that it may be written
 * @throws UsageError, AppError
 */
export async function saveDownload(
  flags: Flags,
  io: Pick<CommandContext, "assertWritable" | "writeFile" | "writeOutput">,
  ask: () => Promise<CommandFile>,
): Promise<Output | Exit> {
  const out = textOption(flags, "out");
  if (out === "") throw new UsageError("--out names a file, or - for standard output.");
  if (out === "-") {
    if (flags.json) throw new UsageError("With --out - the file itself is printed: leave --json out.");
    await whole(await ask(), (content) => io.writeOutput(content));
    return { exitCode: 0 };
  }
  const options = { overwrites: flags.overwrite === true };
  if (out !== undefined) await io.assertWritable(out, options);
  const file = await ask();
  const path = out ?? file.name;
  const bytes = await whole(file, (content) => io.writeFile(path, content, options));
  return { json: { file: path, bytes }, text: `${path} holds ${formatBytes(bytes)}.` };
}

/** Hands on all of a file. @returns its bytes @throws AppError where it has fewer bytes than were announced, or more */
async function whole(file: CommandFile, write: (content: Readable) => Promise<void>): Promise<number> {
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of file.stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      yield chunk;
    }
    if (file.bytes !== null && bytes !== file.bytes)
      throw new AppError("unavailable", `${bytes} bytes came of ${file.bytes}: the file was changed or cut.`);
  };
  const content = Readable.from(counted(), { objectMode: false });
  try {
    await write(content);
  } finally {
    content.destroy();
    file.stream.destroy();
  }
  return bytes;
}
