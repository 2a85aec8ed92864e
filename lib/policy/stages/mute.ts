import { mapOwnMessages, type Plan, type Situation } from "../plan";

/** A muted channel loses nothing: what it is to send waits until the mute ends. */
export function mute({ now }: Situation, plan: Plan): Plan {
  return mapOwnMessages(plan, (delivery) => {
    const { id, mutedUntil } = delivery.channel;
    if (mutedUntil === null || mutedUntil <= now) return delivery;
    return { ...delivery, held: { code: "channel_muted", holder: "mute", by: id, until: mutedUntil } };
  });
}
