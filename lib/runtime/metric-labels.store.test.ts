import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor } from "@/lib/auth/access/actor";
import { until } from "@/lib/dispatch/pipeline-fixture";
import { overdueJobs } from "@/lib/schedule/monitors/overdue-jobs";
import { jobsCreate } from "@/lib/services/jobs/create";
import { metricsRead } from "@/lib/services/metrics/read";
import { addGoodRuns, HOUR, monitorsOf, openWatchFixture } from "./testing/watch-fixture";

let fixture: Awaited<ReturnType<typeof openWatchFixture>>;
beforeEach(async () => {
  fixture = await openWatchFixture();
});
afterEach(() => fixture.close());

/** What a query asks of each metric's labels: in its braces, behind `by`, and in what a panel or an alert shows of it. */
function labelsAsked(text: string): Map<string, Set<string>> {
  const asked = new Map<string, Set<string>>();
  for (const expression of text.split(/"expr":|\bexpr:/).slice(1)) {
    const [, metric = "", braces = ""] = /(belfry_\w+)(\{[^}]*\})?/.exec(expression) ?? [];
    if (metric === "") continue;
    const names = [
      ...[...braces.matchAll(/(\w+)\s*=/g)].map(([, name]) => name),
      ...[...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/)),
      ...[...expression.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, name]) => name),
    ];
    const known = asked.get(metric) ?? new Set();
    // Prometheus renames the label of a sample where it has one of its own by that name.
    for (const name of names) known.add((name ?? "").replace(/^exported_/, ""));
    asked.set(metric, known);
  }
  return asked;
}

test("every label that the alert rules and the dashboard ask of a metric is on its samples", async () => {
  const source = { sourceId: await fixture.jobs.source(), destinationIds: [await fixture.jobs.destination("disk")] };
  const job = await jobsCreate.call(systemActor, { name: "nas", ...source, overdueAfterHours: 48 });
  await addGoodRuns(job, 1, 1_000);
  await fixture.pass(50 * HOUR, [monitorsOf(overdueJobs)], HOUR);
  await until(() => fixture.receiver.received.length === 1);
  await addGoodRuns(job, 1, 1_000);
  await until(async () => (await metricsRead.call(systemActor, {})).includes('status="sent"'));
  const text = await metricsRead.call(systemActor, {});
  for (const file of ["prometheus-alerts.yml", "grafana-dashboard.json"]) {
    const asked = labelsAsked(readFileSync(`docs/deploy/${file}`, "utf8"));
    expect(asked.size, file).toBeGreaterThan(3);
    for (const [metric, labels] of asked) {
      const [, braces = ""] = new RegExp(`^${metric}(?:\\{(.*)\\})? `, "m").exec(text) ?? [];
      for (const label of labels) expect(`,${braces}`, `${file}: ${metric}`).toContain(`,${label}="`);
    }
  }
});
