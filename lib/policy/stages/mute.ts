import { holdDelivery, mapOwnMessages, type Plan, type Situation } from "../plan";

/** A muted channel loses nothing: what it is to send until then waits until the mute ends. */
export function mute({ now }: Situation, plan: Plan): Plan {
  return mapOwnMessages(plan, (delivery) => {
    const { id, mutedUntil } = delivery.channel;
    if (mutedUntil === null || mutedUntil <= (delivery.notBefore ?? now)) return delivery;
    return holdDelivery(delivery, { code: "channel_muted", holder: "mute", by: id, until: mutedUntil });
  });
}
