import { routingNow } from "@/db/queries/dispatch";
import { transact } from "@/db/transact";
import { toIso } from "@/lib/core/clock";
import { type ReasonCode, reasonSentence } from "@/lib/core/delivery-reason";
import type { EventDraft } from "@/lib/core/event";
import { pluralize } from "@/lib/core/format-units";
import type { JobState } from "@/lib/core/job";
import { type Labels, labelText } from "@/lib/core/label";
import type { JobNotificationRule, RoutingSnapshot, Target } from "@/lib/core/routing";
import { isProblem } from "@/lib/core/tone";
import { type EventType, eventOfRun, eventType, jobOutcomeOf, SYSTEM_EVENTS } from "@/lib/events/catalog";
import { type Plan, type PlannedDelivery, waitOf } from "@/lib/policy/plan";
import { eventSetting } from "@/lib/policy/rules";
import { labelsOfEvents } from "../plan/read-situation";
import { snapshotOf } from "../plan/routing-snapshot";
import { hypotheticalPlan } from "./hypothetical-plan";

/** One line of "Who gets notified?". */
export interface RoutingPreviewEntry {
  /** `later`: when the problem reaches the threshold of the rule. */
  when: "now" | "later" | "reminder" | "escalation" | "recovery";
  /** Reminder: hours after the first notification. */
  afterHours?: number;
  /** Escalation: minutes without acknowledgement. */
  afterMinutes?: number;
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
  /** A problem that every way is closed to: not one that is dropped, held or disabled on purpose. */
  reachesNobody: boolean;
}

/** Who is notified of a system event, by the policy itself. @param user stands for "the user" of sign-ins and accounts */
export async function previewEventRouting(
  type: string,
  user: { id: string; name: string; email: string },
): Promise<RoutingPreview> {
  const routing = snapshotOf(await routingNow());
  const entry = eventType(type);
  const setting = eventSetting(routing, entry);
  const sample = anyOf(entry);
  const draft: EventDraft = { ...sample, data: sample.data.user ? { ...sample.data, user } : sample.data };
  const plan = hypotheticalPlan(draft, routing);
  const sendsRecovery = entry.canBeProblem && setting.notifyOnRecovery;
  const entries = allEntries(plan, { rules: [], routing }, () => sendsRecovery);
  const notes: string[] = [];
  if (!setting.enabled) notes.push("This event is disabled; only channels that subscribed to it are notified.");
  if (plan.couldNotNotifyUser)
    notes.push(
      "The user cannot be notified directly: none of the event's channels is a working Email channel. The administrators are notified instead.",
    );
  if (entry.excludesSubject(draft)) notes.push("The failing channel itself is left out.");
  // A sample stands for any of them.
  const { job, client } = draft.data;
  const isOfChannel = draft.subject.kind === "channel";
  const labelled = job ? "job it is about" : client ? "client it is about" : isOfChannel ? "channel fails" : null;
  if (routing.usesLabels && labelled)
    notes.push(`Some routes or silences go by labels, so this also depends on which ${labelled}.`);
  return { entries, notes, reachesNobody: setting.enabled && reachesNobody(plan) };
}

/**
 * Who is notified of one outcome of a job, by the policy itself.
 * @param rules as they are on the form, saved or not
 * @param labels as they are on the form; left out: those that the job has
 */
export async function previewJobRouting(
  job: { id: string; name: string; slug: string },
  rules: readonly JobNotificationRule[],
  state: JobState,
  labels?: Labels,
): Promise<RoutingPreview> {
  const routing = snapshotOf(await routingNow());
  const entry = eventOfRun("backup", state);
  const draft: EventDraft = { type: entry.type, subject: { kind: "job", id: job.id, name: job.name }, data: { job } };
  // As if every threshold were reached: the lines say which there is.
  const reached = rules.map((rule) => ({ ...rule, afterCount: null, afterHours: null }));
  const texts = labels
    ? Object.entries(labels).map(([key, value]) => labelText(key, value))
    : routing.usesLabels
      ? await transact([], function* (tx) {
          return (yield* labelsOfEvents(tx, [{ draft }]))(draft);
        })
      : [];
  const plan = hypotheticalPlan(draft, routing, reached, texts);
  const hasProblem = isProblem(entry.tone);
  const entries = allEntries(plan, { rules, routing }, ({ notifyOnRecovery }) => hasProblem && notifyOnRecovery);
  const notes: string[] = [];
  const sent = plan.deliveries.filter(({ suppressed, dropped }) => !suppressed && !dropped);
  if (sent.length === 0 && !hasProblem) notes.push("No notifications.");
  if (sent.some(({ target }) => target.route === "fallback"))
    notes.push("No rule takes a missed schedule, so the global channels are notified.");
  return { entries, notes, reachesNobody: hasProblem && reachesNobody(plan) };
}

/** The types of system events that are enabled, and of which nobody would be notified, by the policy itself. */
export function eventsThatReachNobody(routing: RoutingSnapshot): Set<string> {
  const silent = SYSTEM_EVENTS.filter(
    (entry) => eventSetting(routing, entry).enabled && reachesNobody(hypotheticalPlan(anyOf(entry), routing)),
  );
  return new Set(silent.map(({ type }) => type));
}

