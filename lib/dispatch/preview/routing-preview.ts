import { routingNow } from "@/db/queries/dispatch";
import { toIso } from "@/lib/core/clock";
import { type ReasonCode, reasonSentence } from "@/lib/core/delivery-reason";
import type { EventDraft } from "@/lib/core/event";
import type { JobState } from "@/lib/core/job";
import type { JobNotificationRule, Target } from "@/lib/core/routing";
import { isProblem } from "@/lib/core/tone";
import { eventOfRun, eventType } from "@/lib/events/catalog";
import type { Plan, PlannedDelivery } from "@/lib/policy/plan";
import { eventSetting } from "@/lib/policy/rules";
import { snapshotOf } from "../plan/routing-snapshot";
import { hypotheticalPlan } from "./hypothetical-plan";

/** One line of "Who gets notified?". */
export interface RoutingPreviewEntry {
  when: "now" | "reminder" | "recovery";
  /** Reminder: hours after the first notification. */
  afterHours?: number;
  channelId: string;
  channelName: string;
  recipient?: string;
  /** Why this channel, in words. */
  text: string;
  /** `held`: it waits. `suppressed`: nothing is sent, although a setting leads to this channel. */
  outcome: "notified" | "held" | "suppressed";
  /** Why it is held or suppressed. */
  reasonCode?: ReasonCode;
  /** The same in a sentence. */
  reason?: string;
  /** Until when it is held, ISO 8601. */
  heldUntil?: string;
}

export interface RoutingPreview {
  entries: RoutingPreviewEntry[];
  notes: string[];
}

/** Who is notified of a system event, by the policy itself. @param user stands for "the user" of sign-ins and accounts */
export async function previewEventRouting(
  type: string,
  user: { id: string; name: string; email: string },
): Promise<RoutingPreview> {
  const routing = snapshotOf(await routingNow());
  const entry = eventType(type);
  const setting = eventSetting(routing, entry);
  const sample = entry.sample(0);
  const draft: EventDraft = { type, ...sample, data: sample.data.user ? { ...sample.data, user } : sample.data };
  const plan = hypotheticalPlan(draft, routing);
  const sendsRecovery = entry.canBeProblem && setting.notifyOnRecovery;
  const entries = allEntries(plan, [], () => sendsRecovery);
  const notes: string[] = [];
  if (!setting.enabled) notes.push("This event is disabled; only channels that subscribed to it are notified.");
  if (plan.couldNotNotifyUser)
    notes.push(
      "The user cannot be notified directly: none of the event's channels is a working Email channel. The administrators are notified instead.",
    );
  if (entry.excludesSubject(draft)) notes.push("The failing channel itself is left out.");
  return { entries, notes };
}

/** Who is notified of one outcome of a job, by the policy itself. @param rules as they are on the form, saved or not */
export async function previewJobRouting(
  job: { id: string; name: string; slug: string },
  rules: readonly JobNotificationRule[],
  state: JobState,
): Promise<RoutingPreview> {
  const routing = snapshotOf(await routingNow());
  const entry = eventOfRun("backup", state);
  const draft: EventDraft = { type: entry.type, subject: { kind: "job", id: job.id, name: job.name }, data: { job } };
  const plan = hypotheticalPlan(draft, routing, rules);
  const hasProblem = isProblem(entry.tone);
  const entries = allEntries(plan, rules, ({ notifyOnRecovery }) => hasProblem && notifyOnRecovery);
  const notes: string[] = [];
  const sent = plan.deliveries.filter(({ suppressed }) => !suppressed);
  if (sent.length === 0)
    notes.push(hasProblem ? "No notifications. The problem is shown on the Overview only." : "No notifications.");
  if (sent.some(({ target }) => target.route === "fallback"))
    notes.push("No rule takes a missed schedule, so the global channels are notified.");
  return { entries, notes };
}

/** What a plan sends at once, what it holds, and what it suppresses, each with its reason. */
export function entriesOfPlan(plan: Plan, rules: readonly JobNotificationRule[]): RoutingPreviewEntry[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return plan.deliveries.map((delivery): RoutingPreviewEntry => {
    const { target, suppressed, held, folded } = delivery;
    const rule = target.ruleId ? byId.get(target.ruleId) : undefined;
    const reason = suppressed ?? folded ?? held;
    return {
      when: "now",
      ...recipientOf(delivery),
      text: rule ? conditionText(rule) : ROUTE_TEXT[target.route],
      outcome: suppressed ? "suppressed" : held ? "held" : "notified",
      ...(reason ? { reasonCode: reason.code, reason: reasonSentence(reason.code) } : {}),
      ...(held ? { heldUntil: toIso(held.until) } : {}),
    };
  });
}

/** What is sent first, then what follows, then what is suppressed. */
function allEntries(
  plan: Plan,
  rules: readonly JobNotificationRule[],
  sendsRecovery: (target: Target) => boolean,
): RoutingPreviewEntry[] {
  const now = entriesOfPlan(plan, rules);
  const isSuppressed = ({ outcome }: RoutingPreviewEntry) => outcome === "suppressed";
  return [
    ...now.filter((one) => !isSuppressed(one)),
    ...laterEntries(plan, sendsRecovery),
    ...now.filter(isSuppressed),
  ];
}

/** The reminders and recoveries that would follow. */
function laterEntries(plan: Plan, sendsRecovery: (target: Target) => boolean): RoutingPreviewEntry[] {
  const sent = plan.deliveries.filter(({ suppressed }) => !suppressed);
  const reminders = sent.flatMap((delivery): RoutingPreviewEntry[] => {
    const { repeat, remindHours } = delivery.target;
    if (repeat !== "remind" || !remindHours) return [];
    return [
      {
        when: "reminder",
        afterHours: remindHours,
        ...recipientOf(delivery),
        text: "again, until it is resolved",
        outcome: "notified",
      },
    ];
  });
  const recoveries = sent
    .filter(({ target }) => sendsRecovery(target))
    .map(
      (delivery): RoutingPreviewEntry => ({
        when: "recovery",
        ...recipientOf(delivery),
        text: "with the downtime",
        outcome: "notified",
      }),
    );
  return [...reminders, ...recoveries];
}

function recipientOf({ channel, target }: PlannedDelivery) {
  return {
    channelId: channel.id,
    channelName: channel.name,
    ...(target.recipient ? { recipient: target.recipient } : {}),
  };
}

const ROUTE_TEXT: Record<Target["route"], string> = {
  rule: "has a rule on the job",
  override: "is one of the event's own channels",
  global: "is a global channel",
  subscription: "subscribed to this event",
  caller: "was named by the caller",
  user: "the user directly",
  fallback: "is a global channel; no rule of the job takes this",
  test: "Test",
};

function conditionText({ condition }: JobNotificationRule): string {
  const names = { always: "Always", success: "On Success", failure: "On Failure", custom: "Custom" } as const;
  return `rule “${names[condition]}”`;
}
