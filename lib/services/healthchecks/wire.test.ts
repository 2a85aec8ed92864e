import { expect, test } from "vitest";
import { pingJson } from "./wire";

const PING = {
  n: 3,
  at: "2026-11-27T03:00:00.250Z",
  state: "failure" as const,
  address: null,
  method: "POST",
  userAgent: null,
  runKey: null,
  durationMs: null,
};

test("a ping that came by mail names no method, as Healthchecks has it", () => {
  expect(pingJson(PING)).toMatchObject({ n: 3, type: "fail", scheme: "http", method: "POST", remote_addr: "", ua: "" });
  expect(pingJson({ ...PING, method: "MAIL" })).toMatchObject({ scheme: "email", method: "" });
  expect(pingJson(PING)).not.toHaveProperty("rid");
  expect(pingJson({ ...PING, runKey: "a1", durationMs: 1_500 })).toMatchObject({ rid: "a1", duration: 1.5 });
});
