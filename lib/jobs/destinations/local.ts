import { randomBytes } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { z } from "zod";
import { formatBytes } from "@/lib/core/format-units";
import { absolutePath } from "../config-fields";
import { defineDestination, field, type Sink } from "../contract";
import { makeFolder } from "../make-folder";
import { fileError, RunError, startError, systemCode } from "../run-error";
import { syncFolder } from "../sync-folder";

const ICON =
  "M5.5 2h13L22 11H2zM4 13h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM15.5 16.5v2H19v-2z";

/** A folder of this machine. Files appear under their name only when they are complete and on disk. */
export const local = defineDestination({
  id: "local",
  label: "Local folder",
  tagline: "A folder on this machine",
  aliases: ["disk", "mount", "NAS", "NFS"],
  icon: { path: ICON },
  config: z.object({
    path: field(absolutePath, { label: "Folder", placeholder: "/srv/backups" }),
  }),
  example: { path: "/srv/backups" },
  packages: {},
  summary: ({ path }) => path,
  configForFolder: (path) => ({ path }),

  async prepare({ path }) {
    await makeFolder(path).catch((error: unknown) => {
      throw fileError(error, `The folder ${path}`);
    });
  },

  async test({ path }) {
    await requireFolder(path);
    await probe(path);
    return { message: `${path} can be written to: ${formatBytes(await freeBytes(path))} free.` };
  },

  async preflight({ path }, neededBytes) {
    await requireFolder(path);
    await probe(path);
    const free = await freeBytes(path);
    if (neededBytes !== null && free < neededBytes) {
      throw startError(
        `${path} has too little space: ${formatBytes(free)} free, about ${formatBytes(neededBytes)} needed.`,
        "Free some space there, or keep fewer backups.",
      );
    }
  },

  async create({ path: root }, path) {
    await requireFolder(root);
    return await openSink(inside(root, path)).catch((error: unknown) => {
      throw fileError(error, `The folder ${root}`);
    });
  },

  async read({ path: root }, path) {
    const file = await open(inside(root, path), "r").catch((error: unknown) => {
      throw fileError(error, `The backup ${inside(root, path)}`);
    });
    return file.createReadStream({ highWaterMark: 256 * 1024 });
  },

  async remove({ path: root }, path) {
    await requireFolder(root);
    const file = inside(root, path);
    try {
      await rm(file);
    } catch (error) {
      if (systemCode(error) === "ENOENT") return false;
      throw fileError(error, `The backup ${file}`);
    }
    await syncFolder(dirname(file));
    return true;
  },

  async list({ path: root }, folder) {
    const names = await readdir(inside(root, folder)).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return [];
      throw fileError(error, `The folder ${inside(root, folder)}`);
    });
    const files = [];
    for (const name of names.sort()) {
      const found = await stat(inside(root, join(folder, name))).catch(() => null);
      if (found?.isFile()) files.push({ path: join(folder, name), bytes: found.size });
    }
    return files;
  },

  freeBytes: ({ path }) => freeBytes(path),

  localRoot: ({ path }) => resolve(path),
});

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    const runError = fileError(error, `The folder ${path}`, "cannot_start");
    throw systemCode(error) === "ENOENT"
      ? startError(runError.message, "Is the disk mounted? Make the folder, or mount it.", error)
      : runError;
  });
  if (!found.isDirectory()) throw startError(`${path} is not a folder.`);
}

/** Writes and removes a file: permissions alone say too little about read-only mounts, quotas, dead network disks. */
async function probe(root: string): Promise<void> {
  const file = join(root, `.belfry-probe-${randomBytes(6).toString("hex")}`);
  try {
    const handle = await open(file, "wx+", 0o600);
    try {
      await handle.write("A write test of Belfry.\n");
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, `The folder ${root}`, "cannot_start");
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path).catch((error: unknown) => {
    throw fileError(error, `The folder ${path}`, "cannot_start");
  });
  return bavail * bsize;
}

function inside(root: string, path: string): string {
  const whole = resolve(root, path);
  if (!whole.startsWith(resolve(root) + sep) && resolve(root) !== sep)
    throw new RunError(`${path} leads out of ${root}.`);
  return whole;
}

async function openSink(file: string): Promise<Sink> {
  const folder = dirname(file);
  const part = `${file}.part`;
  await makeFolder(folder);
  const handle: FileHandle = await open(part, "wx", 0o600);
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  return {
    async write(chunk) {
      try {
        for (let at = 0; at < chunk.byteLength; ) at += (await handle.write(chunk, at)).bytesWritten;
      } catch (error) {
        throw fileError(error, `The folder ${folder}`);
      }
    },
    async finish() {
      try {
        await handle.sync();
        await close();
        await rename(part, file);
        await syncFolder(folder);
        await syncFolder(dirname(folder));
      } catch (error) {
        throw fileError(error, `The folder ${folder}`);
      }
    },
    async discard() {
      await close().catch(() => undefined);
      await rm(part, { force: true }).catch(() => undefined);
      await rm(file, { force: true }).catch(() => undefined);
    },
  };
}
