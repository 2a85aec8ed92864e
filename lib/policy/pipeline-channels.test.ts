import { describe, expect, it } from "vitest";
import type { EventDraft } from "@/lib/core/event";
import {
  type AlertDelivery,
  emptyRouting,
  type JobNotificationRule,
  type OpenAlert,
  type RoutedChannel,
} from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import { decide } from "./pipeline";
import { dedupKeys } from "./stages/correlate";
import { channelWith } from "./stages/stages.test-support";

/* How kinds of channels change what is decided: those that keep problems open, monitors, muted ones. */

const NOW = 1_000_000;
const job = { id: "job_1", name: "media", slug: "media" };
const draftOf = (type: string, runId: string): EventDraft => ({
  type,
  subject: { kind: "job", id: job.id, name: job.name },
  data: { job, run: { id: runId, status: "success", startedAt: 1, finishedAt: 2, bytes: 1, files: 1, attempts: 1 } },
});

const ruleOf = (more: Partial<JobNotificationRule> = {}): JobNotificationRule => ({
  id: "row_1",
  channelId: "chn_1",
  condition: "always",
  states: null,
  repeat: "every",
  remindHours: null,
  notifyOnRecovery: true,
  text: {},
  ...more,
});

function openAlert(type: string, id: string): OpenAlert {
  const [dedupKey] = dedupKeys(draftOf(type, "run_0"), eventType(type));
  return {
    id,
    type,
    dedupKey: dedupKey ?? "",
    status: "firing",
    severity: eventType(type).severity,
    subjectName: job.name,
    title: `${type} of ${job.name}`,
    message: "",
    openedAt: 1,
    count: 1,
  };
}

const deliveryOf = (alertId: string, more: Partial<AlertDelivery> = {}): AlertDelivery => ({
  id: `dlv_${alertId}`,
  alertId,
  channelId: "chn_1",
  recipient: "",
  userId: null,
  kind: "initial",
  status: "sent",
  effectiveStatus: "sent",
  carrierId: `dlv_${alertId}`,
  notifyOnRecovery: true,
  route: "rule",
  ruleId: "row_1",
  foldedCount: 0,
  at: 1,
  ...more,
});

function plan(
  draft: EventDraft,
  channel: RoutedChannel,
  more: { rule?: JobNotificationRule; open?: OpenAlert[]; sent?: AlertDelivery[] } = {},
) {
  let ids = 0;
  return decide({
    draft,
    at: NOW,
    now: NOW,
    newId: (prefix) => `${prefix}_new${++ids}`,
    routing: { ...emptyRouting(), channels: new Map([[channel.id, channel]]) },
    rules: [more.rule ?? ruleOf()],
    openAlerts: more.open ?? [],
    alertDeliveries: more.sent ?? [],
    labels: [],
  });
}

describe("a service that keeps problems open", () => {
  const channel = channelWith({ closesAlerts: true });
  const open = [openAlert("backup.failed", "alr_failed"), openAlert("backup.missed", "alr_missed")];

  it("pain 39: gets one closing message for each problem, besides what else it is sent", () => {
    const { deliveries } = plan(draftOf("backup.completed", "run_2"), channel, {
      open,
      sent: [deliveryOf("alr_failed"), deliveryOf("alr_missed")],
    });
    expect(
      deliveries.map(({ kind, alertId, step, notification }) => [kind, alertId, step, notification?.status]),
    ).toEqual([
      ["initial", null, 0, undefined],
      ["recovery", "alr_failed", 0, "resolved"],
      ["recovery", "alr_missed", 1, "resolved"],
    ]);
  });

  it("closes them also where nobody asked for recoveries, and where a run with warnings ends a failure", () => {
    const quiet = plan(draftOf("backup.completed", "run_2"), channel, {
      rule: ruleOf({ condition: "failure", notifyOnRecovery: false }),
      open,
      sent: [deliveryOf("alr_failed", { notifyOnRecovery: false })],
    });
    expect(quiet.deliveries.map(({ kind, alertId }) => [kind, alertId])).toEqual([["recovery", "alr_failed"]]);
    const warned = plan(draftOf("backup.warning", "run_2"), channel, {
      open,
      sent: [deliveryOf("alr_failed")],
    });
    expect(warned.deliveries.map(({ kind, alertId }) => [kind, alertId])).toEqual([
      ["initial", warned.alertId],
      ["recovery", "alr_failed"],
    ]);
  });

  it("a problem it never got is closed in the same breath", () => {
    const { deliveries, folds } = plan(draftOf("backup.completed", "run_2"), channel, {
      rule: ruleOf({ condition: "failure" }),
      open,
      sent: [deliveryOf("alr_failed", { status: "pending", effectiveStatus: "pending" })],
    });
    expect(deliveries).toHaveLength(1);
    expect(folds).toEqual([{ deliveryId: "dlv_alr_failed", code: "recovered_before_sent", into: deliveries[0]?.id }]);
  });
});

