import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "@/db/client";
import { newRun } from "@/db/stores/new-run";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { metricsRead } from "./read";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setRuntimeValue("lastTickAt", Date.now() - 3_000);
  const state = { port: 25, host: "::", domains: [], hasTls: false, isListening: false, problem: "Port 25 is taken." };
  setRuntimeValue("mailListener", state);
});
afterAll(async () => {
  setRuntimeValue("lastTickAt", null);
  setRuntimeValue("mailListener", undefined);
  await close();
});

const namesIn = (text: string) => [...new Set(text.match(/\b(?:belfry|process)_[a-z0-9_]+/g))];

test("every metric that the alert rules, the dashboard and the manual name is there", async () => {
  const text = await metricsRead.call(systemActor, {});
  expect(text).toContain("\nbelfry_mail_listener_up 0\n");
  const known = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  for (const file of ["deploy/prometheus-alerts.yml", "deploy/grafana-dashboard.json", "operating.md"]) {
    const named = namesIn(readFileSync(`docs/${file}`, "utf8")).filter(
      (name) => name.startsWith("belfry_") && name !== "belfry_secret_key",
    );
    expect(named.length, file).toBeGreaterThan(3);
    expect(
      named.filter((name) => !known.includes(name)),
      file,
    ).toEqual([]);
  }
});

test("runs that ended in the last day are counted by how they ended, and the scheduler's lag is a duration", async () => {
  const { orm, t } = database();
  const now = Date.now();
  const run = (status: "success" | "failure", finishedAt: number) => ({
    ...newRun({ kind: "backup", name: "nas", trigger: "api", queuedAt: finishedAt }),
    status,
    finishedAt,
  });
  await orm
    .insert(t.runs)
    .values([run("success", now), run("success", now), run("failure", now), run("failure", now - 2 * 86_400_000)]);
  const text = await metricsRead.call(systemActor, {});
  expect(text).toContain('belfry_runs_settled_24h{status="success"} 2\n');
  expect(text).toContain('belfry_runs_settled_24h{status="failure"} 1\n');
  expect(text).toMatch(/^belfry_scheduler_lag_seconds [1-9]\d*$/m);
});
