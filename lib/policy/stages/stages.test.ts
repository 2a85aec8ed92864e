import { describe, expect, it } from "vitest";
import { type AlertDelivery, emptyRouting } from "@/lib/core/routing";
import type { Severity } from "@/lib/core/severity";
import type { PlannedDelivery, Situation, Stage } from "../plan";
import { startPlan } from "../start-plan";
import { fold } from "./fold";
import { merge } from "./merge";
import { mute } from "./mute";
import { recovery } from "./recovery";
import { repeat } from "./repeat";
import { severityFloor } from "./severity-floor";
import { alertDeliveryWith, channelWith, deliveryWith, OPEN_ALERT, situationWith } from "./stages.test-support";

/** One stage alone on the deliveries given. */
function run(stage: Stage, deliveries: PlannedDelivery[], situation: Situation = situationWith()) {
  return stage(situation, { ...startPlan(situation), deliveries });
}

describe("severityFloor", () => {
  const table: [string, PlannedDelivery, string | null][] = [
    ["no floor", deliveryWith(), null],
    ["a floor at the severity", deliveryWith({ channel: channelWith({ minSeverity: "critical" }) }), null],
    ["a floor below it", deliveryWith({ channel: channelWith({ minSeverity: "warning" }) }), null],
  ];
  it.each(table)("a critical event passes %s", (_, delivery, code) => {
    expect(run(severityFloor, [delivery]).deliveries[0]?.suppressed?.code ?? null).toBe(code);
  });

  const missed = situationWith({ draft: { ...situationWith().draft, type: "backup.missed" } });
  const suppressedFor = (minSeverity: Severity, more = {}) =>
    run(severityFloor, [deliveryWith({ channel: channelWith({ minSeverity, ...more }) })], missed).deliveries[0]
      ?.suppressed;
  it("a warning is below a critical floor", () => {
    expect(suppressedFor("critical")).toEqual({ code: "below_min_severity", by: "chn_1" });
  });
  it("monitors count every run, and the user's own copy is exempt", () => {
    expect(suppressedFor("critical", { isMonitor: true })).toBeNull();
    const own = deliveryWith({ channel: channelWith({ minSeverity: "critical" }), target: { isForUser: true } });
    expect(run(severityFloor, [own], missed).deliveries[0]?.suppressed).toBeNull();
  });
});

describe("merge", () => {
  const ids = (deliveries: PlannedDelivery[]) => run(merge, deliveries).deliveries.map(({ id }) => id);

  it("the first way to a recipient counts; another recipient is another delivery", () => {
    const other = deliveryWith({ id: "other", target: { recipient: "ops" } });
    expect(ids([deliveryWith({ id: "a" }), deliveryWith({ id: "b" }), other])).toEqual(["a", "other"]);
  });
  it("a rule decides the repeat, without a rule the loudest wins", () => {
    const quiet = (ruleId: string | null) =>
      deliveryWith({ target: { ruleId, route: ruleId ? "rule" : "global", repeat: "first" } });
    const loud = deliveryWith({ target: { ruleId: null, route: "subscription", repeat: "every" } });
    expect(run(merge, [quiet("rule_1"), loud]).deliveries[0]?.target.repeat).toBe("first");
    expect(run(merge, [quiet(null), loud]).deliveries[0]?.target.repeat).toBe("every");
    expect(run(merge, [loud, quiet(null)]).deliveries[0]?.target.repeat).toBe("every");
  });
  it("a way that is open beats one that is suppressed", () => {
    const closed = deliveryWith({ id: "closed", suppressed: { code: "event_disabled" } });
    expect(ids([closed, deliveryWith({ id: "open" })])).toEqual(["open"]);
    expect(ids([deliveryWith({ id: "open" }), closed])).toEqual(["open"]);
  });
  it("the fallback counts only where no rule takes the event", () => {
    const rule = deliveryWith({ id: "rule" });
    const fallback = deliveryWith({
      id: "fallback",
      channel: channelWith({ id: "chn_2" }),
      target: { route: "fallback", ruleId: null },
    });
    expect(ids([rule, fallback])).toEqual(["rule"]);
    expect(ids([{ ...rule, suppressed: { code: "below_min_severity" } }, fallback])).toEqual(["rule", "fallback"]);
  });
  it("the user's own copy replaces the administrator's", () => {
    const admin = deliveryWith({ id: "admin", target: { recipient: "ana@example.org", route: "global" } });
    const own = deliveryWith({ id: "own", target: { recipient: "ana@example.org", route: "user", isForUser: true } });
    expect(ids([admin, own])).toEqual(["own"]);
  });
});

