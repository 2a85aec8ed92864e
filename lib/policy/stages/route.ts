import type { EventDraft } from "@/lib/core/event";
import type { EventSetting, MatcherRoute, RoutedChannel, Target } from "@/lib/core/routing";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { jobOutcomeOf, ruledOutcomeOf } from "@/lib/events/catalog";
import { composeForUser, composeUserNotNotified } from "../message";
import type { EscalationWay, Plan, PlannedDelivery, Reason, Situation } from "../plan";
import { eventSetting, mailerOf, mailerOfPeople, ruleTakes } from "../rules";
import { channelRecipients } from "./recipients";

/** How a channel is reached: why, how often, with which text. */
type Way = Pick<
  Target,
  "route" | "ruleId" | "repeat" | "remindHours" | "notifyOnRecovery" | "afterCount" | "afterHours" | "text"
>;

/**
 * Every way that leads from the event to a channel, in the order in which they count: rules of the job, the caller's,
 * the event's own or the global channels, subscriptions, routes of the installation, the user. Ways that end at a channel which does not take the
 * event stay in the plan, suppressed with the reason. Several ways to one recipient are merged by a later stage.
 */
export function route(situation: Situation, plan: Plan): Plan {
  if (plan.correlation.effect === "ends") return plan;
  if (plan.type.audience === "addressee") return { ...plan, deliveries: toAddressee(situation, plan) };
  const setting = eventSetting(situation.routing, plan.type);
  const direct = userDelivery(situation, plan, setting);
  const isUserOnly = direct.delivery !== null && setting.notifyUser === "only";
  const matching = matchingRoutes(situation, plan, setting);
  const deliveries = [
    ...byRules(situation, plan),
    ...bySettings(situation, plan, setting, isUserOnly),
    ...bySubscriptions(situation, plan, setting, isUserOnly),
    ...byMatchers(situation, plan, setting, isUserOnly, matching),
    ...(direct.delivery ? [direct.delivery] : []),
  ];
  return {
    ...plan,
    deliveries,
    escalations: [...plan.escalations, ...escalationWays(situation, plan, setting, matching)],
    couldNotNotifyUser: direct.isImpossible,
    notification: direct.isImpossible ? composeUserNotNotified(plan.notification) : plan.notification,
  };
}

/** The policies that are named by rules of the job which take this outcome, by the event's line in the settings, and by routes. */
function escalationWays(
  situation: Situation,
  plan: Plan,
  setting: EventSetting,
  matching: readonly MatcherRoute[],
): EscalationWay[] {
  const state = ruledOutcomeOf(situation.draft.type);
  const isSystem = plan.type.audience !== "job" && setting.enabled;
  const ofRules = state
    ? situation.rules.filter((rule) => ruleTakes(rule, state)).map(({ id, ...rule }) => ({ ...rule, ruleId: id }))
    : [];
  const { notifyOnRecovery } = setting;
  const named = [
    ...ofRules,
    ...(isSystem ? [{ ...setting, ruleId: null }] : []),
    ...matching.map((one) => ({ ...one, ruleId: null, notifyOnRecovery })),
  ];
  return named.flatMap(({ escalationPolicyId, ruleId, notifyOnRecovery }) =>
    escalationPolicyId ? [{ policyId: escalationPolicyId, ruleId, notifyOnRecovery }] : [],
  );
}

function byRules(situation: Situation, plan: Plan): PlannedDelivery[] {
  const { draft, routing, rules } = situation;
  const state = ruledOutcomeOf(draft.type);
  if (!state) return [];
  const isOfRun = jobOutcomeOf(draft.type) !== undefined;
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
      // Only outcomes of runs come several times in a row.
      ...(isOfRun && !channel.isMonitor && { afterCount: rule.afterCount }),
      ...(!channel.isMonitor && { afterHours: rule.afterHours }),
    };
    const isNoRun = channel.isMonitor && !isOfRun;
    const refusal = isNoRun ? { code: "monitor_takes_runs_only" as const } : channelRefusal(channel, draft, plan);
    return through(situation, plan, channel, way, refusal);
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
    const refusal = channel.isMonitor
      ? { code: "monitor_takes_runs_only" as const }
      : channelRefusal(channel, draft, plan);
    const isOff = type.audience !== "job" && !setting.enabled;
    const silent: Reason | null = isOff ? { code: "event_disabled" } : isUserOnly ? { code: "user_only" } : null;
    return through(situation, plan, channel, way, refusal ?? silent);
  });
}

