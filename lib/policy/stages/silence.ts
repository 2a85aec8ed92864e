import { silencesOn, silenceVerdict } from "../holding";
import { holdDelivery, mapOwnMessages, type Plan, type Situation } from "../plan";
import { holdableOf } from "./holdable";

/** A silence that is on holds what it matches until its end, or drops it. */
export function silence(situation: Situation, plan: Plan): Plan {
  const { routing, now } = situation;
  if (routing.silences.length === 0) return plan;
  const onNow = silencesOn(routing, now);
  return mapOwnMessages(plan, (delivery) => {
    // A later step shares the fate of its event, and is subject to what is on at its own time.
    const { notBefore = now } = delivery;
    const on = notBefore > now ? [...onNow, ...silencesOn(routing, notBefore)] : onNow;
    if (on.length === 0) return delivery;
    const { droppedBy, held } = silenceVerdict(on, holdableOf(situation, plan, delivery), now);
    if (droppedBy !== null) return { ...delivery, dropped: { code: "silence_dropped", by: droppedBy } };
    return held ? holdDelivery(delivery, held) : delivery;
  });
}
