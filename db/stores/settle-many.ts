import { sql } from "drizzle-orm";
import { jsonOf } from "../json-rows";
import { type Steps, step, type Tx } from "../transact";
import { GIVE_UP_AFTER_MS } from "./new-delivery";
import type { Settlement } from "./settlement";

/**
 * Settles many deliveries with two statements, whatever their number: PostgreSQL is a network away, and what was
 * sent and is not written yet would be sent again after a crash. SQLite runs prepared statements quicker one by one.
 * @returns those that were written; the others are not this process's any more
 */
export function* settleMany(tx: Tx, settlements: readonly Settlement[]): Steps<Settlement[]> {
  const { deliveries: d, attempts } = tx.t;
  const rows = settlements.map(
    ({ delivery, status, dueAt, reason, reasonCode, receipt, payload, remaining, refused, hold, attempt, now }) => ({
      id: delivery.id,
      token: delivery.leaseToken,
      status,
      due_at: dueAt,
      number: delivery.attemptCount + (attempt ? 1 : 0),
      attempt_at: attempt?.at ?? null,
      settled_at: status === "pending" || status === "held" ? null : now,
      held_by: hold?.by ?? null,
      held_by_id: hold?.id ?? null,
      give_up_at: status === "held" && dueAt !== null ? dueAt + GIVE_UP_AFTER_MS : null,
      reason,
      reason_code: reasonCode,
      receipt,
      payload: payload ?? null,
      remaining,
      refused,
    }),
  );
  const { rows: written } = (yield* step(
    tx.orm.execute<{ id: string }>(sql`
      update ${d} set
        status = v.status, due_at = coalesce(v.due_at, ${d.dueAt}), attempt_count = v.number,
        last_attempt_at = coalesce(v.attempt_at, ${d.lastAttemptAt}), settled_at = v.settled_at,
        reason = v.reason, reason_code = v.reason_code, receipt = v.receipt, payload = v.payload, remaining = v.remaining,
        refused = v.refused, held_by = v.held_by, held_by_id = v.held_by_id,
        give_up_at = coalesce(v.give_up_at, ${d.giveUpAt}), lease_until = null, lease_token = null
      from json_to_recordset(${jsonOf(rows)}::json) as v(
        id text, token int, status text, due_at bigint, number int, attempt_at bigint, settled_at bigint,
        reason text, reason_code text, receipt text, payload json, remaining json, refused json, held_by text, held_by_id text, give_up_at bigint)
      where ${d.id} = v.id and ${d.status} = 'sending' and ${d.leaseToken} is not distinct from v.token
      returning v.id`),
  )) as { rows: { id: string }[] };
  const own = new Set(written.map(({ id }) => id));
  const settled = settlements.filter(({ delivery }) => own.has(delivery.id));
  const tries = settled.flatMap(({ delivery, attempt }) =>
    attempt
      ? [
          {
            delivery_id: delivery.id,
            number: delivery.attemptCount + 1,
            at: attempt.at,
            latency_ms: attempt.latencyMs,
            outcome: attempt.outcome,
            status: attempt.status,
            error: attempt.error,
            advice: attempt.advice,
            answer: attempt.answer,
            retry_after_ms: attempt.retryAfterMs,
          },
        ]
      : [],
  );
  if (tries.length === 0) return settled;
  yield* step(
    tx.orm.execute(sql`
      insert into ${attempts} (delivery_id, number, at, latency_ms, outcome, status, error, advice, answer, retry_after_ms)
      select delivery_id, number, at, latency_ms, outcome, status, error, advice, answer, retry_after_ms
      from json_to_recordset(${jsonOf(tries)}::json) as v(
        delivery_id text, number int, at bigint, latency_ms int, outcome text, status int,
        error text, advice text, answer text, retry_after_ms int)
      on conflict do nothing`),
  );
  return settled;
}
