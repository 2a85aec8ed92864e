import { expect, it } from "vitest";
import type { RunStatus } from "@/lib/core/run";
import { failingSince } from "./failing-since";

const runs = (...statuses: RunStatus[]) =>
  statuses.map((status, index) => ({ id: String(index), status, queuedAt: "", startedAt: null }));

it("is the oldest failure after the last result that was none", () => {
  expect(failingSince(runs("failure", "failure", "success", "failure"))).toMatchObject({ id: "1", count: 2 });
  expect(failingSince(runs("running", "failure", "canceled", "failure"))).toMatchObject({ id: "3", count: 2 });
});

it("is nothing while the last result is no failure", () => {
  for (const statuses of [[], ["success", "failure"], ["running"], ["warning", "failure"]] as RunStatus[][])
    expect(failingSince(runs(...statuses))).toBeNull();
});
