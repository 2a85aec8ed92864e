import { expect, test } from "vitest";
import type { EventDraft } from "@/lib/core/event";
import type { JobState, Repeat } from "@/lib/core/job";
import type { MatchCondition } from "@/lib/core/matching";
import { mergeRules } from "@/lib/core/merge-rules";
import {
  type AlertDelivery,
  emptyRouting,
  type JobNotificationRule,
  type MatcherRoute,
  type OpenAlert,
  type RoutedChannel,
  type RoutedSilence,
} from "@/lib/core/routing";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { CATALOG, eventType } from "@/lib/events/catalog";
import { compileMatcher } from "@/lib/policy/matching";
import { decide, makePlan } from "@/lib/policy/pipeline";
import type { Situation } from "@/lib/policy/plan";
import { defaultEventSetting } from "@/lib/policy/rules";
import { dedupKeys } from "@/lib/policy/stages/correlate";
import { entriesOfPlan } from "./routing-preview";

/** Situations at random, the same for the same seed. */
class Random {
  constructor(private state: number) {}
  below(limit: number): number {
    this.state = (this.state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return Math.floor((this.state / 4_294_967_296) * limit);
  }
  isTrue(oneIn = 2): boolean {
    return this.below(oneIn) === 0;
  }
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  some<T>(list: readonly T[]): T[] {
    return list.filter(() => this.isTrue());
  }
}

const NOW = 1_000_000;
const STATES: JobState[] = ["start", "success", "warning", "failure", "missed"];
const REPEATS: Repeat[] = ["every", "first", "remind"];
const PROFILE = { id: "prf_1", name: "Standard" };
const JOB = { id: "job_1", name: "media", slug: "media" };

function randomChannel(random: Random, id: string): RoutedChannel {
  return {
    id,
    name: id,
    provider: "any",
    providerName: "Any",
    enabled: !random.isTrue(5),
    isMonitor: random.isTrue(6),
    closesAlerts: random.isTrue(6),
    rings: false,
    minSeverity: random.of([null, null, "warning", "critical"]),
    mutedUntil: random.of([null, null, NOW - 1, NOW + 60_000]),
    quietHours: random.of([null, null, { from: "00:00", to: "00:30", criticalPasses: random.isTrue() }]),
    canMailPeople: random.isTrue(3),
    isFailing: random.isTrue(5),
    subscriptions: random.some(CATALOG.map(({ type }) => type)).slice(0, 4),
    fixed: random.of([[""], ["", "ops"], ["a", "b"]]),
    toAdmins: random.isTrue(4),
    ...(random.isTrue(4) ? { mailAddresses: new Map([["", ["ana@example.org"]]]) } : {}),
  };
}

/** The system mail server, with the events that are mailed to all administrators. */
function randomSystemMail(random: Random): RoutedChannel {
  return {
    ...randomChannel(random, SYSTEM_MAIL_ID),
    enabled: true,
    isMonitor: false,
    closesAlerts: false,
    minSeverity: null,
    mutedUntil: null,
    canMailPeople: true,
    subscriptions: random.some(CATALOG.map(({ type }) => type)),
    fixed: [],
    toAdmins: true,
  };
}

function randomRule(random: Random, channelId: string): JobNotificationRule {
  return {
    id: `rule_${channelId}`,
    channelId,
    condition: random.of(["always", "success", "failure", "custom"] as const),
    states: random.some(STATES),
    repeat: random.of(REPEATS),
    remindHours: 2,
    notifyOnRecovery: random.isTrue(),
    afterCount: random.of([null, null, 2, 3]),
    afterHours: random.of([null, null, 1, 24]),
    text: {},
  };
}

const timeText = (until: number | null) => (until ? `held until ${new Date(until).toISOString()}` : "now");

function randomDraft(random: Random): EventDraft {
  const type = random.of(CATALOG).type;
  const sample = eventType(type).sample(NOW);
  const isJob = eventType(type).audience === "job";
  return {
    type,
    ...sample,
    ...(isJob ? { subject: { kind: "job", id: JOB.id, name: JOB.name }, data: { ...sample.data, job: JOB } } : {}),
    ...(random.isTrue(6) ? { status: "resolved" as const } : {}),
  };
}

function randomAlerts(random: Random, draft: EventDraft): OpenAlert[] {
  return random.some(dedupKeys(draft, eventType(draft.type))).map((dedupKey, index) => ({
    id: `alr_${index}`,
    type: CATALOG.find(({ type }) => dedupKey.startsWith(`${type}:`))?.type ?? draft.type,
    dedupKey,
    status: "firing",
    severity: random.of(["info", "warning", "critical"]),
    subjectName: draft.subject.name,
    title: "t",
    message: "m",
    openedAt: NOW - 1_000,
    count: 1 + random.below(3),
  }));
}

function randomDeliveries(random: Random, alerts: OpenAlert[], channels: RoutedChannel[]): AlertDelivery[] {
  return alerts.flatMap((alert) =>
    random.some(channels).map((channel, index): AlertDelivery => {
      const status = random.of(["pending", "held", "sending", "sent", "dead", "canceled"] as const);
      return {
        id: `dlv_${alert.id}_${index}`,
        alertId: alert.id,
        channelId: channel.id,
        // The system mail server has none of its own: administrators.
        recipient: channel.fixed.length > 0 ? random.of(channel.fixed) : "ana@example.org",
        userId: channel.fixed.length > 0 ? null : random.of(["usr_1", "usr_gone"]),
        kind: random.of(["initial", "initial", "reminder"] as const),
        status,
        effectiveStatus: status,
        carrierId: `dlv_${alert.id}_${index}`,
        notifyOnRecovery: random.isTrue(),
        route: "rule",
        ruleId: null,
        foldedCount: random.below(2),
        at: NOW - 500,
      };
    }),
  );
}

const CONDITIONS: readonly (readonly MatchCondition[])[] = [
  [],
  [{ field: "job", op: "is", value: JOB.name }],
  [{ field: "event", op: "matches", value: "backup.*", not: true }],
  [{ field: "label", op: "is", value: "env:prod" }],
  [{ field: "severity", op: "matches", value: "warning" }],
];

function randomMatcher(random: Random, ids: string[]): MatcherRoute {
  const takes = compileMatcher({ match: "all", conditions: random.of(CONDITIONS) });
  const channelIds = random.some(ids);
  return { id: "rte_1", name: "r", channelIds, escalationPolicyId: null, takes, names: () => random.isTrue() };
}

function randomSilence(random: Random): RoutedSilence {
  const conditions = random.of([...CONDITIONS, [{ field: "channel", op: "is", value: "a" } as const]]);
  return {
    id: "sil_1",
    effect: random.of(["hold", "drop"]),
    startsAt: 0,
    endsAt: random.of([null, NOW + 5_000, NOW]),
    recurring: null,
    takes: compileMatcher({ match: "all", conditions }),
  };
}

function randomSituation(seed: number): Situation {
  const random = new Random(seed);
  const channels = ["a", "b", "c", "d", "e"].slice(0, 1 + random.below(5)).map((id) => randomChannel(random, id));
  const ids = channels.map(({ id }) => id);
  if (random.isTrue(2)) channels.push(randomSystemMail(random));
  const draft = randomDraft(random);
  const openAlerts = randomAlerts(random, draft);
  const setting = {
    ...defaultEventSetting(eventType(draft.type)),
    enabled: !random.isTrue(4),
    channels: random.isTrue(3) ? random.some(ids) : null,
    notifyUser: random.of(["none", "also", "only"] as const),
    repeat: random.of(REPEATS),
  };
  let made = 0;
  return {
    draft,
    at: NOW,
    now: NOW,
    newId: (prefix) => `${prefix}_${++made}`,
    labels: random.some(["env:prod", "site:berlin"]),
    routing: {
      ...emptyRouting(),
      matchers: random.isTrue() ? [randomMatcher(random, ids)] : [],
      silences: random.isTrue(3) ? [randomSilence(random)] : [],
      quietUsers: new Map(
        random.isTrue(3) ? [["usr_1", { from: "00:00", to: "01:00", criticalPasses: random.isTrue() }]] : [],
      ),
      channels: new Map(channels.map((channel) => [channel.id, channel])),
      globalChannels: [...random.some(ids), ...(random.isTrue(5) ? ["gone"] : [])],
      events: { [draft.type]: setting },
      admins: [{ id: "usr_1", email: "ana@example.org", timezone: null }],
    },
    rules: mergeRules(
      random.some(ids).map((id) => randomRule(random, id)),
      random.some(ids).map((id) => ({ ...randomRule(random, id), id: `profile_${id}`, profile: PROFILE })),
    ),
    openAlerts,
    alertDeliveries: randomDeliveries(random, openAlerts, channels),
  };
}

test("for random situations the preview shows what would be planned, and a reason for everything else", () => {
  const seen = { notified: 0, held: 0, suppressed: 0, mailed: 0 };
  let ofProfile = 0;
  for (let seed = 1; seed <= 4_000; seed++) {
    const decided = decide(randomSituation(seed))
      .deliveries.filter(({ status }) => status !== "canceled")
      .map(
        ({ channelId, recipient, hold, notBefore, reasonCode }) =>
          `${channelId} ${recipient} ${timeText(hold?.until ?? notBefore)} ${reasonCode ?? ""}`,
      );
    const situation = randomSituation(seed);
    const entries = entriesOfPlan(makePlan(situation), situation);
    for (const { outcome, text } of entries) {
      seen[outcome]++;
      if (text.startsWith("rule “") && text.includes("” of the profile “Standard”")) ofProfile++;
    }
    seen.mailed += entries.filter(({ channelId }) => channelId === SYSTEM_MAIL_ID).length;
    const shown = entries
      .filter(({ outcome }) => outcome !== "suppressed")
      .map(
        ({ channelId, recipient = "", heldUntil, reasonCode }) =>
          `${channelId} ${recipient} ${heldUntil ? `held until ${heldUntil}` : "now"} ${reasonCode ?? ""}`,
      );
    expect(shown.sort(), `seed ${seed}`).toEqual(decided.sort());
    for (const entry of entries.filter(({ outcome }) => outcome !== "notified"))
      expect(entry.reasonCode, `seed ${seed}, ${entry.channelId}`).toBeDefined();
  }
  // The generator reaches all of them.
  for (const count of [...Object.values(seen), ofProfile]) expect(count).toBeGreaterThan(400);
});
