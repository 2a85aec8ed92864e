import { isLabelKey, type Labels, MAX_LABEL_VALUE, MAX_LABELS } from "@/lib/core/label";

/**
 * Labels as tags, which are words: `env:prod`. A label whose value is its own key is a tag alone, as tags become labels.
 */
export function tagsOfLabels(labels: Labels): string[] {
  return Object.entries(labels).map(([key, value]) => tagOfLabel({ key, value }));
}

/** One label as a tag, see `tagsOfLabels`. */
export function tagOfLabel({ key, value }: { key: string; value: string }): string {
  return (value.toLowerCase() === key ? value : `${key}:${value}`).replace(/\s+/g, "_");
}

/** The keys of labels that may be this tag, see `tagsOfLabels`: of what has none of them it is no tag. */
export function keysOfTag(tag: string): string[] {
  const at = tag.indexOf(":");
  return at > 0 ? [tag.toLowerCase(), tag.slice(0, at)] : [tag.toLowerCase()];
}

/** Tags as labels: `env:prod` and `env=prod` have a key, any other is its own key. What cannot be a label is named. */
export function labelsOfTags(tags: string): { labels: Labels; notes: string[] } {
  const labels: Labels = {};
  const notes: string[] = [];
  for (const tag of tags.split(/\s+/).filter(Boolean)) {
    const [, key = "", value = ""] = /^([^:=]+)[:=](.+)$/.exec(tag) ?? [
      "",
      tag.toLowerCase().replace(/[^a-z0-9_.-]/g, "-"),
      tag,
    ];
    const isLabel = isLabelKey(key) && value.length <= MAX_LABEL_VALUE;
    if (!isLabel) notes.push(`Its tag “${tag}” is left out: it cannot be a label.`);
    else if (labels[key] !== undefined && labels[key] !== value)
      notes.push(`Its tag “${tag}” is left out: the label “${key}” is “${labels[key]}” already.`);
    else if (Object.keys(labels).length >= MAX_LABELS)
      notes.push(`Its tag “${tag}” is left out: a job has at most 50 labels.`);
    else labels[key] = value;
  }
  return { labels, notes };
}