describe("a monitor", () => {
  const channel = channelWith({ isMonitor: true, minSeverity: "critical" });
  const rule = ruleOf({ condition: "custom", states: ["start", "success", "warning", "failure"], repeat: "first" });

  it("is notified of every run, in one order for the whole job, whatever repeat and floor say", () => {
    const keys = ["backup.started", "backup.failed", "backup.completed"].map((type, index) => {
      const open = type === "backup.started" ? [] : [openAlert("backup.failed", "alr_failed")];
      const { deliveries } = plan(draftOf(type, `run_${index}`), channel, {
        rule,
        open,
        sent: [deliveryOf("alr_failed")],
      });
      expect(deliveries.map(({ kind, status }) => [kind, status])).toEqual([["initial", "pending"]]);
      return deliveries[0]?.orderKey;
    });
    expect(new Set(keys).size).toBe(1);
  });

  it("gets each failed run by itself, although the one before still waits, and no recovery of its own", () => {
    const waiting = deliveryOf("alr_failed", { status: "pending", effectiveStatus: "pending" });
    const open = [openAlert("backup.failed", "alr_failed")];
    const again = plan(draftOf("backup.failed", "run_2"), channel, { rule, open, sent: [waiting] });
    expect(again.amendments).toEqual([]);
    expect(again.deliveries.map((one) => one.status)).toEqual(["pending"]);
    const good = plan(draftOf("backup.completed", "run_3"), channel, { rule, open, sent: [waiting] });
    expect(good.folds).toEqual([]);
    expect(good.deliveries.map((one) => [one.kind, one.notification])).toEqual([["initial", null]]);
  });
});

describe("a muted channel", () => {
  it("has its deliveries held until the mute ends; a mute that has ended holds nothing", () => {
    const until = NOW + 5_000;
    const muted = plan(draftOf("backup.failed", "run_1"), channelWith({ mutedUntil: until }));
    expect(muted.deliveries).toMatchObject([
      { status: "held", reasonCode: "channel_muted", hold: { by: "mute", id: "chn_1", until } },
    ]);
    const over = plan(draftOf("backup.failed", "run_1"), channelWith({ mutedUntil: NOW }));
    expect(over.deliveries).toMatchObject([{ status: "pending" }]);
  });

  it("several failures meanwhile are one message", () => {
    const held = deliveryOf("alr_failed", { status: "held", effectiveStatus: "held" });
    const { deliveries, amendments } = plan(
      draftOf("backup.failed", "run_2"),
      channelWith({ mutedUntil: NOW + 5_000 }),
      {
        open: [openAlert("backup.failed", "alr_failed")],
        sent: [held],
      },
    );
    expect(deliveries.map((one) => one.status)).toEqual(["folded"]);
    expect(amendments).toMatchObject([{ deliveryId: "dlv_alr_failed", foldedCount: 1 }]);
  });
});

it("a recovery that rides on a success goes on in the problem's thread", () => {
  const { deliveries } = plan(draftOf("backup.completed", "run_2"), channelWith({}), {
    open: [openAlert("backup.failed", "alr_failed")],
    sent: [deliveryOf("alr_failed")],
  });
  expect(deliveries).toMatchObject([{ kind: "initial", alertId: "alr_failed", notification: { status: "resolved" } }]);
});
