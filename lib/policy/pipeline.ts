import type { AlertWrite, DeliveryDraft, EventPlan, SuppressedDelivery } from "@/lib/core/routing";
import { startFallbackPlan, type UnheardAlert } from "./fallback";
import { type Plan, type PlannedDelivery, type Situation, type Stage, waitOf } from "./plan";
import { targetKey } from "./rules";
import { escalate } from "./stages/escalate";
import { fold } from "./stages/fold";
import { merge } from "./stages/merge";
import { mute } from "./stages/mute";
import { quietHours } from "./stages/quiet-hours";
import { recovery } from "./stages/recovery";
import { repeat } from "./stages/repeat";
import { route } from "./stages/route";
import { severityFloor } from "./stages/severity-floor";
import { silence } from "./stages/silence";
import { threshold } from "./stages/threshold";
import { startPlan } from "./start-plan";
import { unheardFrom } from "./unheard-from";

/**
 * The policy, in order. What holds deliveries back comes last, so that it treats a recovery like the problem it
 * belongs to. A new stage is its file, its test and a line here.
 */
const STAGES: readonly Stage[] = [
  route,
  severityFloor,
  merge,
  threshold,
  repeat,
  fold,
  recovery,
  escalate,
  silence,
  quietHours,
  mute,
];

/** As many are kept with an event: a bound for its row. */
const MOST_SUPPRESSED = 50;

/** Of these stages those that concern what goes to the fallback channels of "nobody got it". */
const FALLBACK_STAGES: readonly Stage[] = [severityFloor, merge, silence, quietHours, mute];

/** What the policy makes of a situation, with everything that is suppressed and why. Pure. */
export function makePlan(situation: Situation): Plan {
  return STAGES.reduce((plan, stage) => stage(situation, plan), startPlan(situation));
}

/** The whole decision about one event: what is to be written. Pure. */
export function decide(situation: Situation): EventPlan {
  const plan = makePlan(situation);
  const { notification, correlation, alertId, alerts, amendments, folds, cancels } = plan;
  return {
    notification,
    tone: notification.tone,
    severity: notification.severity,
    dedupKey: correlation.dedupKey,
    alertId: alertId ?? correlation.ended[0]?.alert.id ?? null,
    alerts: withUnheardFrom(alerts, unheardFrom(situation, plan)),
    deliveries: draftsOf(situation, plan),
    amendments,
    folds,
    cancels,
    suppressed: suppressedOf(plan),
  };
}

/** Each channel and reason once, of the recipients whom no delivery of this event reaches through it. */
function suppressedOf({ deliveries }: Plan): SuppressedDelivery[] {
  const found = new Map<string, SuppressedDelivery>();
  for (const { channel, target, suppressed } of deliveries) {
    if (!suppressed || found.size === MOST_SUPPRESSED) continue;
    const { code } = suppressed;
    found.set(`${target.channelId} ${code}`, { channelId: target.channelId, channelName: channel.name, code });
  }
  return [...found.values()];
}

/** The deliveries of an alert that no channel has taken to the fallback channels. Pure. */
export function decideFallback(
  situation: Situation,
  alert: UnheardAlert,
  fallback: { channelIds: readonly string[]; afterMinutes: number },
): DeliveryDraft[] {
  const start = startFallbackPlan(situation, alert, fallback);
  return draftsOf(
    situation,
    FALLBACK_STAGES.reduce((plan, stage) => stage(situation, plan), start),
  );
}

function withUnheardFrom(alerts: readonly AlertWrite[], from: number | null): AlertWrite[] {
  return alerts.map((write) => (write.kind === "resolve" || from === null ? write : { ...write, unheardFrom: from }));
}

function draftsOf(situation: Situation, plan: Plan): DeliveryDraft[] {
  return plan.deliveries.flatMap((one) => (one.suppressed ? [] : [toDraft(situation, plan, one)]));
}

function toDraft(situation: Situation, plan: Plan, delivery: PlannedDelivery): DeliveryDraft {
  const { channel, target, held, folded, dropped } = delivery;
  const { job } = situation.draft.data;
  // The states of a job's runs reach a monitor in the order in which they were, whatever problem they belong to.
  const key = channel.isMonitor && job ? `run of ${job.id}` : delivery.dedupKey;
  const text = delivery.notification ?? plan.notification;
  return {
    id: delivery.id,
    channelId: target.channelId,
    recipient: target.recipient,
    userId: target.userId,
    kind: delivery.kind,
    status: folded ? "folded" : dropped ? "canceled" : held ? "held" : "pending",
    reasonCode: folded?.code ?? dropped?.code ?? held?.code ?? waitOf(delivery)?.code ?? null,
    hold: dropped
      ? { by: "silence", id: dropped.by, until: situation.now }
      : held && { by: held.holder, id: held.by, until: held.until },
    notBefore: delivery.notBefore ?? null,
    step: delivery.step,
    alertId: delivery.alertId,
    orderKey: key ? `${key}\n${targetKey(target.channelId, target.recipient)}` : null,
    route: target.route,
    ruleId: target.ruleId,
    notifyOnRecovery: target.notifyOnRecovery,
    remindHours: target.repeat === "remind" ? target.remindHours : null,
    channelName: channel.name,
    provider: channel.provider,
    title: text.title,
    tone: text.tone,
    severity: text.severity,
    notification: delivery.notification,
    text: target.text,
    foldedInto: folded?.into ?? null,
    foldedCount: 0,
  };
}
