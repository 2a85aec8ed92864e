import { chmodSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { pipeline, Readable } from "node:stream";
import { commandActor } from "@/lib/auth/access/command-actor";
import { toActionError } from "@/lib/core/action-error";
import { AppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { isDownloadVerb, openCommandFile } from "@/lib/services/command-downloads";
import { COMMAND_VERBS } from "@/lib/services/command-verbs";
import type { Verb } from "@/lib/services/verb";
import { framesOf } from "./command-frames";
import { type CommandAnswer, type CommandRequest, commandSocket, MAX_LINE_BYTES } from "./command-protocol";

const log = loggerOf("command");

/**
 * Lets the `belfry` command reach this server, through a socket in the data folder that only its owner can open.
 * Call it with the data folder locked: a socket left over from a crash is removed.
 * @returns the function that closes it
 */
export async function openCommandSocket(dataDir: string): Promise<() => Promise<void>> {
  const { address, file, release } = commandSocket(dataDir);
  rmSync(file, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  chmodSync(file, 0o600);
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of open) socket.destroySoon();
    await closed;
    rmSync(file, { force: true });
    release();
  };
}

function serve(socket: Socket): void {
  const chunks: Buffer[] = [];
  let length = 0;
  socket.on("error", (error) => log.debug("command disconnected", { reason: error.message }));
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_LINE_BYTES) return void socket.destroy();
    if (chunk.at(-1) !== 10) return;
    const line = Buffer.concat(chunks.splice(0), length).toString("utf8");
    length = 0;
    answer(line).then((said) => send(socket, said));
  });
}

interface Said {
  answer: CommandAnswer;
  /** What follows the line. */
  file?: { stream: Readable; verb: string };
}

function send(socket: Socket, { answer, file }: Said): void {
  if (socket.destroyed) return void file?.stream.destroy();
  if (!file) return void socket.end(`${JSON.stringify(answer)}\n`);
  socket.write(`${JSON.stringify(answer)}\n`);
  pipeline(Readable.from(framesOf(file.stream, file.verb)), socket, (error) => {
    // Its reader may have left before the first piece.
    file.stream.destroy();
    if (error) log.debug("command left before its file was sent", { reason: error.message });
  });
}

async function answer(line: string): Promise<Said> {
  let where = "command";
  try {
    const { verb: name, input } = requestOf(line);
    where = name;
    if (isDownloadVerb(name)) {
      const { stream, ...value } = await openCommandFile(name, input);
      return { answer: { ok: true, value, hasFile: true }, file: { stream, verb: name } };
    }
    const verbs: Record<string, Pick<Verb, "call">> = COMMAND_VERBS;
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb)
      throw new AppError("not_found", "The running server does not know this command. Does it run another version?");
    return { answer: { ok: true, value: (await verb.call(commandActor, input)) ?? null } };
  } catch (error) {
    return { answer: { ok: false, error: toActionError(error, where) } };
  }
}

function requestOf(line: string): CommandRequest {
  try {
    return JSON.parse(line) as CommandRequest;
  } catch (error) {
    throw new AppError("invalid", "This is not a command.", { cause: error });
  }
}
