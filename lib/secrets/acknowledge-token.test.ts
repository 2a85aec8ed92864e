import { beforeEach, expect, test } from "vitest";
import { isSignedFor, makeAcknowledgeToken, parseAcknowledgeToken } from "./acknowledge-token";
import { setSecretKey } from "./key";

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0);
const claim = { alertId: "alr_01abc", deliveryId: "dlv_02def", expiresAt: NOW + 60_000 };
const isRight = (token: string, alertId = claim.alertId) => {
  const parsed = parseAcknowledgeToken(token);
  return parsed !== null && isSignedFor(alertId, parsed);
};

beforeEach(() => setSecretKey("k".repeat(32)));

test("a token names its delivery and its end, and is signed for one alert", () => {
  const token = makeAcknowledgeToken(claim);
  expect(token).toMatch(/^[\w-]{43}\.02def\.[0-9a-z]{6}$/);
  expect(parseAcknowledgeToken(token)).toMatchObject({ deliveryId: "dlv_02def", expiresAt: claim.expiresAt });
  expect(isRight(token)).toBe(true);
  expect(isRight(token, "alr_other")).toBe(false);
});

test("a token that is altered anywhere is none, nor is one of another key", () => {
  const token = makeAcknowledgeToken(claim);
  for (let at = 0; at < token.length; at++) {
    for (const sign of ["A", "b", "0", "9", ".", "_", "-", "é", ""]) {
      if (sign !== token[at]) expect(isRight(token.slice(0, at) + sign + token.slice(at + 1))).toBe(false);
    }
  }
  for (const text of ["", "x", token.slice(1), `${token}0`, `${token}.`, `\n${token}`, token.replaceAll(".", "..")])
    expect(isRight(text)).toBe(false);
  setSecretKey("l".repeat(32));
  expect(isRight(token)).toBe(false);
});