/** An event that stands for any of its type: its sample, but with names that no condition takes for those of a real job, client or channel. */
function anyOf(entry: EventType): EventDraft {
  const { subject, data, custom } = entry.sample(0);
  const job = data.job && { ...data.job, name: "any job", slug: "any-job" };
  const client = data.client && { ...data.client, name: "any client" };
  const named = { ...data, ...(job && { job }), ...(client && { client }) };
  return { type: entry.type, subject: { ...subject, name: "any" }, data: named, custom };
}

/** What is dropped or held on purpose has a recipient all the same. */
function reachesNobody(plan: Plan): boolean {
  return plan.deliveries.every(({ suppressed }) => suppressed !== null);
}

/** What names a way to a channel: the rules of the job, and the routes of the installation. */
interface Ways {
  rules: readonly JobNotificationRule[];
  routing: Pick<RoutingSnapshot, "matchers">;
}

/** What a plan sends at once, what it holds, and what it suppresses, each with its reason. */
export function entriesOfPlan(plan: Plan, { rules, routing }: Ways, now = Date.now()): RoutingPreviewEntry[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const routeNames = new Map(routing.matchers.map(({ id, name }) => [id, name]));
  return plan.deliveries.map((delivery): RoutingPreviewEntry => {
    const { channel, target, suppressed, held, folded, dropped } = delivery;
    const rule = target.ruleId ? byId.get(target.ruleId) : undefined;
    const isStep = delivery.kind === "escalation";
    const wait = waitOf(delivery);
    const reason = suppressed ?? dropped ?? folded ?? held ?? wait;
    const until = Math.max(held?.until ?? 0, wait?.until ?? 0);
    const threshold = rule && !channel.isMonitor && isProblem(plan.notification.tone) ? thresholdText(rule, plan) : "";
    return {
      when: isStep ? "escalation" : threshold ? "later" : "now",
      ...(isStep ? { afterMinutes: minutesOf(delivery, now) } : {}),
      ...recipientOf(delivery),
      text: isStep
        ? `step ${delivery.step} of an escalation policy, without acknowledgement`
        : rule
          ? `${conditionText(rule)}${threshold}`
          : routeText(target, routeNames),
      outcome: suppressed || dropped ? "suppressed" : until > 0 ? "held" : "notified",
      ...(reason ? { reasonCode: reason.code, reason: reasonSentence(reason.code) } : {}),
      ...(until > 0 && !dropped ? { heldUntil: toIso(until) } : {}),
    };
  });
}

/** What is sent first, then what follows, then what is suppressed. */
function allEntries(plan: Plan, ways: Ways, sendsRecovery: (target: Target) => boolean): RoutingPreviewEntry[] {
  const now = entriesOfPlan(plan, ways);
  const isSuppressed = ({ outcome }: RoutingPreviewEntry) => outcome === "suppressed";
  const sent = now.filter((one) => !isSuppressed(one));
  const isStep = ({ when }: RoutingPreviewEntry) => when === "escalation";
  return [
    ...sent.filter((one) => !isStep(one)),
    ...sent.filter(isStep),
    ...laterEntries(plan, sendsRecovery),
    ...now.filter(isSuppressed),
  ];
}

/** The reminders and recoveries that would follow. */
function laterEntries(plan: Plan, sendsRecovery: (target: Target) => boolean): RoutingPreviewEntry[] {
  const sent = plan.deliveries.filter(({ suppressed, dropped, kind }) => !suppressed && !dropped && kind === "initial");
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

function minutesOf({ notBefore = 0 }: PlannedDelivery, now: number): number {
  return Math.max(0, Math.round((notBefore - now) / 600) / 100);
}

function recipientOf({ channel, target }: PlannedDelivery) {
  return {
    channelId: channel.id,
    channelName: channel.name,
    ...(target.recipient ? { recipient: target.recipient } : {}),
  };
}

function routeText({ route, ruleId }: Target, routeNames: ReadonlyMap<string, string>): string {
  const name = route === "matcher" && ruleId !== null ? routeNames.get(ruleId) : undefined;
  return name === undefined ? ROUTE_TEXT[route] : `is named by the route “${name}”`;
}

const ROUTE_TEXT: Record<Target["route"], string> = {
  rule: "has a rule on the job",
  override: "is one of the event's own channels",
  global: "is a global channel",
  subscription: "subscribed to this event",
  caller: "was named by the caller",
  user: "the user directly",
  fallback: "is a global channel; no rule of the job takes this",
  matcher: "is named by a route",
  escalation: "is a step of an escalation policy",
  system_mail: "mails all administrators",
  nobody: "is a fallback channel",
  report: "asks for reports",
  test: "Test",
};

const COUNTED: Record<JobState, string> = {
  start: "start",
  success: "success",
  warning: "warning",
  failure: "failure",
  missed: "missed run",
};

/** `, after 3 failures in a row and 24 hours without success`; empty for a rule without a threshold. */
function thresholdText({ afterCount, afterHours }: JobNotificationRule, { type }: Plan): string {
  const parts = [
    afterCount ? `${pluralize(afterCount, COUNTED[jobOutcomeOf(type.type) ?? "failure"])} in a row` : "",
    afterHours ? `${pluralize(afterHours, "hour")} without success` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `, after ${parts.join(" and ")}` : "";
}

function conditionText({ condition, profile }: JobNotificationRule): string {
  const names = { always: "Always", success: "On Success", failure: "On Failure", custom: "Custom" } as const;
  return `rule “${names[condition]}”${profile ? ` of the profile “${profile.name}”` : ""}`;
}
