import { connect, type Socket } from "node:net";
import { AppError } from "@/lib/core/errors";
import { type CommandAnswer, type CommandRequest, commandSocket } from "@/lib/server/command-protocol";

const LINE_FEED = 10;

/** What a running server answered. */
export interface ServerAnswer {
  value: unknown;
  /** What follows: of a verb that answers with a file. */
  rest: Socket;
}

/**
 * Asks the running server for one verb, through the socket in its data folder.
 * @returns null when no server listens @throws AppError as the verb does, or when the connection breaks
 */
export function askServer(dataDir: string, request: CommandRequest): Promise<ServerAnswer | null> {
  return new Promise((resolve, reject) => {
    let socketPath: ReturnType<typeof commandSocket>;
    try {
      socketPath = commandSocket(dataDir);
    } catch {
      // No data folder, no server.
      resolve(null);
      return;
    }
    const socket = connect(socketPath.address);
    const chunks: Buffer[] = [];
    let isConnected = false;
    socket.on("connect", () => {
      isConnected = true;
      socket.write(`${JSON.stringify(request)}\n`);
    });
    const read = (chunk: Buffer) => {
      const end = chunk.indexOf(LINE_FEED);
      chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
      if (end === -1) return;
      socket.off("data", read).pause();
      const answer = JSON.parse(Buffer.concat(chunks).toString("utf8")) as CommandAnswer;
      if (answer.ok && answer.hasFile) socket.unshift(chunk.subarray(end + 1));
      else socket.destroy();
      if (answer.ok) resolve({ value: answer.value, rest: socket });
      else reject(asError(answer.error));
    };
    socket.on("data", read);
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (!isConnected && ["ENOENT", "ECONNREFUSED", "ENOTDIR"].includes(error.code ?? "")) resolve(null);
      else if (error.code === "EACCES") reject(new AppError("forbidden", `Only the owner of ${dataDir} may do this.`));
      else reject(new AppError("unavailable", `The connection to the running server broke: ${error.message}`));
    });
    socket.on("close", () => {
      socketPath.release();
      reject(new AppError("unavailable", "The running server stopped before it answered."));
    });
  });
}

function asError({ code, message, ...details }: Extract<CommandAnswer, { ok: false }>["error"]): AppError {
  return new AppError(code, message, details);
}
