import { iconOf } from "@/lib/providers/icons";

/** Path data of the marks of these services, each once. */
export function marksOf(providers: readonly string[]): Record<string, string> {
  return Object.fromEntries([...new Set(providers)].map((id) => [id, iconOf(id).path]));
}