/** The next occurrence of an open problem that was notified as given. */
const again = (...alertDeliveries: AlertDelivery[]) => situationWith({ openAlerts: [OPEN_ALERT], alertDeliveries });

describe("repeat", () => {
  const table: [string, "every" | "first" | "remind", AlertDelivery[], string | null, Severity?][] = [
    ["every time", "every", [alertDeliveryWith()], null],
    ["first, sent", "first", [alertDeliveryWith()], "already_notified"],
    ["first, waiting", "first", [alertDeliveryWith({ status: "held" })], "already_notified"],
    [
      "first, folded into one that waits",
      "first",
      [alertDeliveryWith({ status: "folded", effectiveStatus: "pending" })],
      "already_notified",
    ],
    ["first, dead", "first", [alertDeliveryWith({ status: "dead" })], null],
    ["first, canceled", "first", [alertDeliveryWith({ status: "canceled" })], null],
    ["first, another recipient", "first", [alertDeliveryWith({ recipient: "ops" })], null],
    ["with reminders, sent", "remind", [alertDeliveryWith()], "already_notified"],
    ["first, sent when it was milder", "first", [alertDeliveryWith()], "already_notified", "warning"],
    ["first, held when it was milder", "first", [alertDeliveryWith({ status: "held" })], null, "warning"],
  ];
  it.each(table)("%s", (_, mode, sent, code, severity = "critical") => {
    const situation = { ...again(...sent), openAlerts: [{ ...OPEN_ALERT, severity }] };
    const { deliveries } = run(repeat, [deliveryWith({ target: { repeat: mode } })], situation);
    expect(deliveries[0]?.suppressed?.code ?? null).toBe(code);
  });
});

describe("fold", () => {
  it("the next occurrence is merged into a notification that still waits, with the count", () => {
    const plan = run(fold, [deliveryWith()], again(alertDeliveryWith({ status: "pending", foldedCount: 2 })));
    expect(plan.deliveries[0]?.folded).toEqual({ into: "dlv_0", code: "merged" });
    expect(plan.amendments).toMatchObject([{ deliveryId: "dlv_0", foldedCount: 3 }]);
  });
  it.each([
    ["sent already", alertDeliveryWith(), channelWith()],
    ["a reminder", alertDeliveryWith({ status: "pending", kind: "reminder" }), channelWith()],
    ["of a monitor", alertDeliveryWith({ status: "pending" }), channelWith({ isMonitor: true })],
  ])("not into one that is %s", (_, sent, channel) => {
    const plan = run(fold, [deliveryWith({ channel })], again(sent));
    expect(plan.deliveries[0]?.folded).toBeNull();
    expect(plan.amendments).toEqual([]);
  });
});

