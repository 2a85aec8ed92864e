import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "../testing";
import { transact } from "../transact";
import { readLabels, writeLabels } from "./labels";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

test("labels are replaced as a whole, and read by kind and id, as key:value in the order of their keys", async () => {
  await transact([], function* (tx) {
    yield* writeLabels(tx, "job", "job_1", { team: "shop", env: "prod", "a.b_c-1": "x:y z" });
    yield* writeLabels(tx, "job", "job_2", { env: "test" });
    yield* writeLabels(tx, "source", "job_1", { env: "other" });
  });
  const read = () => transact([], (tx) => readLabels(tx, "job", ["job_1", "job_2", "job_none"]));
  expect([...(await read())]).toEqual([
    ["job_1", ["a.b_c-1:x:y z", "env:prod", "team:shop"]],
    ["job_2", ["env:test"]],
  ]);
  await transact([], function* (tx) {
    yield* writeLabels(tx, "job", "job_1", { env: "stage" });
    yield* writeLabels(tx, "job", "job_2", {});
  });
  expect([...(await read())]).toEqual([["job_1", ["env:stage"]]]);
  expect([...(await transact([], (tx) => readLabels(tx, "job", [])))]).toEqual([]);
});
