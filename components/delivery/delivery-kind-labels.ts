import type { DeliveryKind } from "@/lib/core/delivery";

export const DELIVERY_KIND_LABEL: Record<DeliveryKind, string> = {
  initial: "Notification",
  recovery: "Recovery",
  reminder: "Reminder",
  escalation: "Escalation",
  digest: "Digest",
  test: "Test",
  update: "Update",
};

/** The label of a kind in lists, where initial notifications are the rule and tests have a badge. */
export function listedKind(kind: DeliveryKind): string | null {
  return kind === "initial" || kind === "test" ? null : DELIVERY_KIND_LABEL[kind];
}
