import { randomBytes } from "node:crypto";
import { join, resolve, sep } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { formatBytes } from "@/lib/core/format-units";
import { pathField } from "../config-fields";
import { defineDestination, type EndpointIo } from "../contract";
import { askFiles, pipeFileApart, readFileApart } from "../files/ask";
import type { FileScope } from "../files/file-process";
import { makeFolder } from "../make-folder";
import { requirePlace } from "../places/require-place";
import { fileError, RunError, startError, systemCode } from "../run-error";
import { folderError, missingFolder } from "./folder-error";
import { openLocalSink } from "./local-sink";
import { openLocalTree } from "./local-tree";

const ICON =
  "M5.5 2h13L22 11H2zM4 13h16a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2zM15.5 16.5v2H19v-2z";

/**
 * A folder of this machine. Files appear under their name only when they are complete and on disk. Everything a run or a
 * Test does there is done in processes of its own: the folder may be on a network file system that hangs.
 */
export const local = defineDestination({
  id: "local",
  label: "Local folder",
  tagline: "A folder on this machine",
  aliases: ["disk", "mount", "NAS", "NFS"],
  icon: { path: ICON },
  config: z.object({
    path: pathField({ label: "Folder", placeholder: "/srv/backups" }),
  }),
  example: { path: "/srv/backups" },
  packages: {},
  summary: ({ path }) => path,
  configForFolder: (path) => ({ path }),

  hasFolder: true,

  async prepare({ path }, io, createFolder) {
    try {
      await requirePlace("store", path);
      if (createFolder) await makeFolder(path);
      else await askFiles({ op: "measure" }, scopeOf(path, io));
    } catch (error) {
      if (!createFolder && systemCode(error) === "ENOENT") throw missingFolder(`The folder ${path}`, error);
      throw fileError(error, `The folder ${path}`);
    }
  },

  async test({ path }, io) {
    return { message: `${path} can be written to: ${formatBytes(await probe(path, io))} free.` };
  },

  async preflight({ path }, neededBytes, io) {
    const free = await probe(path, io);
    if (neededBytes !== null && free < neededBytes) {
      throw startError(
        `${path} has too little space: ${formatBytes(free)} free, about ${formatBytes(neededBytes)} needed.`,
        "Free some space there, or keep fewer backups.",
      );
    }
  },

  async create({ path: root }, path, io) {
    return await openLocalSink(inside(root, path), scopeOf(root, io));
  },

  async read({ path: root }, path, io): Promise<Readable> {
    const file = inside(root, path);
    return await readFileApart(file, scopeOf(root, io)).catch((error: unknown) => {
      throw fileError(error, `The backup ${file}`);
    });
  },

  async pipe({ path: root }, path, decompress, io) {
    const file = inside(root, path);
    const wrapped = (error: unknown) => fileError(error, `The backup ${file}`);
    return await pipeFileApart({ file, decompress, wrapped }, scopeOf(root, io));
  },

  async remove({ path: root }, path, io) {
    const [file, scope] = [inside(root, path), scopeOf(root, io)];
    return await askFiles({ op: "remove", file }, scope).catch((error: unknown) => {
      throw folderError(error, scope.root, `The backup ${file}`);
    });
  },

  async list({ path: root }, folder, io) {
    const path = inside(root, folder);
    const found = await askFiles({ op: "list", path }, scopeOf(root, io)).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return [];
      throw fileError(error, `The folder ${path}`);
    });
    return found
      .filter(({ type }) => type === "file")
      .map(({ name, bytes }) => ({ path: join(folder, name), bytes }))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  },

  openTree: ({ path }, folder, io) => openLocalTree(scopeOf(path, io), folder),

  async measure({ path }, io) {
    return await askFiles({ op: "measure" }, scopeOf(path, io)).catch((error: unknown) => {
      throw fileError(error, `The folder ${path}`, "cannot_start");
    });
  },
});

function scopeOf(path: string, { signal, log }: EndpointIo): FileScope {
  return { root: resolve(path), use: "store", signal, log };
}

/**
 * Writes, reads and removes a file: permissions alone say too little about read-only mounts, quotas, dead disks.
 * @returns free bytes
 */
async function probe(path: string, io: EndpointIo): Promise<number> {
  const scope = scopeOf(path, io);
  const file = join(scope.root, `.belfry-probe-${randomBytes(6).toString("hex")}`);
  const text = "A write test of Belfry.\n";
  return await askFiles({ op: "probe", file, text }, scope).catch((error: unknown) => {
    throw folderError(error, scope.root, `The folder ${path}`, "cannot_start");
  });
}

function inside(root: string, path: string): string {
  const whole = resolve(root, path);
  if (!whole.startsWith(resolve(root) + sep) && resolve(root) !== sep)
    throw new RunError(`${path} leads out of ${root}.`);
  return whole;
}
