import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { insertDeliveries } from "@/db/stores/deliveries";
import { newDelivery } from "@/db/stores/new-delivery";
import { newRun } from "@/db/stores/new-run";
import { freshDatabase } from "@/db/testing";
import { transact } from "@/db/transact";
import { systemActor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";
import type { RunStatus } from "@/lib/core/run";
import { externalJobRow } from "@/lib/jobs/testing/job-rows";
import { alertsList } from "@/lib/services/alerts/list";
import { daysOfAllJobs } from "./all-days";
import { overviewRead } from "./read";

const HOUR = 3_600_000;
const DELIVERIES = 2_400;
const ALERTS = 600;
const JOBS = 41;

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

function delivery(
  status: "sent" | "dead" | "pending",
  kind: "initial" | "test" | "reminder",
  settledAt: number | null,
) {
  const eventId = newId("evt");
  const at = settledAt ?? Date.now();
  return newDelivery({
    eventId,
    channelId: "chn_a",
    recipient: "",
    route: "global",
    channelName: "a",
    provider: "webhook",
    kind,
    status,
    settledAt,
    title: "a",
    tone: "info",
    severity: "info",
    createdAt: at - 1_000,
  });
}

test("fault B20: a day of deliveries is counted in pieces, so that others have their turn in between", async () => {
  const now = Date.now();
  const rows = Array.from({ length: DELIVERIES }, (_, index) =>
    delivery(index % 8 === 0 ? "dead" : "sent", "initial", now - (index % 23) * HOUR - 60_000),
  );
  const others = [
    delivery("sent", "initial", now - 25 * HOUR),
    delivery("sent", "test", now - HOUR),
    delivery("pending", "initial", null),
    delivery("pending", "reminder", null),
    delivery("pending", "test", null),
  ];
  await transact([], (tx) => insertDeliveries(tx, [...rows, ...others]));
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { notifications24h } = await overviewRead.call(systemActor, {});
  isOver = true;
  expect(notifications24h).toEqual({ sent: DELIVERIES * (7 / 8), dead: DELIVERIES / 8, slowestMs: 1_000, pending: 1 });
  expect(turns).toBeGreaterThan(24);
});

test("fault B20: many open alerts are shown page by page, each once, whatever was resolved before", async () => {
  const { orm, t } = database();
  const alert = (index: number) => ({
    id: newId("alr"),
    type: "custom.notification",
    dedupKey: `problem ${index}`,
    subjectKind: "custom" as const,
    subjectId: "a",
    subjectName: "a",
    tone: "failure" as const,
    severity: "critical" as const,
    title: "a",
    message: "",
    count: 1,
    openedAt: index,
    lastAt: index,
    ...(index % 3 === 0 ? { status: "resolved" as const, resolvedAt: index } : { status: "firing" as const }),
  });
  await orm.insert(t.alerts).values(Array.from({ length: ALERTS }, (_, index) => alert(index)));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await alertsList.call(systemActor, { status: "open", limit: 50, cursor });
    expect(page.items.every(({ status }) => status === "firing")).toBe(true);
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toHaveLength((ALERTS / 3) * 2);
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
});

test("the last 30 days of all jobs are counted together, by the days of the reader's calendar", async () => {
  const { orm, t } = database();
  const now = Date.now();
  const jobs = Array.from({ length: JOBS }, (_, index) => externalJobRow(`job ${index}`, {}));
  await orm.insert(t.jobs).values(jobs);
  const day = (ago: number) => new Date(now - ago * 24 * HOUR).toISOString().slice(0, 10);
  const run = (jobId: string, ago: number, status: RunStatus) => {
    const finishedAt = Date.parse(`${day(ago)}T00:00:00Z`);
    const started = {
      kind: "backup",
      name: "a",
      trigger: "api",
      queuedAt: finishedAt - HOUR,
      executor: "external",
    } as const;
    return { ...newRun({ ...started, jobId }), status, startedAt: finishedAt - HOUR, finishedAt };
  };
  const runs = jobs.flatMap(({ id }, index) => [
    run(id, 29, index % 2 === 0 ? "success" : "failure"),
    run(id, 3, "warning"),
    run(id, 3, "canceled"),
    run(id, 40, "failure"),
  ]);
  await orm.insert(t.runs).values(runs);
  const allDays = await daysOfAllJobs(now, "UTC");
  expect(allDays.map((one) => one.day)).toEqual(Array.from({ length: 30 }, (_, index) => day(29 - index)));
  const half = Math.ceil(jobs.length / 2);
  expect(allDays.filter(({ success, warning, failure }) => success + warning + failure > 0)).toEqual([
    { day: day(29), success: half, warning: 0, failure: jobs.length - half },
    { day: day(3), success: 0, warning: jobs.length, failure: 0 },
  ]);
});
