import type { Repeat } from "@/lib/core/job";
import type { Plan, PlannedDelivery, Situation } from "../plan";
import { targetKey } from "../rules";
import { withoutSecondMail } from "./one-mail";

const LOUDNESS: Record<Repeat, number> = { every: 2, remind: 1, first: 0 };

/**
 * One delivery per channel and recipient, however many ways lead there: a rule decides text and repeat, without a rule
 * the loudest repeat wins. The fallback counts only where no rule takes the event; the user's own copy replaces the
 * one for administrators. An address that another mail reaches gets none of the system mail server.
 */
export function merge(situation: Situation, plan: Plan): Plan {
  if (plan.deliveries.length < 2) return plan;
  const isTakenByRule = plan.deliveries.some(({ target, suppressed }) => target.route === "rule" && !suppressed);
  const personal = new Set(
    plan.deliveries.flatMap(({ target }) => (target.isForUser ? [targetKey(target.channelId, target.recipient)] : [])),
  );
  const byTarget = new Map<string, PlannedDelivery>();
  for (const delivery of plan.deliveries) {
    const { target } = delivery;
    if (target.route === "fallback" && isTakenByRule) continue;
    const key = targetKey(target.channelId, target.recipient);
    if (personal.has(key) && !target.isForUser) continue;
    const earlier = byTarget.get(key);
    byTarget.set(key, earlier ? louder(earlier, delivery) : delivery);
  }
  return withoutSecondMail(situation, { ...plan, deliveries: [...byTarget.values()] });
}

function louder(earlier: PlannedDelivery, later: PlannedDelivery): PlannedDelivery {
  if (later.suppressed) return earlier;
  if (earlier.suppressed) return later;
  const [a, b] = [earlier.target, later.target];
  if (a.route === "rule" || LOUDNESS[b.repeat] <= LOUDNESS[a.repeat]) return earlier;
  return { ...earlier, target: { ...a, repeat: b.repeat, remindHours: b.remindHours } };
}
