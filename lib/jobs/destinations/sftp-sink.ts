import { posix } from "node:path";
import type { EndpointIo, Sink } from "../contract";
import { RunError } from "../run-error";
import type { SftpConfig } from "./sftp-config";
import { connectSftp, type SftpConnection } from "./sftp-connection";
import { serverName, sftpError } from "./sftp-error";
import { makeFolders, removeFile } from "./sftp-files";
import { SftpWriter } from "./sftp-writer";

/** How long removing what was written may take on a new connection, milliseconds. */
const REMOVE_MS = 2_000;

/**
 * Opens a new file, written as `<file>.part` and renamed when it is complete and the server has it on disk.
 * @param file its whole path on the server
 * @throws RunError
 */
export async function openSftpSink(config: SftpConfig, file: string, io: EndpointIo): Promise<Sink> {
  const connection = await connectSftp(config, io);
  try {
    await makeFolders(connection, posix.dirname(file));
    return new SftpSink(config, file, connection, await SftpWriter.open(config, connection, `${file}.part`, file));
  } catch (error) {
    await connection.close();
    throw sftpError(error, `The folder ${posix.dirname(file)} on ${serverName(config)}`, config.user);
  }
}

class SftpSink implements Sink {
  private isEnded = false;

  constructor(
    private readonly config: SftpConfig,
    private readonly file: string,
    private readonly connection: SftpConnection,
    private readonly writer: SftpWriter,
  ) {}

  write(chunk: Uint8Array): Promise<void> {
    return this.writer.write(chunk);
  }

  async finish(): Promise<void> {
    const { connection, writer } = this;
    await writer.close();
    try {
      await connection.call<void>((sftp, done) => sftp.rename(writer.path, this.file, done));
    } catch (error) {
      throw await writer.reason(error);
    }
    this.isEnded = true;
    await connection.close();
  }

  /** By the connection that is open, or else by a new one. What cannot be removed now is removed by the next run. */
  async discard(): Promise<void> {
    const paths = [this.writer.path, this.file];
    const remove = async (connection: SftpConnection) => {
      for (const path of paths) await removeFile(connection, path);
    };
    try {
      if (this.isEnded) throw new RunError("The connection is closed.");
      await remove(this.connection);
      await this.connection.close();
    } catch {
      this.connection.close().catch(() => undefined);
      const late = { signal: AbortSignal.timeout(REMOVE_MS) };
      await connectSftp(this.config, late)
        .then((connection) => remove(connection).finally(() => connection.close()))
        .catch(() => undefined);
    }
  }
}
