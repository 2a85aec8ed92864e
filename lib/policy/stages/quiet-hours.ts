import { quietVerdict } from "../holding";
import { holdDelivery, mapOwnMessages, type Plan, type Situation } from "../plan";
import { holdableOf } from "./holdable";

/** In the quiet hours of a channel, or of the person it goes to, deliveries are held; later steps by their own time. */
export function quietHours(situation: Situation, plan: Plan): Plan {
  const { routing, now } = situation;
  return mapOwnMessages(plan, (delivery) => {
    if (!delivery.channel.quietHours && routing.quietUsers.size === 0) return delivery;
    const held = quietVerdict(routing, holdableOf(situation, plan, delivery), delivery.notBefore ?? now);
    return held ? holdDelivery(delivery, held) : delivery;
  });
}
