import { and, asc, eq, gt, inArray, isNotNull, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { AlertResolution } from "@/lib/core/alert";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { type Steps, step, type Tx } from "../transact";
import type { DeliveryRow } from "./new-delivery";

/** An alert whose state at a service differs from its state here. */
export interface MovedAlert {
  id: string;
  type: string;
  status: "acknowledged" | "resolved";
  title: string;
  message: string;
  tone: Tone;
  severity: Severity;
  openedAt: number;
  acknowledgedBy: string | null;
  resolution: AlertResolution | null;
  resolvedBy: string | null;
}

/** Resolutions older than this are past: their services know of them, or never will. */
const LOOK_BACK_MS = 86_400_000;
const LIMIT = 500;

/** A delivery whose service has to learn of the state that its alert has now. */
export interface FollowUp {
  alert: MovedAlert;
  /** The first notification of the alert there. */
  delivery: DeliveryRow;
  /** 0: acknowledged, 1: resolved. */
  step: number;
  /** False for what must not wait behind a message that is held, such as the recovery. */
  isOrdered: boolean;
}

/**
 * What channels that keep problems open do not know yet: an alert that was acknowledged, or resolved by a person or
 * with its subject. One that an event resolved has its recovery already; one of the original of a copy is not ours.
 */
export function* readFollowUps(tx: Tx, channelIds: readonly string[], now: number): Steps<FollowUp[]> {
  const { alerts } = tx.t;
  const acknowledged = and(sql`${alerts.status} <> 'resolved'`, eq(alerts.status, "acknowledged"));
  const resolved = and(
    sql`${alerts.status} = 'resolved'`,
    gt(alerts.resolvedAt, now - LOOK_BACK_MS),
    sql`coalesce(${alerts.resolution}, '') <> 'copied'`,
  );
  const found: FollowUp[] = [];
  for (const [step_, which] of [acknowledged, resolved].entries()) {
    for (const { alert, delivery } of yield* withoutUpdate(tx, channelIds, which, step_)) {
      found.push({ alert: alert as MovedAlert, delivery, step: step_, isOrdered: true });
    }
  }
  return found;
}

/** The first notification of each such alert on each such channel, where no later message reports its state. */
function* withoutUpdate(tx: Tx, channelIds: readonly string[], which: ReturnType<typeof and>, updateStep: number) {
  const { alerts, deliveries: d } = tx.t;
  const later = alias(d, "later");
  const rows: { alert: typeof alerts.$inferSelect; delivery: typeof d.$inferSelect }[] = yield* step(
    tx.orm
      .select({ alert: alerts, delivery: d })
      .from(alerts)
      .innerJoin(d, eq(d.alertId, alerts.id))
      .where(
        and(
          which,
          isNotNull(d.alertId),
          inArray(d.channelId, [...channelIds]),
          eq(d.kind, "initial"),
          eq(d.status, "sent"),
          notExists(
            tx.orm
              .select({ one: sql`1` })
              .from(later)
              .where(
                and(
                  eq(later.alertId, alerts.id),
                  eq(later.channelId, d.channelId),
                  eq(later.recipient, d.recipient),
                  sql`(${later.kind} = 'recovery' or (${later.kind} = 'update' and ${later.step} >= ${updateStep}))`,
                ),
              ),
          ),
        ),
      )
      .orderBy(asc(d.id))
      .limit(LIMIT),
  ) as Steps<never>;
  return onePerRecipient(rows);
}

/** Of the rows about one alert to one recipient the first. */
export function onePerRecipient<T extends { delivery: DeliveryRow }>(rows: readonly T[]): T[] {
  const seen = new Set<string>();
  return rows.filter(({ delivery }) => {
    const key = `${delivery.alertId}\n${delivery.channelId}\n${delivery.recipient}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
