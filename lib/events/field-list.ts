import type { NotificationField } from "@/lib/core/notification";

/** Label and value of each fact, leaving out those with nothing to say. */
export function fieldList(...pairs: [label: string, value: string | null | undefined][]): NotificationField[] {
  return pairs.flatMap(([label, value]) => (value ? [{ label, value, short: value.length <= 40 }] : []));
}
