import { posix } from "node:path";
import { RunError } from "../run-error";
import type { SftpConfig } from "./sftp-config";
import type { SftpConnection } from "./sftp-connection";
import { SFTP_STATUS, serverName, sftpError, sftpStatus } from "./sftp-error";
import { freeBytesAt } from "./sftp-files";

/** How much may be on its way before the next piece waits: a distant server answers late. */
const UNDER_WAY_BYTES = 4 * 1024 * 1024;
/** Less free space than this, after a write failed, is what made it fail. */
const FULL_BYTES = 1024 * 1024;
/** For its owner alone. */
const FILE_MODE = 0o600;

/** A file being written on a connection that is its caller's. */
export class SftpWriter {
  bytes = 0;
  private underWay = 0;
  private failure: { error: unknown } | null = null;
  private onChange: () => void = () => undefined;

  private constructor(
    private readonly config: SftpConfig,
    /** Its whole path on the server. */
    readonly path: string,
    private readonly connection: SftpConnection,
    private readonly handle: Buffer,
    /** The path that sentences name. */
    private readonly shown: string,
  ) {}

  /** @throws the server's answer */
  static async open(config: SftpConfig, connection: SftpConnection, path: string, shown: string): Promise<SftpWriter> {
    const handle = await connection.call<Buffer>((sftp, done) => sftp.open(path, "w", { mode: FILE_MODE }, done));
    return new SftpWriter(config, path, connection, handle, shown);
  }

  /** @throws RunError */
  async write(chunk: Uint8Array): Promise<void> {
    const { byteLength } = chunk;
    const piece = Buffer.from(chunk.buffer, chunk.byteOffset, byteLength);
    const at = this.bytes;
    this.bytes += byteLength;
    this.underWay += byteLength;
    this.connection
      .call<void>((sftp, done) => sftp.write(this.handle, piece, 0, byteLength, at, done))
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => {
        this.underWay -= byteLength;
        this.onChange();
      });
    await this.untilUnderWay(UNDER_WAY_BYTES);
  }

  /** Closes it, on disk where the server can say so, with as many bytes as were written. @throws RunError */
  async close(): Promise<void> {
    await this.untilUnderWay(0);
    const { connection, handle } = this;
    try {
      await connection.call<void>((sftp, done) => sftp.ext_openssh_fsync(handle, done)).catch(unlessUnsupported);
      await connection.call<void>((sftp, done) => sftp.close(handle, done));
      const { size } = await connection.call<{ size: number }>((sftp, done) => sftp.stat(this.path, done));
      if (size !== this.bytes) throw new RunError(`${this.name()} has ${size} of ${this.bytes} bytes on the server.`);
    } catch (error) {
      throw await this.reason(error);
    }
  }

  /** A full disk is a plain failure in this protocol: the space that is left says which. */
  async reason(error: unknown): Promise<RunError> {
    if (sftpStatus(error) === SFTP_STATUS.FAILURE) {
      const free = await freeBytesAt(this.connection, posix.dirname(this.path)).catch(() => null);
      if (free !== null && free < FULL_BYTES) {
        return new RunError(`${this.name()} is on a disk that is full.`, {
          advice: "Free some space there, or keep fewer backups.",
          cause: error,
        });
      }
    }
    return sftpError(error, this.name(), this.config.user);
  }

  private async untilUnderWay(limit: number): Promise<void> {
    while (this.underWay > limit && !this.failure) {
      await new Promise<void>((resolve) => {
        this.onChange = resolve;
      });
    }
    if (this.failure) throw await this.reason(this.failure.error);
  }

  private name(): string {
    return `The file ${this.shown} on ${serverName(this.config)}`;
  }
}

/** Whether a server refused something because it does not know how to do it. */
export function isUnsupportedBySftp(error: unknown): boolean {
  const isUnknown = error instanceof Error && error.message.includes("does not support this extended request");
  return sftpStatus(error) === SFTP_STATUS.OP_UNSUPPORTED || isUnknown;
}

/** Not every server can say that a file is on disk. */
function unlessUnsupported(error: unknown): void {
  if (!isUnsupportedBySftp(error)) throw error;
}
