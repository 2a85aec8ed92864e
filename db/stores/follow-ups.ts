import { and, asc, eq, gt, inArray, isNotNull, notExists, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { newId } from "@/lib/core/id";
import type { Notification } from "@/lib/core/notification";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { type Steps, step, type Tx, transact } from "../transact";
import { insertDeliveries } from "./deliveries";

/** An alert that a service still has otherwise than it stands here. */
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
  resolvedBy: string | null;
}

/** Ends older than this are past: their services were told, or never will be. */
const LOOK_BACK_MS = 86_400_000;
const LIMIT = 500;

/**
 * Lays down an update for every channel of these that was told of an alert and has not heard what became of it:
 * acknowledged, or ended by a person or with its subject. Ends by an event have their recovery already.
 * May be called at any time, by several processes at once: each update is laid down once.
 * @returns how many
 */
export function layFollowUps(
  channelIds: readonly string[],
  compose: (alert: MovedAlert) => Notification,
  now: number,
): Promise<number> {
  return transact(["follow-ups"], function* (tx) {
    const { alerts } = tx.t;
    const acknowledged = and(sql`${alerts.status} <> 'resolved'`, eq(alerts.status, "acknowledged"));
    const resolved = and(sql`${alerts.status} = 'resolved'`, gt(alerts.resolvedAt, now - LOOK_BACK_MS));
    let laid = 0;
    for (const [step_, which] of [acknowledged, resolved].entries()) {
      for (const { alert, delivery } of yield* untold(tx, channelIds, which, step_)) {
        const text = compose(alert as MovedAlert);
        yield* insertDeliveries(
          tx,
          delivery.eventId,
          [
            {
              id: newId("dlv"),
              channelId: delivery.channelId ?? "",
              recipient: delivery.recipient,
              userId: delivery.userId,
              kind: "update",
              step: step_,
              status: "pending",
              alertId: alert.id,
              orderKey: delivery.orderKey,
              route: delivery.route,
              ruleId: delivery.ruleId,
              notifyOnRecovery: false,
              remindHours: null,
              channelName: delivery.channelName,
              provider: delivery.provider,
              title: text.title,
              tone: text.tone,
              severity: text.severity,
              notification: text,
              text: null,
              foldedInto: null,
              foldedCount: 0,
            },
          ],
          now,
        );
        laid++;
      }
    }
    if (laid > 0) tx.notices.push({ topic: "deliveries", ids: [...channelIds] });
    return laid;
  });
}

/** The first initial of each such alert on each such channel, where nothing was said of its move yet. */
function* untold(tx: Tx, channelIds: readonly string[], which: ReturnType<typeof and>, updateStep: number) {
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
  const seen = new Set<string>();
  return rows.filter(({ delivery }) => {
    const key = `${delivery.alertId}\n${delivery.channelId}\n${delivery.recipient}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
