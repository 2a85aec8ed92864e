import { and, eq, inArray } from "drizzle-orm";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { GIVE_UP_AFTER_MS } from "./new-delivery";

export type ControlResult = "done" | "not_found" | "wrong_state";

/** A new attempt on the same row: for what is dead, canceled, or was sent and is wanted once more. */
export function resendDelivery(id: string, audit: AuditInsert): Promise<ControlResult> {
  return control(id, audit, ["dead", "canceled", "sent"], (now, refused) => ({
    status: "pending" as const,
    // Who has it is not sent it again.
    ...(refused?.length ? { remaining: refused.map(({ recipient }) => recipient) } : {}),
    dueAt: now,
    giveUpAt: now + GIVE_UP_AFTER_MS,
    settledAt: null,
    reason: null,
    reasonCode: null,
  }));
}

/** Takes a delivery that has not been sent out of the outbox. */
export function cancelDelivery(id: string, audit: AuditInsert): Promise<ControlResult> {
  return control(id, audit, ["pending", "held"], (now) => ({
    status: "canceled" as const,
    settledAt: now,
    reason: audit.actorName,
    reasonCode: "canceled_by_person" as const,
    heldBy: null,
    heldById: null,
  }));
}

type Controlled = "pending" | "held" | "dead" | "canceled" | "sent";

function control(
  id: string,
  audit: AuditInsert,
  from: Controlled[],
  change: (
    now: number,
    refused: RefusedRecipient[] | null,
  ) => {
    status: "pending" | "canceled";
    remaining?: string[];
    dueAt?: number;
    giveUpAt?: number;
    settledAt: number | null;
    reason: string | null;
    reasonCode: ReasonCode | null;
  },
): Promise<ControlResult> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    const [row] = yield* step(
      tx.orm
        .select({ kind: d.kind, channelId: d.channelId, status: d.status, refused: d.refused })
        .from(d)
        .where(eq(d.id, id)),
    );
    if (!row) return "not_found" as const;
    // A Test is over when it has answered; its channel may not even be saved.
    if (row.kind === "test" || !row.channelId) return "wrong_state" as const;
    const changed = yield* step(
      tx.orm
        .update(d)
        .set(change(Date.now(), row.status === "sent" ? row.refused : null))
        .where(and(eq(d.id, id), inArray(d.status, from)))
        .returning({ id: d.id }),
    );
    if (changed.length === 0) return "wrong_state" as const;
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "deliveries", ids: [row.channelId] });
    return "done" as const;
  });
}
