import { describe, expect, it } from "vitest";
import type { DeliveryKind, DeliveryStatus } from "@/lib/core/delivery";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import type { RoutedChannel } from "@/lib/core/routing";
import { decide, decideFallback } from "./pipeline";
import type { Situation } from "./plan";
import { alertDeliveryWith, channelWith, FAILED, OPEN_ALERT, situationWith } from "./stages/stages.test-support";
import { judgeUnheard, type UnheardDelivery } from "./unheard-verdict";

const NOW = 1_000;
const SILENCE = { id: "sil_1", startsAt: 0, endsAt: 9_000, recurring: null, takes: () => true };

function routed(channels: RoutedChannel[], more: Partial<Situation["routing"]> = {}): Situation["routing"] {
  return { ...situationWith().routing, channels: new Map(channels.map((one) => [one.id, one])), ...more };
}

function ruleTo(channelId: string): Situation["rules"][number] {
  const more = { condition: "failure", states: null, repeat: "every", remindHours: null } as const;
  return {
    ...situationWith({ rules: [] }).rules[0],
    id: "rule_1",
    channelId,
    notifyOnRecovery: true,
    text: {},
    ...more,
  };
}

/** From when the opened alert counts; undefined when it does not. */
function openedWith(situation: Partial<Situation>): number | undefined {
  const open = decide(situationWith({ now: NOW, ...situation })).alerts.find((write) => write.kind !== "resolve");
  return open?.kind === "open" || open?.kind === "count" ? open.unheardFrom : undefined;
}

describe("from when it counts that nobody got an alert", () => {
  const mail = channelWith();
  const system = {
    type: "config_backup.failed",
    subject: { kind: "installation" as const, id: "self", name: "Belfry" },
    data: { error: "disk full" },
  };

  it.each<[string, Partial<Situation>, number | undefined]>([
    ["a channel is to take it: at once", { routing: routed([mail]), rules: [ruleTo("chn_1")] }, NOW],
    ["no recipient at all", { routing: routed([mail]) }, NOW],
    [
      "its only channel is disabled",
      { routing: routed([channelWith({ enabled: false })]), rules: [ruleTo("chn_1")] },
      NOW,
    ],
    [
      "its only channel is muted: from the end of the mute",
      { routing: routed([channelWith({ mutedUntil: 9_000 })]), rules: [ruleTo("chn_1")] },
      9_000,
    ],
    [
      "its rule waits for hours without success: from their end",
      { routing: routed([mail]), at: NOW, rules: [{ ...ruleTo("chn_1"), afterHours: 1 }] },
      NOW + 3_600_000,
    ],
    [
      "its rule waits for the second in a row: not yet",
      { routing: routed([mail]), rules: [{ ...ruleTo("chn_1"), afterCount: 2 }] },
      undefined,
    ],
    [
      "one channel is muted, another is to take it: at once",
      {
        routing: routed([channelWith({ mutedUntil: 9_000 }), channelWith({ id: "chn_2" })]),
        rules: [ruleTo("chn_1"), { ...ruleTo("chn_2"), id: "rule_2" }],
      },
      NOW,
    ],
    [
      "below the minimum severity of its channel",
      {
        routing: routed([channelWith({ minSeverity: "critical" })]),
        rules: [ruleTo("chn_1")],
        draft: { ...FAILED, type: "backup.warning" },
      },
      undefined,
    ],
    [
      "held by a silence: from its end",
      { routing: routed([mail], { silences: [{ ...SILENCE, effect: "hold" }] }), rules: [ruleTo("chn_1")] },
      9_000,
    ],
    [
      "dropped by a silence",
      { routing: routed([mail], { silences: [{ ...SILENCE, effect: "drop" }] }), rules: [ruleTo("chn_1")] },
      undefined,
    ],
    ["an installation without any channel", { routing: routed([]) }, undefined],
    [
      "a disabled event",
      {
        draft: system,
        routing: routed([mail], {
          globalChannels: ["chn_1"],
          events: {
            "config_backup.failed": {
              enabled: false,
              channels: null,
              notifyUser: "none",
              repeat: "first",
              remindHours: null,
              notifyOnRecovery: true,
            },
          },
        }),
      },
      undefined,
    ],
    ["an enabled event that no channel takes", { draft: system, routing: routed([mail]) }, NOW],
    [
      "the next occurrence of an alert about which something was planned",
      {
        routing: routed([mail]),
        rules: [ruleTo("chn_1")],
        openAlerts: [OPEN_ALERT],
        alertDeliveries: [alertDeliveryWith()],
      },
      undefined,
    ],
    [
      "the first notification of an alert that began quietly",
      { routing: routed([mail]), rules: [ruleTo("chn_1")], openAlerts: [OPEN_ALERT] },
      NOW,
    ],
    ["an alert without recipients counts up", { routing: routed([mail]), openAlerts: [OPEN_ALERT] }, undefined],
  ])("%s", (_, situation, from) => {
    expect(openedWith(situation)).toBe(from);
  });
});

