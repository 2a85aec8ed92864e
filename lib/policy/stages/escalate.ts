import type { EscalationPolicy, EscalationStep } from "@/lib/core/escalation";
import type { EscalationRouting, RoutedChannel, RoutingSnapshot, Target } from "@/lib/core/routing";
import { compareSeverity } from "@/lib/core/severity";
import { composeEscalation } from "../message";
import {
  type EscalationWay,
  isOwnMessage,
  type Plan,
  type PlannedDelivery,
  type Reason,
  type Situation,
} from "../plan";
import { mailerOf, targetKey } from "../rules";
import { withoutSecondMail } from "./one-mail";
import { Reached } from "./reached";
import { channelRecipients } from "./recipients";
import { channelRefusal } from "./route";

const MINUTE_MS = 60_000;
type Recipient = Pick<Target, "channelId" | "recipient" | "userId"> & { channel: RoutedChannel };

/**
 * Adds the steps of the escalation policies that the event leads to, as deliveries that wait for their time: once per
 * alert, with the event that opens it, or with the first one that counts. Nobody gets two messages at one moment, by
 * whatever channel: a step without a delay adds nothing for who is notified anyway.
 * What a step names and is not there any more is left out. Acknowledging, resolving and recovering cancel what waits.
 */
export function escalate(situation: Situation, plan: Plan): Plan {
  const { escalation } = situation.routing;
  if (!escalation || !mayBegin(situation, plan)) return plan;
  const steps = waysOf(plan).flatMap((way) => {
    const policy = escalation.policies.get(way.policyId);
    return policy ? timesOf(policy).map((one) => ({ ...one, way })) : [];
  });
  const reached = new Reached(situation.now, plan.deliveries);
  const deliveries: PlannedDelivery[] = [];
  for (const [index, { way, step, minutes }] of steps.entries()) {
    for (const recipient of recipients(step, situation.routing, escalation)) {
      const planned = planStep(situation, plan, way, recipient, minutes, index + 1);
      if (reached.has(planned)) continue;
      reached.add(planned);
      deliveries.push(planned);
    }
  }
  if (deliveries.length === 0) return plan;
  return withoutSecondMail(situation, { ...plan, deliveries: [...plan.deliveries, ...deliveries] });
}

/** The problem is open, nobody has acknowledged it, and it is not escalated already. */
function mayBegin({ alertDeliveries }: Situation, { correlation, escalations }: Plan): boolean {
  const { effect, own } = correlation;
  if (escalations.length === 0) return false;
  if (effect === "open") return true;
  if (effect !== "count" || own?.status !== "firing") return false;
  return !alertDeliveries.some((one) => one.alertId === own.id && one.kind === "escalation");
}

/** Each policy once, without those whose rule does not count the occurrence yet. */
function waysOf({ escalations, deliveries }: Plan): EscalationWay[] {
  const waits = (way: EscalationWay) => {
    const own = deliveries.filter(({ target }) => way.ruleId !== null && target.ruleId === way.ruleId);
    return own.length > 0 && own.every(({ suppressed }) => suppressed?.code === "below_count");
  };
  const seen = new Set<string>();
  return escalations.filter((way) => {
    if (seen.has(way.policyId) || waits(way)) return false;
    seen.add(way.policyId);
    return true;
  });
}

/** All steps with their times, minutes from now: each round counts on from the last step of the one before. */
function timesOf({ steps, repeat }: EscalationPolicy): { step: EscalationStep; minutes: number }[] {
  const length = steps.at(-1)?.afterMinutes ?? 0;
  const rounds = Array.from({ length: repeat + 1 }, (_, round) => round * length);
  return rounds.flatMap((begin) => steps.map((step) => ({ step, minutes: begin + step.afterMinutes })));
}

/** The recipients of the step's channels, then its people by mail, each once. */
function recipients(step: EscalationStep, routing: RoutingSnapshot, { people }: EscalationRouting): Recipient[] {
  const byKey = new Map<string, Recipient>();
  const add = (one: Recipient) => {
    const key = targetKey(one.channelId, one.recipient);
    if (!byKey.has(key)) byKey.set(key, one);
  };
  for (const id of step.channels) {
    const channel = routing.channels.get(id);
    if (!channel) continue;
    for (const one of channelRecipients(channel, routing)) add({ channel, channelId: id, ...one });
  }
  const mailer = mailerOf([...step.channels, ...routing.globalChannels, ...routing.channels.keys()], routing);
  for (const id of step.users) {
    const person = people.get(id);
    if (person && mailer) add({ channel: mailer, channelId: mailer.id, recipient: person.email, userId: person.id });
  }
  return [...byKey.values()];
}

/** When the rule that names the policy notifies, milliseconds: what it waits for, the steps wait for as well. */
function beginOf({ deliveries }: Plan, { ruleId }: EscalationWay, now: number): number {
  const own = deliveries.filter((one) => ruleId !== null && one.target.ruleId === ruleId && isOwnMessage(one));
  return own.length === 0 ? now : Math.min(...own.map(({ notBefore }) => notBefore ?? now));
}

function planStep(
  { draft, now, newId }: Situation,
  plan: Plan,
  way: EscalationWay,
  { channel, ...recipient }: Recipient,
  minutes: number,
  step: number,
): PlannedDelivery {
  return {
    id: newId("dlv"),
    channel,
    target: {
      ...recipient,
      isForUser: false,
      route: "escalation",
      ruleId: way.policyId,
      repeat: "every",
      remindHours: null,
      notifyOnRecovery: way.notifyOnRecovery,
      text: null,
    },
    kind: "escalation",
    step,
    alertId: plan.alertId,
    dedupKey: plan.correlation.dedupKey,
    notification: composeEscalation(plan.notification, minutes),
    notBefore: beginOf(plan, way, now) + Math.round(minutes * MINUTE_MS),
    suppressed: refusal(channel, plan) ?? channelRefusal(channel, draft, plan),
    held: null,
    dropped: null,
    folded: null,
  };
}

function refusal({ id, isMonitor, minSeverity }: RoutedChannel, { correlation }: Plan): Reason | null {
  if (isMonitor) return { code: "monitor_takes_runs_only" };
  const isBelow = minSeverity !== null && compareSeverity(correlation.severity, minSeverity) < 0;
  return isBelow ? { code: "below_min_severity", by: id } : null;
}
