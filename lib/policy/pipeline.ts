import type { DeliveryDraft, EventPlan } from "@/lib/core/routing";
import type { Plan, PlannedDelivery, Situation, Stage } from "./plan";
import { targetKey } from "./rules";
import { fold } from "./stages/fold";
import { merge } from "./stages/merge";
import { mute } from "./stages/mute";
import { recovery } from "./stages/recovery";
import { repeat } from "./stages/repeat";
import { route } from "./stages/route";
import { severityFloor } from "./stages/severity-floor";
import { startPlan } from "./start-plan";

/**
 * The policy, in order. What holds deliveries back comes last, so that it treats a recovery like the problem it
 * belongs to. A new stage is its file, its test and a line here.
 */
const STAGES: readonly Stage[] = [route, severityFloor, merge, repeat, fold, recovery, mute];

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
    alerts,
    deliveries: plan.deliveries.flatMap((one) => (one.suppressed ? [] : [toDraft(situation, plan, one)])),
    amendments,
    folds,
    cancels,
  };
}

function toDraft({ draft }: Situation, plan: Plan, delivery: PlannedDelivery): DeliveryDraft {
  const { channel, target, held, folded } = delivery;
  const { job } = draft.data;
  // The states of a job's runs reach a monitor in the order in which they were, whatever problem they belong to.
  const key = channel.isMonitor && job ? `run of ${job.id}` : delivery.dedupKey;
  const text = delivery.notification ?? plan.notification;
  return {
    id: delivery.id,
    channelId: target.channelId,
    recipient: target.recipient,
    userId: target.userId,
    kind: delivery.kind,
    status: folded ? "folded" : held ? "held" : "pending",
    reasonCode: folded?.code ?? held?.code ?? null,
    hold: held && { by: held.holder, id: held.by, until: held.until },
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
