import { describe, expect, test } from "vitest";
import type { AlertDelivery, LastBackup, OpenAlert } from "@/lib/core/routing";
import { emptyRouting } from "@/lib/core/routing";
import { decide } from "../pipeline";
import { startPlan } from "../start-plan";
import { alertDeliveryWith, channelWith, deliveryWith, FAILED, OPEN_ALERT, situationWith } from "./stages.test-support";
import { threshold } from "./threshold";

const HOUR = 3_600_000;
const NOW = 100 * HOUR;

interface Line {
  afterCount?: number | null;
  afterHours?: number | null;
  /** The alert that the event counts up; none: it opens one. */
  own?: Partial<OpenAlert>;
  sent?: Partial<AlertDelivery>;
  lastBackup?: LastBackup;
  type?: string;
}

function decideOne({ afterCount, afterHours, own, sent, lastBackup, type = FAILED.type }: Line) {
  const alert = { ...OPEN_ALERT, type, dedupKey: `${type}:job_1`, openedAt: NOW - 2 * HOUR, ...own };
  const situation = situationWith({
    draft: { ...FAILED, type },
    at: NOW,
    now: NOW,
    openAlerts: own ? [alert] : [],
    alertDeliveries: sent ? [alertDeliveryWith(sent)] : [],
    ...(lastBackup && { lastBackup }),
  });
  const plan = { ...startPlan(situation), deliveries: [deliveryWith({ target: { afterCount, afterHours } })] };
  const [delivery] = threshold(situation, plan).deliveries;
  return delivery?.suppressed?.code ?? (delivery?.notBefore === undefined ? "now" : (delivery.notBefore - NOW) / HOUR);
}

describe("pain 54: after N in a row", () => {
  test.each<[Line, string]>([
    [{}, "now"],
    [{ afterCount: null }, "now"],
    [{ afterCount: 3 }, "below_count"],
    [{ afterCount: 3, own: { count: 1 } }, "below_count"],
    [{ afterCount: 3, own: { count: 2 } }, "now"],
    [{ afterCount: 3, own: { count: 7 } }, "now"],
    // Somebody has it in hand, which changes nothing about the count.
    [{ afterCount: 3, own: { count: 1, status: "acknowledged" } }, "below_count"],
    [{ afterCount: 2, type: "backup.missed", own: { count: 1 } }, "now"],
    // No problem: a success has no count.
    [{ afterCount: 3, type: "backup.completed" }, "now"],
    [{ afterCount: 3, type: "backup.started" }, "now"],
  ])("%j: %s", (line, expected) => {
    expect(decideOne(line)).toBe(expected);
  });
});

describe("pain 54: after H hours without success", () => {
  const at = (hoursAgo: number): LastBackup => ({ any: NOW - hoursAgo * HOUR, clean: NOW - hoursAgo * HOUR });
  test.each<[Line, string | number]>([
    // Never a backup: from the alert's opening.
    [{ afterHours: 24 }, 24],
    [{ afterHours: 24, own: {} }, 22],
    [{ afterHours: 2, own: {} }, "now"],
    // From the last backup, which lies further back.
    [{ afterHours: 24, lastBackup: at(5) }, 19],
    [{ afterHours: 24, lastBackup: at(24) }, "now"],
    [{ afterHours: 24, lastBackup: at(80) }, "now"],
    [{ afterHours: 24, own: {}, lastBackup: at(10) }, 14],
    [{ afterHours: 24, lastBackup: { any: null, clean: null } }, 24],
    // A backup that was made since the alert opened did not end it: it is none in its sense.
    [{ afterHours: 24, own: {}, lastBackup: at(1) }, 22],
    // With warnings it is a backup; but no end of warnings.
    [{ afterHours: 24, lastBackup: { any: NOW - 5 * HOUR, clean: NOW - 50 * HOUR } }, 19],
    [{ afterHours: 24, type: "backup.warning", lastBackup: { any: NOW, clean: NOW - 20 * HOUR } }, 4],
    // Planned or sent already: what the rule's repeat says.
    [{ afterHours: 24, own: {}, sent: { status: "sent" } }, "now"],
    [{ afterHours: 24, own: {}, sent: { status: "pending", notBefore: NOW + HOUR } }, "now"],
    [{ afterHours: 24, own: {}, sent: { status: "canceled" } }, 22],
    [{ afterHours: 24, own: { status: "acknowledged" }, sent: { status: "canceled" } }, "alert_acknowledged"],
    [{ afterHours: 2, own: { status: "acknowledged" } }, "now"],
    // Both: as often, and as long.
    [{ afterCount: 3, afterHours: 24, own: { count: 1 } }, "below_count"],
    [{ afterCount: 3, afterHours: 24, own: { count: 2 } }, 22],
    [{ afterHours: 24, type: "backup.completed" }, "now"],
  ])("%j: %s", (line, expected) => {
    expect(decideOne(line)).toBe(expected);
  });
});