/**
 * Channels that subscribed to the event themselves; its switch does not concern them. Neither does it the mail to all
 * administrators, which has switches of its own: they are the subscriptions of the system mail server.
 */
function bySubscriptions(
  situation: Situation,
  plan: Plan,
  setting: EventSetting,
  isUserOnly: boolean,
): PlannedDelivery[] {
  const { draft, routing } = situation;
  const way = systemWay(setting);
  const deliveries: PlannedDelivery[] = [];
  for (const channel of routing.channels.values()) {
    if (channel.isMonitor || !channel.subscriptions.includes(draft.type)) continue;
    const refusal = channelRefusal(channel, draft, plan) ?? (isUserOnly ? { code: "user_only" as const } : null);
    const route = channel.id === SYSTEM_MAIL_ID ? "system_mail" : "subscription";
    deliveries.push(...through(situation, plan, channel, { ...way, route }, refusal));
  }
  return deliveries;
}

/**
 * Routes of the whole installation that take the event. One that is disabled, and the start of a run, are taken only by
 * a route that names them.
 */
function matchingRoutes(situation: Situation, plan: Plan, setting: EventSetting): readonly MatcherRoute[] {
  const { draft, routing, labels, now } = situation;
  if (routing.matchers.length === 0) return routing.matchers;
  const { severity } = plan.correlation;
  const { subject, data, type } = draft;
  const facts = {
    type,
    severity,
    subject,
    job: data.job ?? null,
    client: data.client ?? null,
    channel: null,
    labels,
    now,
  };
  const isOff = !setting.enabled || jobOutcomeOf(type) === "start";
  return routing.matchers.filter((one) => one.takes(facts) && (!isOff || one.names(type)));
}

function byMatchers(
  situation: Situation,
  plan: Plan,
  setting: EventSetting,
  isUserOnly: boolean,
  matching: readonly MatcherRoute[],
): PlannedDelivery[] {
  const { draft, routing } = situation;
  return matching.flatMap((matcher) =>
    matcher.channelIds.flatMap((id) => {
      const channel = routing.channels.get(id);
      if (!channel || channel.isMonitor) return [];
      const way: Way = { ...systemWay(setting), route: "matcher", ruleId: matcher.id };
      const refusal = channelRefusal(channel, draft, plan) ?? (isUserOnly ? { code: "user_only" as const } : null);
      return through(situation, plan, channel, way, refusal);
    }),
  );
}

/** Only the channel or person that the draft names. A report comes each time, and nothing recovers from it. */
function toAddressee(situation: Situation, plan: Plan): PlannedDelivery[] {
  const { draft, routing } = situation;
  const { to } = draft;
  if (!to) return [];
  const way: Way = {
    route: "report",
    ruleId: null,
    repeat: "every",
    remindHours: null,
    notifyOnRecovery: false,
    text: null,
  };
  if ("channelId" in to) {
    const channel = routing.channels.get(to.channelId);
    return channel ? through(situation, plan, channel, way, channelRefusal(channel, draft, plan)) : [];
  }
  const mailer = mailerOfPeople(routing);
  if (!mailer) return [];
  const target = { channelId: mailer.id, recipient: to.user.email, userId: to.user.id, isForUser: true, ...way };
  return [planned(situation, plan, mailer, target, null)];
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
export function channelRefusal(channel: RoutedChannel, draft: EventDraft, plan: Plan): Reason | null {
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
  return channelRecipients(channel, situation.routing).map((recipient) =>
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
    dropped: null,
    folded: null,
  };
}
