import { expect, test } from "vitest";
import type { EventDraft } from "@/lib/core/event";
import type { JobState, Repeat } from "@/lib/core/job";
import type { AlertDelivery, JobNotificationRule, OpenAlert, RoutedChannel } from "@/lib/core/routing";
import { CATALOG, eventType } from "@/lib/events/catalog";
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
    canMailPeople: random.isTrue(3),
    isFailing: random.isTrue(5),
    subscriptions: random.some(CATALOG.map(({ type }) => type)).slice(0, 4),
    fixed: random.of([[""], ["", "ops"], ["a", "b"]]),
    toAdmins: random.isTrue(4),
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
    text: {},
  };
}

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
        recipient: random.of(channel.fixed),
        userId: null,
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

function randomSituation(seed: number): Situation {
  const random = new Random(seed);
  const channels = ["a", "b", "c", "d", "e"].slice(0, 1 + random.below(5)).map((id) => randomChannel(random, id));
  const draft = randomDraft(random);
  const openAlerts = randomAlerts(random, draft);
  const ids = channels.map(({ id }) => id);
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
    routing: {
      channels: new Map(channels.map((channel) => [channel.id, channel])),
      globalChannels: [...random.some(ids), ...(random.isTrue(5) ? ["gone"] : [])],
      events: { [draft.type]: setting },
      admins: [{ id: "usr_1", email: "ana@example.org", timezone: null }],
    },
    rules: random.some(ids).map((id) => randomRule(random, id)),
    openAlerts,
    alertDeliveries: randomDeliveries(random, openAlerts, channels),
  };
}

test("for random situations the preview shows what would be planned, and a reason for everything else", () => {
  const seen = { notified: 0, held: 0, suppressed: 0 };
  for (let seed = 1; seed <= 3_000; seed++) {
    const decided = decide(randomSituation(seed)).deliveries.map(
      ({ channelId, recipient, hold, reasonCode }) =>
        `${channelId} ${recipient} ${hold ? `held until ${new Date(hold.until).toISOString()}` : "now"} ${reasonCode ?? ""}`,
    );
    const situation = randomSituation(seed);
    const entries = entriesOfPlan(makePlan(situation), situation.rules);
    for (const { outcome } of entries) seen[outcome]++;
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
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(500);
});
