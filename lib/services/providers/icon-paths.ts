import { BELL } from "@/lib/providers/kit/icon";
import { providerOf } from "@/lib/providers/registry";

/** Icon paths of these providers, each once; a bell for an id that no provider has. */
export function iconPaths(providerIds: readonly string[]): Record<string, string> {
  return Object.fromEntries([...new Set(providerIds)].map((id) => [id, (providerOf(id)?.icon ?? BELL).path]));
}
