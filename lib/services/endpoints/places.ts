import { AppError } from "@/lib/core/errors";
import { declaredPlaces } from "@/lib/jobs/places/declared-places";
import type { PlaceUse } from "@/lib/jobs/places/own-places";
import { requirePlace } from "@/lib/jobs/places/require-place";
import { isRunError } from "@/lib/jobs/run-error";
import { untilAborted } from "@/lib/jobs/until-aborted";
import type { EndpointKind } from "./kind";

/** How long a disk may take to say what is at a path, milliseconds. */
const LOOK_MS = 2_000;

/**
 * Checks what a person enters. A path that cannot be looked at now is no reason to refuse it: each use checks it again.
 * @param config complete, with its secrets
 * @throws AppError `invalid` beside each field that names a place out of reach
 */
export async function assertPlacesInReach(use: PlaceUse, kind: EndpointKind, config: unknown): Promise<void> {
  const fields: Record<string, string> = {};
  for (const { field, path } of declaredPlaces(kind, config)) {
    try {
      await untilAborted(AbortSignal.timeout(LOOK_MS), () => requirePlace(use, path));
    } catch (error) {
      if (isRunError(error)) fields[`config.${field}`] = `${error.message} ${error.advice ?? ""}`.trim();
    }
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}
