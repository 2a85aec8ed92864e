import { realpath } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { settingValue } from "@/db/queries/dispatch";
import { ownDatabaseFile } from "@/db/queries/own-file";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { runtimeValue } from "@/lib/core/runtime";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { makeFolder } from "@/lib/jobs/make-folder";
import { generalSettings } from "@/lib/services/settings/general";

/**
 * Whether the actor may restore to a path at all: operators inside the restore folder only, nobody into Belfry's own
 * files. The restore folder is made when it is not there.
 * @returns the path, normalised
 * @throws AppError `forbidden`, `invalid`
 */
export async function requireRestorePath(actor: Actor, asked: string): Promise<string> {
  const path = resolve(asked);
  assertOutsideBelfry(path);
  const folder = resolve(generalSettings(await settingValue(GENERAL_SETTINGS)).effectiveRestoreFolder);
  if (isInside(path, folder)) await makeFolder(folder);
  if (hasRole(actor, "admin")) return path;
  // A link inside the folder must not lead out of it.
  const isReallyInside = isInside(path, folder) && isInside(await realPathOf(path), await realpath(folder));
  if (isReallyInside) return path;
  throw new AppError(
    "forbidden",
    `Operators restore to new places inside ${folder} only. An administrator may restore anywhere.`,
    {
      fields: { "target.path": `Choose a place inside ${folder}.` },
    },
  );
}

/** A running Belfry must not be overwritten under its own feet. */
function assertOutsideBelfry(path: string): void {
  const dataDir = resolve(runtimeValue("dataDir"));
  const ownFile = ownDatabaseFile();
  const own = [dataDir, join(dataDir, "secret.key"), ...(ownFile ? [resolve(ownFile)] : [])];
  if (own.every((one) => one !== path && !isInside(one, path))) return;
  const message = "These are Belfry's own files while it runs. Restore to another place.";
  throw new AppError("invalid", message, { fields: { "target.path": message } });
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Where a path really lies: its nearest part that exists, links followed, and the rest. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), path.slice(parent === sep ? 1 : parent.length + 1));
  }
}
