import { readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { systemCode } from "./run-error";

/** One line of the table of mounts. */
export interface Mount {
  /** `8:1`: one per file system, however often it is mounted. */
  device: string;
  /** `ext4`, `proc`. */
  type: string;
  /** What of the file system is mounted: `/`, or the folder of a bind mount. */
  root: string;
  point: string;
}

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40;

/**
 * A path without links. What does not exist yet keeps its name below the first folder that does, also where a link leads
 * to it.
 * @throws the system's error
 */
export async function realPath(path: string, links = 0): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (systemCode(error) !== "ENOENT" || parent === path || links > MOST_LINKS) throw error;
    const itself = join(await realPath(parent, links), basename(path));
    const target = await readlink(itself).catch(() => null);
    return target === null ? itself : await realPath(resolve(dirname(itself), target), links + 1);
  }
}

/** Whether a path is the folder or lies below it. Both are real paths. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`);
}

/**
 * Where a folder can be seen within another one, through links in either path and through bind mounts.
 * @returns paths relative to the outer folder; empty text: they are the same folder
 * @throws the system's error
 */
export async function appearancesWithin(outer: string, folder: string): Promise<string[]> {
  const [realOuter, realFolder, mounts] = await Promise.all([realPath(outer), realPath(folder), readMountTable()]);
  const places = new Set([realFolder, ...otherPaths(realFolder, mounts)]);
  return [...places].filter((place) => isWithin(realOuter, place)).map((place) => relative(realOuter, place));
}

/** Whether a file system is mounted at a real path. */
export async function isMountPoint(path: string): Promise<boolean> {
  return (await readMountTable()).some(({ point }) => point === path);
}

/** All paths under which what is behind a real path can be reached: through bind mounts. */
export function otherPaths(path: string, mounts: Mount[]): string[] {
  const own = mountOf(path, mounts);
  if (!own) return [];
  const inner = join(own.root, relative(own.point, path));
  return mounts
    .filter(({ device, root }) => device === own.device && isWithin(root, inner))
    .map((mount) => ({ mount, place: join(mount.point, relative(mount.root, inner)) }))
    .filter(({ mount, place }) => mountOf(place, mounts) === mount)
    .map(({ place }) => place);
}

/** The mount that a path is seen through: the innermost, and of several at one point the last. */
function mountOf(path: string, mounts: Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    if (isWithin(mount.point, path) && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html; empty where there is no /proc. */
export async function readMountTable(): Promise<Mount[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return text
    .split("\n")
    .map((line) => line.split(" "))
    .flatMap((fields) => {
      const [, , device, root, point] = fields;
      // The optional fields before the dash are of any number.
      const type = fields[fields.indexOf("-", 6) + 1] ?? "";
      return device && root && point ? [{ device, type, root: unescapeOctal(root), point: unescapeOctal(point) }] : [];
    });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
