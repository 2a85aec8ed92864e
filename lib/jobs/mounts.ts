import { readFile, realpath } from "node:fs/promises";
import { sep } from "node:path";
import { startError } from "./run-error";
import { untilAborted } from "./until-aborted";

/** The mount point of each local path of a source or destination, as it was when it was set up. */
export type Mounts = Record<string, string>;

/** Fields of /proc/self/mountinfo before the mount point, see proc_pid_mountinfo(5). */
const MOUNT_POINT_FIELD = 4;

/** All mount points as this process sees them; empty where the system has no such list. */
async function mountPoints(): Promise<string[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const field = line.split(" ")[MOUNT_POINT_FIELD];
    // Spaces, tabs, line breaks and backslashes are written as octal numbers.
    return field
      ? [field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))]
      : [];
  });
}

/**
 * The mount points that paths lie on now. A path that does not exist, and one whose file system does not answer before
 * the signal ends, is left out.
 */
export async function readMounts(paths: readonly string[], signal: AbortSignal): Promise<Mounts> {
  const points = await mountPoints();
  const found: Mounts = {};
  for (const path of paths) {
    const real = await untilAborted(signal, () => realpath(path)).catch(() => null);
    const point = real === null ? null : deepest(points.filter((one) => isOn(real, one)));
    if (point !== null) found[path] = point;
  }
  return found;
}

const isOn = (path: string, point: string) =>
  path === point || path.startsWith(point.endsWith(sep) ? point : point + sep);

const deepest = (points: readonly string[]): string | null =>
  points.reduce<string | null>((best, one) => (best === null || one.length > best.length ? one : best), null);

/**
 * Compares what is mounted now with what was mounted when it was set up. Looks at the list of mounts only, so a file
 * system that hangs does not delay it.
 * @throws RunError of kind `cannot_start` when a mount is gone
 */
export async function requireMounts(what: string, mounts: Mounts | null): Promise<void> {
  const points = await mountPoints();
  if (points.length === 0) return;
  for (const [path, point] of Object.entries(mounts ?? {})) {
    if (points.includes(point)) continue;
    throw startError(
      `${what} is not mounted: ${path} was on the mount ${point} when it was set up, and nothing is mounted there now.`,
      "Mount it. If it is right as it is, open its settings and save them again.",
    );
  }
}

/**
 * What is to be remembered from now on: a mount that lies deeper than the one that is known was missing at set-up.
 * @returns null when nothing changed
 */
export function deeperMounts(known: Mounts | null, now: Mounts): Mounts | null {
  const merged = { ...known };
  let isChanged = false;
  for (const [path, point] of Object.entries(now)) {
    const before = merged[path];
    if (before !== undefined && before.length >= point.length) continue;
    merged[path] = point;
    isChanged = true;
  }
  return isChanged ? merged : null;
}