describe("fold of a problem that has become worse", () => {
  const worse = (status: AlertDelivery["status"]) => {
    const situation = {
      ...again(alertDeliveryWith({ status })),
      openAlerts: [{ ...OPEN_ALERT, severity: "warning" as const }],
    };
    return run(fold, [deliveryWith()], situation);
  };
  it("what is held is carried by the next occurrence, which is decided anew", () => {
    const { deliveries, folds, amendments } = worse("held");
    expect(deliveries[0]).toMatchObject({
      folded: null,
      notification: { message: expect.stringContaining("2nd time") },
    });
    expect(folds).toEqual([{ deliveryId: "dlv_0", into: "dlv_1", code: "merged" }]);
    expect(amendments).toEqual([]);
  });
  it("what is merely late carries it", () => {
    expect(worse("pending").deliveries[0]?.folded).toEqual({ into: "dlv_0", code: "merged" });
  });
});

describe("recovery", () => {
  const over = (sent: AlertDelivery[], channel = channelWith()) => {
    const { draft } = situationWith();
    return situationWith({
      draft: { ...draft, type: "backup.completed" },
      openAlerts: [OPEN_ALERT],
      alertDeliveries: sent,
      routing: { ...emptyRouting(), channels: new Map([[channel.id, channel]]) },
    });
  };
  const kinds = (situation: Situation, own: PlannedDelivery[] = []) =>
    run(recovery, own, situation).deliveries.map(({ kind, notification }) => [kind, notification?.title ?? null]);

  it("goes to those who were notified of the problem", () => {
    expect(kinds(over([alertDeliveryWith()]))).toEqual([["recovery", "Recovered: media"]]);
    expect(kinds(over([alertDeliveryWith({ notifyOnRecovery: false })]))).toEqual([]);
    expect(kinds(over([alertDeliveryWith({ status: "dead" })]))).toEqual([]);
    expect(kinds(over([alertDeliveryWith()], channelWith({ enabled: false })))).toEqual([]);
    expect(kinds(over([alertDeliveryWith()], channelWith({ isMonitor: true })))).toEqual([]);
  });
  it("is part of the event's own message where that goes to the same recipient", () => {
    expect(kinds(over([alertDeliveryWith()]), [deliveryWith()])).toEqual([["initial", "Recovered: media"]]);
  });
  it("carries a problem that was never sent, and cancels reminders", () => {
    const waiting = alertDeliveryWith({ status: "pending" });
    const reminder = alertDeliveryWith({ id: "dlv_r", kind: "reminder", status: "pending" });
    const plan = run(recovery, [], over([waiting, reminder]));
    expect(plan.folds).toMatchObject([{ deliveryId: "dlv_0", code: "recovered_before_sent" }]);
    expect(plan.cancels).toEqual([{ deliveryId: "dlv_r", code: "alert_resolved" }]);
    expect(plan.deliveries[0]?.notification?.message).toContain("No notification could be sent while it lasted");
  });
  it("without a recovery, what still waits does not report a problem that is over", () => {
    const waiting = alertDeliveryWith({ status: "pending", notifyOnRecovery: false });
    const plan = run(recovery, [], over([waiting]));
    expect(plan.deliveries).toEqual([]);
    expect(plan.amendments).toMatchObject([{ deliveryId: "dlv_0", notification: { status: "resolved" } }]);
  });
});

describe("mute", () => {
  const muted = channelWith({ mutedUntil: 5_000 });
  it("holds what the channel is to send, recoveries too, until the mute ends", () => {
    const plan = run(mute, [deliveryWith({ channel: muted }), deliveryWith({ channel: muted, kind: "recovery" })]);
    const held = { code: "channel_muted", holder: "mute", by: "chn_1", until: 5_000 };
    expect(plan.deliveries.map((one) => one.held)).toEqual([held, held]);
  });
  it("not when it is over, nor what is suppressed or folded anyway", () => {
    const deliveries = [
      deliveryWith({ channel: channelWith({ mutedUntil: 1_000 }) }),
      deliveryWith({ channel: muted, suppressed: { code: "event_disabled" } }),
      deliveryWith({ channel: muted, folded: { into: "dlv_0", code: "merged" } }),
    ];
    expect(run(mute, deliveries).deliveries.map((one) => one.held)).toEqual([null, null, null]);
  });
});