describe("in the whole policy", () => {
  const channel = channelWith();
  const rule = {
    id: "rule_1",
    channelId: channel.id,
    condition: "failure" as const,
    states: null,
    repeat: "every" as const,
    remindHours: null,
    notifyOnRecovery: true,
    text: {},
  };
  const situation = (more: Parameters<typeof situationWith>[0] = {}) =>
    situationWith({
      at: NOW,
      now: NOW,
      routing: { ...emptyRouting(), channels: new Map([[channel.id, channel]]) },
      rules: [{ ...rule, afterHours: 24 }],
      ...more,
    });
  const RECOVERED = { ...FAILED, type: "backup.completed" };

  test("it waits as a delivery of its own, due at its time, and says why", () => {
    expect(decide(situation()).deliveries).toMatchObject([
      { status: "pending", reasonCode: "waits_for_hours", hold: null, notBefore: NOW + 24 * HOUR },
    ]);
    expect(decide(situation({ rules: [{ ...rule, afterCount: 2 }] })).deliveries).toEqual([]);
  });

  test("the next occurrence is merged into the one that waits", () => {
    const waiting = alertDeliveryWith({ status: "pending", notBefore: NOW + HOUR });
    const plan = decide(situation({ openAlerts: [OPEN_ALERT], alertDeliveries: [waiting] }));
    expect(plan.deliveries).toMatchObject([{ status: "folded", foldedInto: waiting.id }]);
    expect(plan.amendments).toMatchObject([{ deliveryId: waiting.id }]);
  });

  test("over before its time: canceled, and nobody gets a recovery of what nobody was notified of", () => {
    const waiting = alertDeliveryWith({ status: "pending", notBefore: NOW + HOUR });
    const over = { draft: RECOVERED, openAlerts: [OPEN_ALERT] };
    const plan = decide(situation({ ...over, alertDeliveries: [waiting] }));
    expect(plan).toMatchObject({ deliveries: [], folds: [], amendments: [] });
    expect(plan.cancels).toEqual([{ deliveryId: waiting.id, code: "alert_resolved" }]);
    // Due, but not sent yet: one message says both, as for every other notification.
    const due = { ...waiting, notBefore: NOW - HOUR };
    const late = decide(situation({ ...over, alertDeliveries: [due] }));
    expect(late.cancels).toEqual([]);
    expect(late.folds).toMatchObject([{ deliveryId: due.id, code: "recovered_before_sent" }]);
  });

  test("those who were notified at once get the recovery, and who waited gets none", () => {
    const sent = alertDeliveryWith({ id: "dlv_sent", recipient: "a" });
    const waiting = alertDeliveryWith({ recipient: "b", status: "pending", notBefore: NOW + HOUR });
    const plan = decide(situation({ draft: RECOVERED, openAlerts: [OPEN_ALERT], alertDeliveries: [sent, waiting] }));
    expect(plan.deliveries).toMatchObject([{ kind: "recovery", recipient: "a" }]);
    expect(plan.cancels).toEqual([{ deliveryId: waiting.id, code: "alert_resolved" }]);
  });

  test.each([
    ["a mute that ends before its time changes nothing", 12, null, NOW + 24 * HOUR],
    ["a longer mute holds it", 48, "channel_muted", NOW + 48 * HOUR],
  ])("%s", (_, hours, reasonCode, until) => {
    const muted = { ...channel, mutedUntil: NOW + hours * HOUR };
    const routing = { ...emptyRouting(), channels: new Map([[channel.id, muted]]) };
    const [delivery] = decide(situation({ routing })).deliveries;
    expect(delivery?.reasonCode).toBe(reasonCode ?? "waits_for_hours");
    expect(delivery?.hold?.until ?? delivery?.notBefore).toBe(until);
  });

  test("quiet hours count at its own time", () => {
    // NOW is 04:00 on the fifth day; its time is 04:00 on the next.
    const quiet = { ...channel, quietHours: { from: "03:00", to: "07:00", timezone: "UTC", criticalPasses: false } };
    const routing = { ...emptyRouting(), channels: new Map([[channel.id, quiet]]) };
    const [delivery] = decide(situation({ routing })).deliveries;
    expect(delivery).toMatchObject({ status: "held", reasonCode: "quiet_hours" });
    expect(delivery?.hold?.until).toBe(NOW + 27 * HOUR);
  });

  test("a monitor counts runs: each arrives", () => {
    const monitor = { ...channel, isMonitor: true };
    const routing = { ...emptyRouting(), channels: new Map([[channel.id, monitor]]) };
    const rules = [{ ...rule, condition: "always" as const, afterCount: 5, afterHours: 24 }];
    expect(decide(situation({ routing, rules })).deliveries).toMatchObject([{ status: "pending", notBefore: null }]);
  });

  test("the global channels of a missed schedule do not step in for a rule that does not count it yet", () => {
    const other = channelWith({ id: "chn_2" });
    const routing = {
      ...emptyRouting(),
      globalChannels: ["chn_2"],
      channels: new Map([channel, other].map((one) => [one.id, one])),
    };
    const draft = { ...FAILED, type: "backup.missed" };
    expect(decide(situation({ draft, routing, rules: [{ ...rule, afterCount: 2 }] })).deliveries).toEqual([]);
  });
});
