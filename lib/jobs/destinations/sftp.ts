import { randomBytes } from "node:crypto";
import { posix } from "node:path";
import { formatBytes } from "@/lib/core/format-units";
import { defineDestination, type EndpointIo } from "../contract";
import { RunError, startError } from "../run-error";
import { missingFolder } from "./folder-error";
import { type SftpConfig, sftpConfig } from "./sftp-config";
import { type SftpConnection, withSftp } from "./sftp-connection";
import { SFTP_STATUS, serverName, sftpError, sftpStatus } from "./sftp-error";
import { figuresAt, filesIn, freeBytesAt, isFolder, makeFolderPath, removeFile } from "./sftp-files";
import { readSftpFile } from "./sftp-read";
import { openSftpSink } from "./sftp-sink";
import { openSftpTree } from "./sftp-tree";

const ICON = "M3 3h18v7H3zM3 14h9.5l-2-2 1.4-1.4L16.3 15l-4.4 4.4-1.4-1.4 2-2H3zM17 14h4v7H3v-3h2v1h12zM6 5.5v2h2v-2z";

/**
 * A folder of an SSH server. Files appear under their name only when they are complete. Each operation has a connection
 * of its own: a backup may take hours, and a server that ends idle connections must not fail what comes after it.
 */
export const sftp = defineDestination({
  id: "sftp",
  label: "SFTP",
  tagline: "A folder of an SSH server",
  aliases: ["SSH", "NAS", "remote", "Hetzner Storage Box", "rsync.net"],
  icon: { path: ICON },
  config: sftpConfig,
  example: {
    host: "nas.example",
    user: "backup",
    password: "secret-example",
    hostKey: "ssh-ed25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
    path: "/srv/backups",
  },
  packages: {},
  summary: ({ user, path, ...server }) => `${user}@${serverName(server)}:${path}`,

  hasFolder: true,

  prepare: (config, io, createFolder) =>
    withSftp(config, io, async (connection) => {
      const root = rootOf(config);
      if (createFolder) await makeFolderPath(connection, root).catch(folderFailed(config));
      else if (!(await isFolder(connection, root).catch(folderFailed(config))))
        throw missingFolder(`The folder ${config.path} on ${serverName(config)}`, null);
    }),

  async test(config, io) {
    const free = await probe(config, io);
    const place = `${config.path} on ${serverName(config)}`;
    return {
      message: `${place} can be written to${free === null ? "." : `: ${formatBytes(free)} free.`}`,
      details: free === null ? ["The server does not say how much space is free."] : [],
    };
  },

  async preflight(config, neededBytes, io) {
    const free = await probe(config, io);
    if (free === null || neededBytes === null || free >= neededBytes) return;
    throw startError(
      `${config.path} on ${serverName(config)} has too little space: ${formatBytes(free)} free, about ${formatBytes(neededBytes)} needed.`,
      "Free some space there, or keep fewer backups.",
    );
  },

  create: async (config, path, io) => await openSftpSink(config, inside(config, path), io),

  read: async (config, path, io) => await readSftpFile(config, inside(config, path), io),

  async remove(config, path, io) {
    const file = inside(config, path);
    return await withSftp(config, io, (connection) => removeFile(connection, file)).catch((error: unknown) => {
      throw sftpError(error, `The backup ${file} on ${serverName(config)}`, config.user);
    });
  },

  async list(config, folder, io) {
    const path = inside(config, folder);
    const found = await withSftp(config, io, (connection) => filesIn(connection, path)).catch((error: unknown) => {
      throw sftpError(error, `The folder ${path} on ${serverName(config)}`, config.user);
    });
    return found
      .map(({ name, bytes }) => ({ path: posix.join(folder, name), bytes }))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  },

  openTree: (config, folder, io) => openSftpTree(config, folder, io),

  measure: (config, io) =>
    withSftp(config, io, (connection) => figuresAt(connection, rootOf(config)).catch(folderFailed(config))),
});

/** Writes, reads and removes a small file. @returns free bytes; null: the server does not say */
async function probe(config: SftpConfig, io: EndpointIo): Promise<number | null> {
  const file = posix.join(rootOf(config), `.belfry-probe-${randomBytes(6).toString("hex")}`);
  return await withSftp(config, io, async (connection) => {
    try {
      await writeAndRead(connection, file, Buffer.from("A write test of Belfry.\n"));
      return await freeBytesAt(connection, rootOf(config));
    } catch (error) {
      return await folderFailed(config)(error);
    }
  });
}

async function writeAndRead(connection: SftpConnection, file: string, text: Buffer): Promise<void> {
  const handle = await connection.call<Buffer>((sftp, done) => sftp.open(file, "xw+", { mode: 0o600 }, done));
  try {
    await connection.call<void>((sftp, done) => sftp.write(handle, text, 0, text.length, 0, done));
    const got = Buffer.alloc(text.length);
    await connection.call<number>((sftp, done) => sftp.read(handle, got, 0, got.length, 0, done));
    await connection.call<void>((sftp, done) => sftp.close(handle, done));
    if (!got.equals(text)) throw new RunError("What was written to the server reads differently.");
  } finally {
    await removeFile(connection, file);
  }
}

/** The folder itself is missing or closed: nothing can start there. */
function folderFailed(config: SftpConfig): (error: unknown) => never {
  return (error) => {
    const { message, advice } = sftpError(error, `The folder ${config.path} on ${serverName(config)}`, config.user);
    const isMissing = sftpStatus(error) === SFTP_STATUS.NO_SUCH_FILE;
    throw startError(message, isMissing ? "Is its disk mounted there? Make the folder, or mount it." : advice, error);
  };
}

function rootOf({ path }: Pick<SftpConfig, "path">): string {
  return posix.join(path, ".");
}

function inside(config: SftpConfig, path: string): string {
  const whole = posix.join(config.path, path);
  if (posix.isAbsolute(path) || path.split("/").includes(".."))
    throw new RunError(`${path} leads out of ${config.path}.`);
  return whole;
}
