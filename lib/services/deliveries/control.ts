import { deliveryById } from "@/db/queries/deliveries";
import type { ControlResult } from "@/db/stores/delivery-control";
import { AppError } from "@/lib/core/errors";
import { hiddenTypes } from "@/lib/services/events/visibility";
import type { AuditRow, VerbContext } from "@/lib/services/verb";

/** Finds the delivery and moves it by a store function. @throws AppError `not_found`; `conflict` with `refusal` */
export async function moveDelivery<S extends "pending" | "canceled">(
  { actor, audit }: VerbContext,
  id: string,
  act: (id: string, audit: AuditRow) => Promise<ControlResult>,
  status: S,
  refusal: string,
): Promise<{ id: string; status: S }> {
  const found = await deliveryById(id);
  if (!found || hiddenTypes(actor).includes(found.event.type)) throw missing();
  const { title, channelName } = found.delivery;
  const result = await act(id, audit("delivery", id, title, { channel: channelName }));
  if (result === "not_found") throw missing();
  if (result === "wrong_state") throw new AppError("conflict", refusal);
  return { id, status };
}

function missing(): AppError {
  return new AppError("not_found", "There is no such delivery.");
}
