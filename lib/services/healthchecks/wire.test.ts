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
  hasText: false,
};
const CHECK = "https://belfry.example/api/v3/checks/x";

test("a ping that came by mail names no method, as Healthchecks has it", () => {
  expect(pingJson(PING, CHECK)).toMatchObject({
    n: 3,
    type: "fail",
    scheme: "http",
    method: "POST",
    remote_addr: "",
    ua: "",
  });
  expect(pingJson({ ...PING, method: "MAIL" }, CHECK)).toMatchObject({ scheme: "email", method: "" });
  expect(pingJson(PING, CHECK)).not.toHaveProperty("rid");
  expect(pingJson({ ...PING, runKey: "a1", durationMs: 1_500 }, CHECK)).toMatchObject({ rid: "a1", duration: 1.5 });
  expect(pingJson(PING, CHECK)).toMatchObject({ date: "2026-11-27T03:00:00.250000+00:00", body_url: null });
  expect(pingJson({ ...PING, hasText: true }, CHECK).body_url).toBe(`${CHECK}/pings/3/body`);
});
