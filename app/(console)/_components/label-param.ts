import { parseLabel } from "@/lib/core/label";

/** The label that the address narrows a list by; undefined, which narrows nothing, for what is no label (yet). */
export function labelParam(value: string | undefined): string | undefined {
  return value && parseLabel(value) ? value : undefined;
}
