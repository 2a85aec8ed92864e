import { and, desc, eq, gt, ne, or } from "drizzle-orm";
import { database } from "../client";
import { countLost, type LostFilter } from "../stores/recover";
import { transact } from "../transact";
import { stateValue } from "./dispatch";

/**
 * When a channel last began to fail, and whether it works by now.
 * @param type of the alert about a failing channel
 * @param after failures that ended before are past, milliseconds
 * @param recoveredKey in `system_state`: when what it had lost was last sent again
 */
export async function lastFailureOf(
  type: string,
  channelId: string,
  after: number,
  recoveredKey: string,
): Promise<{ since: number | null; recoveredAt: number | null; isHealthy: boolean }> {
  const { orm, t } = database();
  const { alerts: a, channelStates: s } = t;
  const isOf = and(eq(a.subjectKind, "channel"), eq(a.subjectId, channelId), eq(a.type, type));
  const [[state], [alert], recoveredAt] = await Promise.all([
    orm.select({ health: s.health, failingSince: s.failingSince }).from(s).where(eq(s.channelId, channelId)).limit(1),
    orm
      .select({ openedAt: a.openedAt })
      .from(a)
      .where(and(isOf, or(ne(a.status, "resolved"), and(eq(a.status, "resolved"), gt(a.resolvedAt, after)))))
      .orderBy(desc(a.id))
      .limit(1),
    stateValue<number>(recoveredKey),
  ]);
  return {
    since: state?.failingSince ?? alert?.openedAt ?? null,
    recoveredAt,
    isHealthy: state?.failingSince === null && state.health === "healthy",
  };
}

/** How many notifications of a channel are lost. */
export async function lostSince(filter: LostFilter): Promise<number> {
  const rows = await transact([], (tx) => countLost(tx, filter));
  return rows.reduce((sum, row) => sum + row.count, 0);
}
