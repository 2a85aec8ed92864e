import type { EventDraft } from "@/lib/core/event";
import type { EventSetting, RoutedChannel, RoutingSnapshot, Target } from "@/lib/core/routing";
import { jobOutcomeOf } from "@/lib/events/catalog";
import { composeForUser, composeUserNotNotified } from "../message";
import type { Plan, PlannedDelivery, Reason, Situation } from "../plan";
import { eventSetting, mailerOf, ruleTakes } from "../rules";

/** How a channel is reached: why, how often, with which text. */
type Way = Pick<Target, "route" | "ruleId" | "repeat" | "remindHours" | "notifyOnRecovery" | "text">;

/**
 * Every way that leads from the event to a channel, in the order in which they count: rules of the job, the caller's,
 * the event's own or the global channels, subscriptions, the user. Ways that end at a channel which does not take the
 * event stay in the plan, suppressed with the reason. Several ways to one recipient are merged by a later stage.
 */
export function route(situation: Situation, plan: Plan): Plan {
  if (plan.correlation.effect === "ends") return plan;
  const setting = eventSetting(situation.routing, plan.type);
  const direct = userDelivery(situation, plan, setting);
  const isUserOnly = direct.delivery !== null && setting.notifyUser === "only";
  const deliveries = [
    ...byRules(situation, plan),
    ...bySettings(situation, plan, setting, isUserOnly),
    ...bySubscriptions(situation, plan, setting, isUserOnly),
    ...(direct.delivery ? [direct.delivery] : []),
  ];
  return {
    ...plan,
    deliveries,
    couldNotNotifyUser: direct.isImpossible,
    notification: direct.isImpossible ? composeUserNotNotified(plan.notification) : plan.notification,
  };
}

function byRules(situation: Situation, plan: Plan): PlannedDelivery[] {
  const { draft, routing, rules } = situation;
  const state = jobOutcomeOf(draft.type);
  if (!state) return [];
  return rules.flatMap((rule) => {
    const channel = routing.channels.get(rule.channelId);
    if (!channel || !ruleTakes(rule, state)) return [];
    const way: Way = {
      route: "rule",
      ruleId: rule.id,
      notifyOnRecovery: rule.notifyOnRecovery,
      text: rule.text,
      // A monitor counts runs: each has to arrive.
      repeat: channel.isMonitor ? "every" : rule.repeat,
      remindHours: channel.isMonitor ? null : rule.remindHours,
    };
    return through(situation, plan, channel, way, refusalOf(channel, draft, plan));
  });
}

/** The event's own or the global channels, those that the caller names, or the fallback of a missed schedule. */
function bySettings(situation: Situation, plan: Plan, setting: EventSetting, isUserOnly: boolean): PlannedDelivery[] {
  const { draft, routing } = situation;
  const { type } = plan;
  if (type.audience === "job" && !type.fallsBackToGlobal) return [];
  const named = draft.custom?.channelIds;
  const ids = type.audience === "job" ? routing.globalChannels : (named ?? setting.channels ?? routing.globalChannels);
  const way: Way = {
    ...systemWay(setting),
    route: type.audience === "job" ? "fallback" : named ? "caller" : setting.channels ? "override" : "global",
  };
  return ids.flatMap((id) => {
    const channel = routing.channels.get(id);
    if (!channel) return [];
    const refusal = channel.isMonitor ? { code: "monitor_takes_runs_only" as const } : refusalOf(channel, draft, plan);
    const isOff = type.audience !== "job" && !setting.enabled;
    const silent: Reason | null = isOff ? { code: "event_disabled" } : isUserOnly ? { code: "user_only" } : null;
    return through(situation, plan, channel, way, refusal ?? silent);
  });
}

/** Channels that subscribed to the event themselves; its switch does not concern them. */
function bySubscriptions(
  situation: Situation,
  plan: Plan,
  setting: EventSetting,
  isUserOnly: boolean,
): PlannedDelivery[] {
  const { draft, routing } = situation;
  const way: Way = { ...systemWay(setting), route: "subscription" };
  const deliveries: PlannedDelivery[] = [];
  for (const channel of routing.channels.values()) {
    if (channel.isMonitor || !channel.subscriptions.includes(draft.type)) continue;
    const refusal = refusalOf(channel, draft, plan) ?? (isUserOnly ? { code: "user_only" as const } : null);
    deliveries.push(...through(situation, plan, channel, way, refusal));
  }
  return deliveries;
}

function systemWay(setting: EventSetting): Omit<Way, "route"> {
  const { repeat, remindHours, notifyOnRecovery } = setting;
  return { ruleId: null, repeat, remindHours, notifyOnRecovery, text: null };
}

/** The copy for the very user the event is about. */
function userDelivery(
  situation: Situation,
  plan: Plan,
  setting: EventSetting,
): { delivery: PlannedDelivery | null; isImpossible: boolean } {
  const { draft, routing, at } = situation;
  const { type } = plan;
  const user = type.canNotifyUser ? draft.data.user : undefined;
  const isWanted = type.audience !== "job" && setting.enabled && user && setting.notifyUser !== "none";
  if (!isWanted) return { delivery: null, isImpossible: false };
  const mailer = mailerOf(setting.channels ?? routing.globalChannels, routing);
  if (!mailer) return { delivery: null, isImpossible: true };
  const target: Target = {
    channelId: mailer.id,
    recipient: user.email,
    userId: user.id,
    isForUser: true,
    route: "user",
    ruleId: null,
    repeat: "every",
    remindHours: null,
    notifyOnRecovery: false,
    text: null,
  };
  const notification = composeForUser(draft, type, plan.correlation, at);
  return { delivery: { ...planned(situation, plan, mailer, target, null), notification }, isImpossible: false };
}

/** Why a channel does not take the event, whatever way leads there. */
function refusalOf(channel: RoutedChannel, draft: EventDraft, plan: Plan): Reason | null {
  if (!channel.enabled) return { code: "channel_disabled", by: channel.id };
  if (plan.type.excludesSubject(draft) && channel.id === draft.subject.id) return { code: "about_this_channel" };
  return null;
}

function through(
  situation: Situation,
  plan: Plan,
  channel: RoutedChannel,
  way: Way,
  suppressed: Reason | null,
): PlannedDelivery[] {
  return recipientsOf(channel, situation.routing).map((recipient) =>
    planned(situation, plan, channel, { channelId: channel.id, ...recipient, isForUser: false, ...way }, suppressed),
  );
}

function planned(
  { newId }: Situation,
  plan: Plan,
  channel: RoutedChannel,
  target: Target,
  suppressed: Reason | null,
): PlannedDelivery {
  return {
    id: newId("dlv"),
    channel,
    target,
    kind: "initial",
    step: 0,
    alertId: plan.alertId,
    dedupKey: plan.correlation.ended[0]?.alert.dedupKey ?? plan.correlation.dedupKey,
    notification: null,
    suppressed,
    held: null,
    folded: null,
  };
}

function recipientsOf(channel: RoutedChannel, snapshot: RoutingSnapshot): Pick<Target, "recipient" | "userId">[] {
  const fixed = channel.fixed.map((recipient) => ({ recipient, userId: null }));
  if (!channel.toAdmins) return fixed;
  return [...fixed, ...snapshot.admins.map(({ id, email }) => ({ recipient: email, userId: id }))];
}
