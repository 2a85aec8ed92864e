import type { Labels } from "@/lib/core/label";

/**
 * Labels as tags, which are words: `env:prod`. A label whose value is its own key is a tag alone, as tags become labels.
 */
export function tagsOfLabels(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) =>
    (value.toLowerCase() === key ? value : `${key}:${value}`).replace(/\s+/g, "_"),
  );
}
