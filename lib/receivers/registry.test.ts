import { expect, test } from "vitest";
import { RECEIVERS, receiverById } from "./registry";

test("every receiver has an id of its own that can stand in an address", () => {
  const ids = RECEIVERS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[a-z]{3,20}$/);
    // A word of Healthchecks, or what borgmatic replaces in Cronhub's addresses.
    expect(["start", "fail", "log", "ping", "api"]).not.toContain(id);
    expect(receiverById(id)?.id).toBe(id);
  }
  expect(receiverById("toString")).toBeUndefined();
});
