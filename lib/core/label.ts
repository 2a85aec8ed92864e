/** What may have labels. */
export const LABELLED_KINDS = ["job", "source", "destination", "channel", "client"] as const;
export type LabelledKind = (typeof LABELLED_KINDS)[number];

/** Labels of one thing: values by key. */
export type Labels = Record<string, string>;

/** Most labels of one thing. */
export const MAX_LABELS = 50;

/** Longest key and value, characters. */
export const MAX_LABEL_KEY = 63;
export const MAX_LABEL_VALUE = 100;

/** Lower-case letters, digits, `_`, `.` and `-`; a letter or digit first. */
const KEY = /^[a-z0-9][a-z0-9_.-]{0,62}$/;

export function isLabelKey(text: string): boolean {
  return KEY.test(text);
}

/** As people write it and conditions compare it: `env:prod`. */
export function labelText(key: string, value: string): string {
  return `${key}:${value}`;
}

/** What `label=` asks for: a key with any value, or with that one. */
export interface LabelFilter {
  key: string;
  value: string | null;
}

/** Reads `env:prod`, or `env` alone. @returns null for what cannot be a label */
export function parseLabel(text: string): LabelFilter | null {
  const colon = text.indexOf(":");
  const key = (colon < 0 ? text : text.slice(0, colon)).trim();
  const value = colon < 0 ? null : text.slice(colon + 1).trim();
  if (!isLabelKey(key) || value === "" || (value?.length ?? 0) > MAX_LABEL_VALUE) return null;
  return { key, value };
}
