import { expect, test } from "vitest";
import type { Signal } from "./contract";
import { RECEIVED_AT, receive } from "./testing/receive";

const alert = (status: string, severity: string, summary = "Backup of vm failed") => ({
  status,
  labels: { alertname: "BackupFailed", instance: "vm", ...(severity !== "" && { severity }) },
  annotations: { summary },
  startsAt: "2026-11-27T15:00:00Z",
  endsAt: "0001-01-01T00:00:00Z",
});
const group = (status: string, ...alerts: object[]) => ({
  version: "4",
  groupKey: '{}:{alertname="BackupFailed"}',
  status,
  receiver: "belfry",
  commonLabels: { alertname: "BackupFailed" },
  commonAnnotations: {},
  alerts,
});
const LINE = "BackupFailed vm: Backup of vm failed";

test.each<[string, unknown, Signal]>([
  ["a critical alert", group("firing", alert("firing", "critical")), { state: "failure", message: LINE }],
  ["one without a severity", group("firing", alert("firing", "")), { state: "failure", message: LINE }],
  ["a warning", group("firing", alert("firing", "warning")), { state: "warning", message: LINE }],
  ["an information", group("firing", alert("firing", "info")), { state: "unknown", message: LINE }],
  ["a resolved alert", group("resolved", alert("resolved", "critical")), { state: "success", message: LINE }],
  [
    "of several the worst",
    group(
      "firing",
      alert("resolved", "critical", "one"),
      alert("firing", "critical", "two"),
      alert("firing", "info", "three"),
    ),
    {
      state: "failure",
      message: "BackupFailed vm: two",
      log: "BackupFailed vm: one\nBackupFailed vm: two\nBackupFailed vm: three",
    },
  ],
  [
    "a group without a list",
    { status: "firing", commonLabels: { alertname: "A" }, commonAnnotations: { summary: "S" } },
    { state: "failure", message: "S", log: "A" },
  ],
  [
    "Prometheus: an end to come",
    [{ labels: { alertname: "A" }, endsAt: new Date(RECEIVED_AT + 60_000).toISOString() }],
    { state: "failure", message: "A" },
  ],
  [
    "Prometheus: an end that has passed",
    [{ labels: { alertname: "A" }, endsAt: new Date(RECEIVED_AT - 60_000).toISOString() }],
    { state: "success", message: "A" },
  ],
])("%s", (_, body, signal) => {
  for (const address of ["/in/TOKEN/alertmanager", "/in/TOKEN/alertmanager/api/v2/alerts"]) {
    const reading = receive(`POST ${address}`, { body: JSON.stringify(body) });
    expect(reading).toMatchObject({ signals: [signal], answer: { status: 200 } });
    expect(reading.signals[0]).toEqual(signal);
  }
});

test.each(["", "{", "{}", "[]", "null", '{"alerts":[]}'])("%j is refused", (body) => {
  expect(receive("POST /in/TOKEN/alertmanager", { body })).toMatchObject({ signals: [], answer: { status: 400 } });
});
