import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { AGENT_SCRIPT, offlineDelayMinutes } from "./client";

test("the SHA-256 that Belfry shows is that of the script that it serves", () => {
  const script = readFileSync(`public${AGENT_SCRIPT.path}`);
  // Not the same? The script was changed: put this hash into AGENT_SCRIPT.
  expect(createHash("sha256").update(script).digest("hex")).toBe(AGENT_SCRIPT.sha256);
});

test("pain 32: a client that is switched off often has days, any other minutes, and each what is set for it", () => {
  expect(offlineDelayMinutes({ offlineAfterMinutes: null, intermittent: false })).toBe(5);
  expect(offlineDelayMinutes({ offlineAfterMinutes: null, intermittent: true })).toBe(4_320);
  expect(offlineDelayMinutes({ offlineAfterMinutes: 0, intermittent: true })).toBe(0);
});
