import { lstat, readdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { isWithin, otherPaths, realPath } from "../real-paths";
import { startError, systemCode } from "../run-error";
import { walk } from "../sources/directory-walk";
import { judgePlace, type SeenPlace } from "./judge-place";
import { identityOf, type OwnPlaces, type PlaceUse, readOwnPlaces } from "./own-places";

/** What to do about a path that is out of reach. */
export const OUT_OF_REACH_ADVICE =
  "Choose another path: what is Belfry's own, and what is the system's, is out of reach of sources, destinations and restores.";

/**
 * Checks that a path is in reach, on real paths, as it is now. To be called when somebody asks for it, and again when it
 * is used.
 * @param path absolute
 * @throws RunError of kind `cannot_start` that says what it is; the system's error when the path cannot be looked at
 */
export async function requirePlace(use: PlaceUse, path: string): Promise<void> {
  const own = await readOwnPlaces();
  const refusal = judgePlace(use, await seePlace(path, own), own);
  if (refusal !== null) throw startError(refusal, OUT_OF_REACH_ADVICE);
}

/** Looks at a path. @throws the system's error */
export async function seePlace(path: string, own: Pick<OwnPlaces, "mounts">): Promise<SeenPlace> {
  const real = await realPath(path);
  const ids: string[] = [];
  let isFile = false;
  for (let at = real; ; at = dirname(at)) {
    const found = await stat(at, { bigint: true }).catch((error: unknown) => {
      if (["ENOENT", "ENOTDIR", "EACCES"].includes(systemCode(error))) return null;
      throw error;
    });
    if (found) {
      if (at === real) isFile = !found.isDirectory();
      ids.push(`${found.dev}:${found.ino}`);
    }
    if (dirname(at) === at) break;
  }
  return { shown: path, paths: [real, ...otherPaths(real, own.mounts).filter((other) => other !== real)], ids, isFile };
}

/** Something of Belfry's own, or of the system, within a folder. */
export interface OwnWithin {
  /** Below the folder, as its names are on the disk. Empty: the folder itself. */
  path: Buffer;
  /** What it is, in a sentence after "it is". */
  what: string;
}

/**
 * What is out of reach within a folder: of Belfry's own places and the system's, through links, mounts and hard links.
 * @param signal ends the search for hard links, which is made only where one of Belfry's own files has one
 * @throws RunError when something is there whose name on the disk cannot be found; the system's error
 */
export async function ownPlacesWithin(folder: string, signal: AbortSignal): Promise<OwnWithin[]> {
  const own = await readOwnPlaces();
  const real = await realPath(folder);
  const names = [real, ...otherPaths(real, own.mounts)];
  const found = new Map<string, OwnWithin>();
  const add = (path: Buffer, what: string) => found.set(path.toString("latin1"), { path, what });
  const id = await identityOf(real);
  for (const place of own.places) {
    for (const name of names) if (isWithin(name, place.path)) add(Buffer.from(relative(name, place.path)), place.what);
    if (place.id === null) continue;
    for (let at = place.path; ; at = dirname(at)) {
      // A folder with another name than this one that is the same: names that differ in case.
      if (id !== null && !names.includes(at) && (await identityOf(at)) === id)
        add(await namesOnDisk(real, relative(at, place.path)), place.what);
      if (dirname(at) === at) break;
    }
  }
  if (own.hasHardLinks) for await (const one of hardLinks(real, own, signal)) add(one.path, one.what);
  return [...found.values()];
}

/** @throws RunError when a name is not there: what cannot be left out must not be read */
async function namesOnDisk(root: string, path: string): Promise<Buffer> {
  const parts: string[] = [];
  for (const name of path.split(sep).filter(Boolean)) {
    const folder = join(root, ...parts);
    const wanted = await lstat(join(folder, name), { bigint: true }).catch(() => null);
    const entries = await readdir(folder).catch((): string[] => []);
    const alike = entries.includes(name) ? [name] : entries.filter((one) => fold(one) === fold(name));
    let match: string | null = null;
    for (const one of alike) {
      const there = await lstat(join(folder, one), { bigint: true }).catch(() => null);
      if (there && wanted && there.ino === wanted.ino) match = one;
    }
    if (match === null)
      throw startError(
        `${root} contains Belfry's own files in a way that they cannot be left out.`,
        OUT_OF_REACH_ADVICE,
      );
    parts.push(match);
  }
  return Buffer.from(parts.join(sep));
}

const fold = (name: string) => name.normalize("NFC").toLowerCase();

async function* hardLinks(root: string, own: OwnPlaces, signal: AbortSignal): AsyncGenerator<OwnWithin> {
  const ways = walk(root, { signal, enters: () => true, onUnreadable: () => undefined });
  for await (const batch of ways) {
    for (const { path, kind } of batch) {
      if (kind !== "file") continue;
      const whole = Buffer.concat([Buffer.from(`${root}/`), path]);
      const found = await lstat(whole, { bigint: true }).catch(() => null);
      const what = found && found.nlink > 1n ? own.files.get(`${found.dev}:${found.ino}`) : undefined;
      if (what) yield { path, what };
    }
  }
}
