import { resolve } from "node:path";
import type { RunParams } from "@/db/schema/shapes";

export type StoredTarget = NonNullable<RunParams["target"]>;

/** One id and name per target: alerts of restores belong to the id, and a person types the name to confirm. */
export function targetName(target: StoredTarget, sourceName?: string): { id: string; name: string } {
  if ("path" in target) {
    const path = resolve(target.path);
    return { id: path, name: path };
  }
  return {
    id: `${target.sourceId}/${target.database}`,
    name: sourceName ? `${target.database} on ${sourceName}` : target.database,
  };
}
