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
 * Checks that the actor may restore to a path: operators only inside the restore folder, no one over Belfry's own
 * files. Creates the restore folder if it does not exist.
 * @returns the path, normalized
 * @throws AppError `forbidden`, `invalid`
 */
export async function requireRestorePath(actor: Actor, requested: string): Promise<string> {
  const path = resolve(requested);
  assertOutsideBelfry(path);
  const folder = resolve(generalSettings(await settingValue(GENERAL_SETTINGS)).effectiveRestoreFolder);
  if (isInside(path, folder)) await makeFolder(folder);
  if (hasRole(actor, "admin")) return path;
  // A link inside the folder must not lead out of it.
  const isReallyInside = isInside(path, folder) && isInside(await realPathOf(path), await realpath(folder));
  if (isReallyInside) return path;
  throw new AppError(
    "forbidden",
    `Operators restore to new paths inside ${folder} only. An administrator may restore anywhere.`,
    {
      fields: { "target.path": `Choose a path inside ${folder}.` },
    },
  );
}

/** A running Belfry must not overwrite its own files. */
function assertOutsideBelfry(path: string): void {
  const dataDir = resolve(runtimeValue("dataDir"));
  const ownFile = ownDatabaseFile();
  const own = [dataDir, join(dataDir, "secret.key"), ...(ownFile ? [resolve(ownFile)] : [])];
  if (own.every((one) => one !== path && !isInside(one, path))) return;
  const message = "These are Belfry's own files while it runs. Restore to another path.";
  throw new AppError("invalid", message, { fields: { "target.path": message } });
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The real path: its longest existing part with links resolved, and the rest. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), path.slice(parent === sep ? 1 : parent.length + 1));
  }
}
