import { Readable } from "node:stream";
import type { Stats } from "ssh2";
import type { EndpointIo } from "../contract";
import type { SftpConfig } from "./sftp-config";
import { connectSftp, type SftpConnection } from "./sftp-connection";
import { serverName, sftpError } from "./sftp-error";

/** Bytes of one request; every server sends so much in one answer. */
const PIECE_BYTES = 32 * 1024;
/** How many requests are under way at a time: a distant server answers late. */
const AHEAD = 64;

/** Opens a file for reading. The stream closes its connection when it ends, fails or is destroyed. @throws RunError */
export async function readSftpFile(config: SftpConfig, file: string, io: EndpointIo): Promise<Readable> {
  const connection = await connectSftp(config, io);
  const failed = (error: unknown) => sftpError(error, `The backup ${file} on ${serverName(config)}`, config.user);
  try {
    const { handle, size } = await openFile(connection, file);
    const pieces = readPieces(connection, handle, size);
    return Readable.from(untilEnd(pieces, connection, failed), { objectMode: false, highWaterMark: PIECE_BYTES });
  } catch (error) {
    await connection.close();
    throw failed(error);
  }
}

/** Reads a file on a connection that stays open. @throws the server's answer */
export async function* readWholeFile(connection: SftpConnection, file: string): AsyncGenerator<Buffer> {
  const { handle, size } = await openFile(connection, file);
  yield* readPieces(connection, handle, size);
  await connection.call<void>((sftp, done) => sftp.close(handle, done));
}

async function openFile(connection: SftpConnection, file: string): Promise<{ handle: Buffer; size: number }> {
  const handle = await connection.call<Buffer>((sftp, done) => sftp.open(file, "r", done));
  const { size } = await connection.call<Stats>((sftp, done) => sftp.fstat(handle, done));
  return { handle, size };
}

async function* untilEnd(
  pieces: AsyncIterable<Buffer>,
  connection: SftpConnection,
  failed: (error: unknown) => Error,
): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    throw failed(error);
  } finally {
    await connection.close();
  }
}

/** Reads in order, with the next pieces asked for already. Ends early where the file does. */
async function* readPieces(connection: SftpConnection, handle: Buffer, size: number): AsyncGenerator<Buffer> {
  const underWay: Promise<Buffer>[] = [];
  let next = 0;
  const ask = () => {
    const length = Math.min(PIECE_BYTES, size - next);
    if (length <= 0) return;
    const piece = readWhole(connection, handle, next, length);
    piece.catch(() => undefined);
    underWay.push(piece);
    next += length;
  };
  while (underWay.length < AHEAD && next < size) ask();
  for (let first = underWay.shift(); first; first = underWay.shift()) {
    ask();
    const bytes = await first;
    if (bytes.length === 0) return;
    yield bytes;
  }
}

/** A server may answer with less than it was asked for. */
async function readWhole(connection: SftpConnection, handle: Buffer, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let got = 0;
  while (got < length) {
    const bytes = await connection.call<number>((sftp, done) =>
      sftp.read(handle, buffer, got, length - got, at + got, done),
    );
    if (bytes === 0) break;
    got += bytes;
  }
  return buffer.subarray(0, got);
}
