import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import type { Plan, PlannedDelivery, Situation } from "../plan";

/**
 * One mail per address at a time: the copy for an administrator by the system mail server is left out where the same address gets
 * the event by any other mail of the plan, whatever its case. A mail that something is folded into stays, because nothing
 * else says what it carries.
 */
export function withoutSecondMail({ now }: Pick<Situation, "now">, plan: Plan): Plan {
  const copies = plan.deliveries.filter((one) => isCopy(one) && !one.suppressed);
  if (copies.length === 0) return plan;
  const isSystemMailFailing = copies.some(({ channel }) => channel.isFailing);
  const reached = new Set(
    plan.deliveries.flatMap((one) => {
      if (isCopy(one) || one.suppressed || isStepOfLater(one, now)) return [];
      // What a failing channel is given may arrive late or never: then this mail is the one that counts.
      return one.channel.isFailing && !isSystemMailFailing ? [] : mailAddressesFor(one);
    }),
  );
  const carriers = new Set(plan.folds.map(({ into }) => into));
  const isSecond = (one: PlannedDelivery) =>
    isCopy(one) && !one.suppressed && !carriers.has(one.id) && mailAddressesFor(one).every((to) => reached.has(to));
  const deliveries = plan.deliveries.filter((one) => !isSecond(one));
  return deliveries.length === plan.deliveries.length ? plan : { ...plan, deliveries };
}

/** It waits for its time, and so is no mail of this moment. */
function isStepOfLater({ kind, notBefore = 0 }: PlannedDelivery, now: number): boolean {
  return kind === "escalation" && notBefore > now;
}

/** A step of an escalation that the system mail server carries is no copy. */
function isCopy({ channel, kind }: PlannedDelivery): boolean {
  return channel.id === SYSTEM_MAIL_ID && kind !== "escalation";
}

/** The mail addresses that a delivery is for, in lower case; none where it is no mail. */
export function mailAddressesFor({ channel, target: { recipient } }: PlannedDelivery): readonly string[] {
  const fixed = channel.mailAddresses?.get(recipient);
  if (fixed) return fixed;
  return channel.canMailPeople && recipient !== "" ? [recipient.toLowerCase()] : [];
}
