import { readFileSync, realpathSync, statfsSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { databaseHandle, type PostgresHandle } from "./client";

/**
 * Where a database lives. A restart, a folder that is moved, a new container on the same volume and a reboot keep the
 * facts; a copy made by `cp -a`, rsync, a dump or a restore has others. A clone of a whole machine or of a whole
 * PostgreSQL server has the same facts, and cannot be recognised.
 */
export interface Home {
  facts: Record<string, string>;
  /** For people: the machine with the file, or the server with the database. Never compared. */
  place: string;
}

/**
 * File systems that give a file another inode number after they are mounted anew (man 8 mount.fuse, `noforget`;
 * mount.cifs, `noserverino`; FAT has no inodes): FUSE, FAT, exFAT, CIFS, SMB2, 9P. Magic numbers: linux/magic.h.
 */
const WITHOUT_LASTING_INODES = new Set([0x65735546, 0x4d44, 0x2011bab0, 0xff534d42, 0xfe534d42, 0x01021997]);

/** Reads the facts of the open database. */
export async function readHome(): Promise<Home> {
  const handle = databaseHandle();
  return handle.kind === "sqlite" ? homeOfFile(handle.file) : homeOnServer(handle);
}

/** Whether both describe the same place. Facts that only one of them has (a right was granted meanwhile) do not count. */
export function isSameHome(a: Home["facts"], b: Home["facts"]): boolean {
  const shared = Object.keys(a).filter((name) => b[name] !== undefined);
  return shared.length > 0 && shared.every((name) => a[name] === b[name]);
}

function homeOfFile(file: string): Home {
  const path = realpathSync(file);
  const place = `${hostname()}:${path}`;
  if (WITHOUT_LASTING_INODES.has(statfsSync(path).type)) return { facts: { path: pathInFileSystem(path) }, place };
  const { ino, birthtimeNs, ctimeNs } = statSync(path, { bigint: true });
  // Where the file system does not know when a file was made, Node answers 0 or the time of the last change.
  const isBornKnown = birthtimeNs > 0n && birthtimeNs !== ctimeNs;
  return { facts: { inode: String(ino), ...(isBornKnown && { born: String(birthtimeNs) }) }, place };
}

/** The path below the root of its file system: a bind mount into a container does not change it. */
function pathInFileSystem(path: string): string {
  // proc_pid_mountinfo(5): the fourth field is the mount's root within the file system, the fifth where it is mounted.
  let best = { root: "/", point: "/" };
  for (const line of mountLines()) {
    const [, , , root = "/", point = "/"] = line.split(" ").map(unescapeOctal);
    const isAbove = point === "/" || path === point || path.startsWith(`${point}/`);
    if (isAbove && point.length >= best.point.length) best = { root, point };
  }
  const rest = best.point === "/" ? path : path.slice(best.point.length);
  return best.root === "/" ? rest : best.root + rest;
}

function mountLines(): string[] {
  try {
    return readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}

async function homeOnServer({ pool, url }: PostgresHandle): Promise<Home> {
  const { rows } = await pool.query<{ database: string; table: string; name: string }>(
    `select oid::text as database, 'system_state'::regclass::oid::text as table, datname as name
     from pg_database where datname = current_database()`,
  );
  const [{ database, table, name } = { database: "", table: "", name: "" }] = rows;
  // The identifier of the server's data folder. A managed service may refuse it: then the two above have to do.
  const system = await pool
    .query<{ id: string }>("select system_identifier::text as id from pg_control_system()")
    .then((result) => result.rows[0]?.id)
    .catch(() => undefined);
  return { facts: { database, table, ...(system && { system }) }, place: `${new URL(url).host}/${name}` };
}
