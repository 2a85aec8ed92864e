import { resolve } from "node:path";
import type { RunParams } from "@/db/schema/shapes";

export type StoredTarget = NonNullable<RunParams["target"]>;

/** One name per place: what alerts of restores are kept under, and what a person types to confirm. */
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
