import { createHash, randomBytes } from "node:crypto";
import { posix } from "node:path";
import type { FileEntryWithStats, Stats } from "ssh2";
import type { DestinationTree, EndpointIo, StoredState, TreeUpload } from "../contract";
import { PARTS_NAME } from "../files/folder-process";
import { RunError } from "../run-error";
import type { SftpConfig } from "./sftp-config";
import { connectSftp, type SftpConnection } from "./sftp-connection";
import { SFTP_STATUS, serverName, sftpError, sftpStatus } from "./sftp-error";
import { makeFolders, removeFile } from "./sftp-files";
import { readWholeFile } from "./sftp-read";
import { isUnsupportedBySftp, SftpWriter } from "./sftp-writer";

/** Folders that are known to be there; more are forgotten. */
const KNOWN_FOLDERS = 10_000;

/** A folder of an SFTP destination, worked on by one connection; one that was lost is replaced at the next operation. */
export async function openSftpTree(config: SftpConfig, folder: string, io: EndpointIo): Promise<DestinationTree> {
  const tree = new SftpTree(config, folder, io);
  await tree.requireRoot();
  return tree;
}

class SftpTree implements DestinationTree {
  private open: Promise<SftpConnection> | null = null;
  private readonly folders = new Set<string>();
  private readonly base: string;

  constructor(
    private readonly config: SftpConfig,
    folder: string,
    private readonly io: EndpointIo,
  ) {
    this.base = posix.join(config.path, folder);
  }

  /** A root that is gone is most likely a disk that is not mounted: nothing is made in its place. */
  async requireRoot(): Promise<void> {
    await this.with(`The folder ${this.config.path}`, (connection) =>
      connection.call<Stats>((sftp, done) => sftp.stat(this.config.path, done)),
    );
  }

  list(folder: string): Promise<(StoredState & { name: string })[]> {
    const path = posix.join(this.base, folder);
    return this.with(`The folder ${path}`, async (connection) => {
      const found = await connection
        .call<FileEntryWithStats[]>((sftp, done) => sftp.readdir(path, done))
        .catch((error: unknown) => {
          if (sftpStatus(error) === SFTP_STATUS.NO_SUCH_FILE) return [];
          throw error;
        });
      return found
        .filter(({ attrs }) => attrs.isFile())
        .map(({ filename, attrs }) => ({ name: filename, bytes: attrs.size, mark: String(attrs.mtime) }));
    });
  }

  create(path: string): Promise<TreeUpload> {
    const [file, parts] = [posix.join(this.base, path), posix.join(this.base, PARTS_NAME)];
    return this.with(`The file ${file}`, async (connection) => {
      await this.makeFoldersTo(connection, parts);
      await this.makeFoldersTo(connection, posix.dirname(file));
      const part = posix.join(parts, randomBytes(8).toString("hex"));
      const writer = await SftpWriter.open(this.config, connection, part, file);
      return {
        write: (chunk) => writer.write(chunk),
        finish: (sha256) => finish(connection, writer, file, sha256),
        discard: async () => void (await removeFile(connection, part).catch(() => undefined)),
      };
    });
  }

  remove(path: string): Promise<boolean> {
    const file = posix.join(this.base, path);
    return this.with(`The file ${file}`, async (connection) => {
      const was = await removeFile(connection, file);
      for (let at = posix.dirname(path); was && at !== "."; at = posix.dirname(at)) {
        const folder = posix.join(this.base, at);
        this.folders.delete(folder);
        // One with something in it stays.
        const isGone = await connection
          .call<void>((sftp, done) => sftp.rmdir(folder, done))
          .then(
            () => true,
            () => false,
          );
        if (!isGone) break;
      }
      return was;
    });
  }

  async tidy(): Promise<number> {
    const left = await this.list(PARTS_NAME);
    for (const { name } of left) await this.remove(posix.join(PARTS_NAME, name));
    return left.length;
  }

  async close(): Promise<void> {
    await this.open?.then((connection) => connection.close()).catch(() => undefined);
  }

  private async with<T>(what: string, work: (connection: SftpConnection) => Promise<T>): Promise<T> {
    const isNew = this.open === null;
    this.open ??= connectSftp(this.config, this.io);
    const own = this.open;
    try {
      return await work(await own);
    } catch (error) {
      this.io.signal.throwIfAborted();
      // An answer of the server says that the connection is there.
      if (sftpStatus(error) === null) {
        void own.then((connection) => connection.close()).catch(() => undefined);
        if (this.open === own) this.open = null;
        if (!isNew) return await this.with(what, work);
      }
      throw sftpError(error, `${what} on ${serverName(this.config)}`, this.config.user);
    }
  }

  private async makeFoldersTo(connection: SftpConnection, folder: string): Promise<void> {
    if (folder === posix.join(this.config.path, ".") || this.folders.has(folder)) return;
    await this.makeFoldersTo(connection, posix.dirname(folder));
    await makeFolders(connection, folder);
    if (this.folders.size >= KNOWN_FOLDERS) this.folders.clear();
    this.folders.add(folder);
  }
}

async function finish(
  connection: SftpConnection,
  writer: SftpWriter,
  file: string,
  sha256: string,
): Promise<StoredState> {
  await writer.close();
  try {
    const hash = createHash("sha256");
    for await (const chunk of readWholeFile(connection, writer.path)) hash.update(chunk);
    if (hash.digest("hex") !== sha256) {
      await removeFile(connection, writer.path);
      throw new RunError(`${file} was read again on the server, and is not what was sent.`, {
        advice: "Check the disk of the server.",
      });
    }
    await replace(connection, writer.path, file);
    const { size, mtime } = await connection.call<Stats>((sftp, done) => sftp.stat(file, done));
    return { bytes: size, mark: String(mtime) };
  } catch (error) {
    throw await writer.reason(error);
  }
}

/** Where the server cannot replace a file in one step, the old one goes first. */
async function replace(connection: SftpConnection, part: string, file: string): Promise<void> {
  try {
    await connection.call<void>((sftp, done) => sftp.ext_openssh_rename(part, file, done));
  } catch (error) {
    if (!isUnsupportedBySftp(error)) throw error;
    await removeFile(connection, file);
    await connection.call<void>((sftp, done) => sftp.rename(part, file, done));
  }
}
