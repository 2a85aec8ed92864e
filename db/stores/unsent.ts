import { and, eq, inArray } from "drizzle-orm";
import type { EventPlan } from "@/lib/core/routing";
import { type Steps, step, type Tx } from "../transact";

/** Folds, new texts and cancels of deliveries that are not sent; one in flight is left alone. */
export function* applyToUnsent(
  tx: Tx,
  { amendments, folds, cancels }: Pick<EventPlan, "amendments" | "folds" | "cancels">,
  now: number,
): Steps<void> {
  const { deliveries } = tx.t;
  const isUnsent = (id: string) => and(eq(deliveries.id, id), inArray(deliveries.status, ["pending", "held"]));
  for (const { deliveryId, notification, foldedCount } of amendments) {
    const { title, tone, severity } = notification;
    yield* step(
      tx.orm.update(deliveries).set({ notification, foldedCount, title, tone, severity }).where(isUnsent(deliveryId)),
    );
  }
  for (const { deliveryId, into, code } of folds) {
    yield* step(
      tx.orm
        .update(deliveries)
        .set({ status: "folded", reasonCode: code, heldBy: null, heldById: null, foldedInto: into, settledAt: now })
        .where(isUnsent(deliveryId)),
    );
    // What was folded into it is now carried by the same message.
    yield* step(tx.orm.update(deliveries).set({ foldedInto: into }).where(eq(deliveries.foldedInto, deliveryId)));
  }
  for (const { deliveryId, code } of cancels) {
    yield* step(
      tx.orm
        .update(deliveries)
        .set({ status: "canceled", reasonCode: code, heldBy: null, heldById: null, settledAt: now })
        .where(isUnsent(deliveryId)),
    );
  }
}
