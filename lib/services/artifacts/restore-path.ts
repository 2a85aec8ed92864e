import { resolve } from "node:path";
import type { ArtifactRow } from "@/db/queries/artifacts";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { isOutsideError, type RestoreReach, requireRestorePlace } from "@/lib/jobs/places/restore-place";
import { fileError } from "@/lib/jobs/run-error";
import { untilAborted } from "@/lib/jobs/until-aborted";

/** How long a disk may take to say what is at a path, milliseconds. */
const LOOK_MS = 10_000;

/** How far the actor may restore: what runs as the machine's own user can write there anyway. */
export function reachOf(actor: Actor): RestoreReach {
  if (actor.kind === "command" || actor.kind === "system") return "anywhere";
  return hasRole(actor, "admin") ? "roots" : "folder";
}

/**
 * Checks that the actor may restore to a path, on real paths, as it is now; the run checks it again. Creates the restore
 * folder if it does not exist.
 * @returns the path, normalized
 * @throws AppError `forbidden`, `invalid`
 */
export async function requireRestorePath(
  actor: Actor,
  { sourcePath }: Pick<ArtifactRow, "sourcePath">,
  requested: string,
): Promise<string> {
  const path = resolve(requested);
  try {
    const limit = AbortSignal.timeout(LOOK_MS);
    await untilAborted(limit, () => requireRestorePlace({ path, reach: reachOf(actor), sourcePath }));
    return path;
  } catch (error) {
    const { message, advice } = fileError(error, path);
    const sentence = advice ? `${message} ${advice}` : message;
    const code = isOutsideError(error) ? "forbidden" : "invalid";
    throw new AppError(code, sentence, { fields: { "target.path": sentence }, cause: error });
  }
}
