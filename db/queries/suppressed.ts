import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { SuppressedDelivery } from "@/lib/core/routing";
import { database } from "../client";

/** The channels that the events of a run were not sent through, by event in their order. A run has few events. */
export async function suppressedOfRun(
  runId: string,
): Promise<{ type: string; eventName: string; suppressed: SuppressedDelivery[] }[]> {
  const { orm, t } = database();
  const { events: e } = t;
  const rows = await orm
    .select({ type: e.type, notification: e.notification, suppressed: e.suppressed })
    .from(e)
    .where(and(eq(e.runId, runId), isNotNull(e.runId), isNotNull(e.suppressed)))
    .orderBy(asc(e.id))
    .limit(20);
  return rows.map(({ type, notification, suppressed }) => ({
    type,
    eventName: notification.typeName,
    suppressed: suppressed ?? [],
  }));
}
