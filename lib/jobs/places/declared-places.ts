import type { FieldMeta } from "@/lib/core/form-field";
import type { Kind } from "@/lib/core/kind";
import { untilAborted } from "../until-aborted";
import type { PlaceUse } from "./own-places";
import { requirePlace } from "./require-place";

/** A place on this machine that a configuration names. */
export interface DeclaredPlace {
  field: string;
  kind: NonNullable<FieldMeta["place"]>;
  /** Absolute. */
  path: string;
}

/** The places that a configuration of a kind names, by what its fields declare. */
export function declaredPlaces({ configSchema }: Pick<Kind, "configSchema">, config: unknown): DeclaredPlace[] {
  const values = config as Record<string, unknown>;
  return Object.entries(configSchema.shape).flatMap(([field, schema]) => {
    const kind = (schema.meta() as FieldMeta | undefined)?.place;
    const value = values[field];
    if (!kind || typeof value !== "string") return [];
    // libpq takes several hosts, separated by commas; those that begin with a slash are folders of sockets.
    const paths = kind === "socket" ? value.split(",").filter((one) => one.startsWith("/")) : [value];
    return paths.map((path) => ({ field, kind, path }));
  });
}

/**
 * Checks every place that a configuration names, as it is now.
 * @param signal ends the look at a disk that does not answer
 * @throws RunError of kind `cannot_start` about the first that is out of reach; the system's error; the signal's reason
 */
export async function requireDeclaredPlaces(
  use: PlaceUse,
  kind: Pick<Kind, "configSchema">,
  config: unknown,
  signal: AbortSignal,
): Promise<void> {
  for (const { path } of declaredPlaces(kind, config)) await untilAborted(signal, () => requirePlace(use, path));
}