describe("whether anybody has an alert whose time is up", () => {
  const firing = { status: "firing" as const, snoozedUntil: null };
  const delivery = (
    status: DeliveryStatus,
    more: { kind?: DeliveryKind; reasonCode?: ReasonCode; dueAt?: number; effectiveStatus?: DeliveryStatus } = {},
  ): UnheardDelivery => ({
    kind: "initial",
    status,
    effectiveStatus: status,
    reasonCode: null,
    dueAt: 0,
    ...more,
  });

  it.each<[string, UnheardDelivery[], ReturnType<typeof judgeUnheard>]>([
    ["no delivery", [], { kind: "unheard" }],
    ["sent", [delivery("sent")], { kind: "over" }],
    ["sent by one of two channels", [delivery("dead"), delivery("sent")], { kind: "over" }],
    ["sent in a digest", [delivery("folded", { effectiveStatus: "sent" })], { kind: "over" }],
    ["its digest is dead", [delivery("folded", { effectiveStatus: "dead" })], { kind: "unheard" }],
    ["its digest waits", [delivery("folded", { effectiveStatus: "pending" })], { kind: "unheard" }],
    ["dead", [delivery("dead", { reasonCode: "rejected" })], { kind: "unheard" }],
    ["retried later", [delivery("pending", { reasonCode: "retrying", dueAt: NOW + 60_000 })], { kind: "unheard" }],
    ["in a long pause", [delivery("pending")], { kind: "unheard" }],
    ["under way", [delivery("sending")], { kind: "unheard" }],
    ["its channel was disabled", [delivery("canceled", { reasonCode: "channel_disabled" })], { kind: "unheard" }],
    ["canceled by a person", [delivery("canceled", { reasonCode: "canceled_by_person" })], { kind: "over" }],
    ["dropped by a silence", [delivery("canceled", { reasonCode: "silence_dropped" })], { kind: "over" }],
    [
      "canceled by a person, another is dead",
      [delivery("canceled", { reasonCode: "canceled_by_person" }), delivery("dead")],
      { kind: "unheard" },
    ],
    ["muted since", [delivery("held", { dueAt: 5_000 })], { kind: "later", from: 5_000 }],
    ["muted, another is dead", [delivery("held", { dueAt: 5_000 }), delivery("dead")], { kind: "unheard" }],
    ["held until this moment", [delivery("held", { dueAt: 10 })], { kind: "later", from: NOW }],
    [
      "an escalation step is to come",
      [delivery("pending", { kind: "escalation", dueAt: 7_000 })],
      { kind: "later", from: 7_000 },
    ],
    [
      "a rule waits for its hours, another occurrence was merged into it",
      [
        delivery("pending", { reasonCode: "waits_for_hours", dueAt: 7_000 }),
        delivery("folded", { reasonCode: "merged", effectiveStatus: "pending" }),
      ],
      { kind: "later", from: 7_000 },
    ],
    ["its hours are over", [delivery("pending", { reasonCode: "waits_for_hours", dueAt: 500 })], { kind: "unheard" }],
    ["an escalation step is due", [delivery("pending", { kind: "escalation", dueAt: 500 })], { kind: "unheard" }],
    [
      "dead, and an escalation step is to come",
      [delivery("dead"), delivery("pending", { kind: "escalation", dueAt: 7_000 })],
      { kind: "unheard" },
    ],
  ])("%s", (_, deliveries, verdict) => {
    expect(judgeUnheard(firing, deliveries, NOW)).toEqual(verdict);
  });

  it("an alert that is acknowledged or over needs nobody, and a snoozed one nobody yet", () => {
    expect(judgeUnheard({ ...firing, status: "acknowledged" }, [], NOW)).toEqual({ kind: "over" });
    expect(judgeUnheard({ ...firing, status: "resolved" }, [delivery("dead")], NOW)).toEqual({ kind: "over" });
    expect(judgeUnheard({ ...firing, snoozedUntil: 4_000 }, [delivery("dead")], NOW)).toEqual({
      kind: "later",
      from: 4_000,
    });
    expect(judgeUnheard({ ...firing, snoozedUntil: 900 }, [], NOW)).toEqual({ kind: "unheard" });
  });
});

describe("what goes to the fallback channels", () => {
  const alert = {
    ...OPEN_ALERT,
    tone: "failure" as const,
    severity: "warning" as const,
    notification: decide(situationWith()).notification,
    waitingAt: new Set<string>(),
    failures: [{ channelName: "Slack", reason: "The notification was rejected: invalid_token" }],
  };
  const plan = (channels: RoutedChannel[], more: Partial<typeof alert> = {}) =>
    decideFallback(
      situationWith({ routing: routed(channels) }),
      { ...alert, ...more },
      {
        channelIds: channels.map(({ id }) => id),
        afterMinutes: 15,
      },
    );

  it("says that no channel had taken it, and why", () => {
    const [delivery] = plan([channelWith()]);
    expect(delivery).toMatchObject({ route: "nobody", kind: "initial", status: "pending", notifyOnRecovery: true });
    expect(delivery?.notification?.message).toContain(
      "No channel had taken this alert within 15 minutes:\nSlack: The notification was rejected: invalid_token",
    );
    expect(plan([channelWith()], { failures: [] })[0]?.notification?.message).toContain("No enabled channel takes");
  });

  it("leaves out channels that cannot take it, and respects their own rules", () => {
    expect(plan([channelWith({ enabled: false })])).toEqual([]);
    expect(plan([channelWith({ isMonitor: true })])).toEqual([]);
    expect(plan([channelWith({ minSeverity: "critical" })])).toEqual([]);
    expect(plan([channelWith()], { waitingAt: new Set(["chn_1"]) })).toEqual([]);
    expect(plan([channelWith({ mutedUntil: 5_000 })])).toMatchObject([{ status: "held", reasonCode: "channel_muted" }]);
  });

  it("an alert about a failing channel does not go through that channel", () => {
    const failing = {
      type: "channel.failing",
      subject: { kind: "channel" as const, id: "chn_1", name: "one" },
      data: { channel: { id: "chn_1", name: "one", providerName: "Any" }, error: "gone" },
    };
    const drafts = decideFallback(
      situationWith({ draft: failing, routing: routed([channelWith(), channelWith({ id: "chn_2" })]) }),
      { ...alert, type: "channel.failing" },
      { channelIds: ["chn_1", "chn_2"], afterMinutes: 15 },
    );
    expect(drafts.map(({ channelId }) => channelId)).toEqual(["chn_2"]);
  });
});
