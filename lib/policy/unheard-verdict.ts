import type { AlertStatus } from "@/lib/core/alert";
import type { DeliveryKind, DeliveryStatus } from "@/lib/core/delivery";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { isDeliberate } from "./unheard-from";

/** What is known about one delivery of an alert. */
export interface UnheardDelivery {
  kind: DeliveryKind;
  status: DeliveryStatus;
  /** Of the delivery that carries it, when it is folded; its own otherwise. */
  effectiveStatus: DeliveryStatus;
  reasonCode: ReasonCode | null;
  /** Milliseconds. */
  dueAt: number;
}

/**
 * `over`: somebody has it, or nobody has to. `later`: it may be sent no sooner than `from`, milliseconds. `unheard`: no
 * channel has taken it.
 */
export type UnheardVerdict = { kind: "over" } | { kind: "later"; from: number } | { kind: "unheard" };

/** Later steps, which are due long after the alert: they do not count before their time. */
const LATER_STEPS: ReadonlySet<DeliveryKind> = new Set(["reminder", "escalation"]);

/**
 * Whether anybody has an alert whose time is up, by the state of its deliveries now. What is held or was canceled on
 * purpose does not count; what waits for a retry or in a pause has been taken by nobody. Pure.
 */
export function judgeUnheard(
  alert: { status: AlertStatus; snoozedUntil: number | null },
  deliveries: readonly UnheardDelivery[],
  now: number,
): UnheardVerdict {
  if (alert.status !== "firing" || deliveries.some(({ effectiveStatus }) => effectiveStatus === "sent"))
    return { kind: "over" };
  if (alert.snoozedUntil !== null && alert.snoozedUntil > now) return { kind: "later", from: alert.snoozedUntil };
  // What was merged goes with its carrier, which is one of them.
  const own = deliveries.filter(({ reasonCode }) => reasonCode !== "merged");
  const tried = own.filter((one) => !isScheduled(one, now) && !isDropped(one) && one.effectiveStatus !== "held");
  const waiting = own.filter((one) => isScheduled(one, now) || one.effectiveStatus === "held");
  if (tried.length > 0) return { kind: "unheard" };
  // Its time may have come in this very moment: it is released then, and tried.
  if (waiting.length > 0) return { kind: "later", from: Math.max(now, Math.min(...waiting.map((one) => one.dueAt))) };
  return deliveries.length > 0 ? { kind: "over" } : { kind: "unheard" };
}

function isScheduled({ kind, effectiveStatus, reasonCode, dueAt }: UnheardDelivery, now: number): boolean {
  const isLater = LATER_STEPS.has(kind) || reasonCode === "waits_for_hours";
  return isLater && effectiveStatus === "pending" && dueAt > now;
}

/** Canceled on purpose, or with the alert's own end. */
function isDropped({ effectiveStatus, reasonCode }: UnheardDelivery): boolean {
  return effectiveStatus === "canceled" && isDeliberate(reasonCode);
}
