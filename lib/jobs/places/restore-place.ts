import { stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { settingValue } from "@/db/queries/dispatch";
import { peekRuntimeValue, runtimeValue } from "@/lib/core/runtime";
import { makeFolder } from "../make-folder";
import { isWithin, realPath } from "../real-paths";
import { RunError, startError } from "../run-error";
import { judgePlace } from "./judge-place";
import { readOwnPlaces } from "./own-places";
import { OUT_OF_REACH_ADVICE, seePlace } from "./require-place";

/**
 * How far a restore may go: `folder` into the restore folder, `roots` also into those of BELFRY_RESTORE_ROOTS and over
 * what was backed up, `anywhere` wherever it harms nothing of Belfry's own.
 */
export type RestoreReach = "folder" | "roots" | "anywhere";

/** Where a restore may write, as it was found. */
export interface RestorePlace {
  /** The target without links. */
  path: string;
  /** A real folder that exists; no link below it is followed. */
  root: string;
  /** Checks a real path at the moment of writing. @throws RunError when it is out of reach */
  check(real: string): Promise<void>;
}

export interface RestoreRequest {
  /** Absolute, as a person gave it. */
  path: string;
  reach: RestoreReach;
  /** What the backup was made of, without links; null: unknown. */
  sourcePath: string | null;
}

/** Folders that restores may write into. */
export interface RestoreFolders {
  /** Of the settings, or `restores` in the data folder. */
  folder: string;
  /** Of BELFRY_RESTORE_ROOTS. */
  roots: readonly string[];
}

const BRAND = Symbol.for("belfry.RestoreOutsideError");

/** The target is in reach of others, not of who asks. */
class RestoreOutsideError extends RunError {
  readonly [BRAND] = true;
}

/** Whether a restore was refused because of who asked for it. */
export function isOutsideError(error: unknown): boolean {
  return typeof error === "object" && error !== null && BRAND in error;
}

/**
 * Checks where a restore would write, on real paths, as it is now. To be called when it is asked for, and again when it
 * runs. Makes the restore folder where it is missing.
 * @throws RunError of kind `cannot_start` in a sentence that says why not and what can be done
 */
export async function requireRestorePlace(request: RestoreRequest): Promise<RestorePlace> {
  const path = resolve(request.path);
  const folders = await restoreFolders();
  if (isBelow(folders.folder, path) && (await isFolderAllowed(folders))) await makeFolder(folders.folder);
  const real = await realPath(path);
  const check = async (at: string) => {
    const own = await readOwnPlaces();
    const seen = { ...(await seePlace(at, own)), shown: path };
    const refusal = judgePlace("restore", seen, own);
    if (refusal !== null) throw startError(refusal, OUT_OF_REACH_ADVICE);
  };
  await check(real);
  const root = await rootOf(path, real, request, folders);
  return { path: real, root, check };
}

/** The root below which the target lies. @throws RunError when it lies below none that the request may reach */
async function rootOf(
  path: string,
  real: string,
  { reach, sourcePath }: RestoreRequest,
  folders: RestoreFolders,
): Promise<string> {
  const allowed = (await isFolderAllowed(folders)) ? [folders.folder] : [];
  for (const root of reach === "folder" ? allowed : [...allowed, ...folders.roots]) {
    const realRoot = await realPath(root);
    if (!isBelow(realRoot, real)) continue;
    const isStraight = [root, realRoot].some(
      (one) => isBelow(one, path) && relative(one, path) === relative(realRoot, real),
    );
    if (isStraight) return realRoot;
  }
  const isOwnPath = sourcePath !== null && real === sourcePath;
  if (reach === "anywhere" || (reach === "roots" && isOwnPath)) return await existingRoot(real);
  throw new RestoreOutsideError(refusalOf(path, reach, folders), {
    kind: "cannot_start",
    advice:
      reach === "folder"
        ? "Choose a path in the restore folder, without links, or ask an administrator."
        : "Choose a path there, without links. The person who runs this machine can allow more with BELFRY_RESTORE_ROOTS, or restore anywhere with the command `belfry restore`.",
  });
}

function refusalOf(path: string, reach: RestoreReach, { folder, roots }: RestoreFolders): string {
  if (reach === "folder")
    return `Operators restore to new paths inside ${folder} only, and ${path} does not lead there.`;
  const others = roots.length > 0 ? `, inside ${roots.join(", ")}` : "";
  return `The console and the API restore inside ${folder}${others}, or over what was backed up, and ${path} leads elsewhere.`;
}

/** The innermost folder above a real path that exists. */
async function existingRoot(real: string): Promise<string> {
  for (let at = resolve(real, ".."); ; at = resolve(at, "..")) {
    const found = await stat(at).catch(() => null);
    if (found?.isDirectory() || at === sep) return at;
  }
}

/** The folders that restores may write into, by the settings and the environment. */
export async function restoreFolders(): Promise<RestoreFolders> {
  const stored = await settingValue<{ restoreFolder?: unknown }>("general");
  const chosen = stored?.restoreFolder;
  const folder = typeof chosen === "string" && chosen ? chosen : join(runtimeValue("dataDir"), "restores");
  return { folder: resolve(folder), roots: peekRuntimeValue("restoreRoots") ?? [] };
}

/**
 * Whether the restore folder is the one in the data folder, or in a folder that the environment names: otherwise who may
 * change settings could restore anywhere.
 */
export async function isFolderAllowed({ folder, roots }: RestoreFolders): Promise<boolean> {
  const own = join(runtimeValue("dataDir"), "restores");
  const [real, ...allowed] = await Promise.all([folder, own, ...roots].map((one) => realPath(resolve(one))));
  return real !== undefined && allowed.some((root) => isWithin(root, real));
}

const isBelow = (folder: string, path: string) => isWithin(folder, path) && relative(folder, path) !== "";
