import { expect, test } from "vitest";
import { mergeRules } from "./merge-rules";
import type { JobNotificationRule } from "./routing";

const rule = (id: string, channelId: string): JobNotificationRule => ({
  id,
  channelId,
  condition: "failure",
  states: null,
  repeat: "every",
  remindHours: null,
  notifyOnRecovery: true,
  text: {},
});
const ids = (rules: JobNotificationRule[]) => rules.map(({ id }) => id);

test("a job's own rule replaces the profile's for that channel, and the others follow", () => {
  const ofProfile = [rule("p1", "a"), rule("p2", "b")];
  expect(ids(mergeRules([rule("own", "b"), rule("more", "c")], ofProfile))).toEqual(["own", "more", "p1"]);
  expect(ids(mergeRules([], ofProfile))).toEqual(["p1", "p2"]);
  expect(ids(mergeRules([rule("own", "a")], []))).toEqual(["own"]);
});
