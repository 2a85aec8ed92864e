import { expect, test } from "vitest";
import { repositoryChanges, repositoryDraftOf } from "./repository-draft";

const repository = {
  name: "offsite",
  location: "/srv/borg",
  hostKey: null,
  retention: { daily: 7 },
  compactsAfterPrune: true,
  schedules: { check: "0 4 * * 0", compact: null, prune: null, timezone: "Europe/Zurich" },
  threshold: { percent: 90 },
};

test("only what was changed is sent, and a blank schedule is none", () => {
  const saved = repositoryDraftOf(repository, "UTC");
  expect(repositoryChanges(saved, saved)).toEqual({});
  expect(repositoryChanges(saved, { ...saved, check: " ", prune: "0 5 * * *" })).toEqual({
    schedules: { check: null, compact: null, prune: "0 5 * * *", timezone: "Europe/Zurich" },
  });
  expect(repositoryChanges(saved, { ...saved, keep: { ...saved.keep, daily: "" } })).toEqual({ retention: null });
  expect(repositoryChanges(saved, { ...saved, keep: { ...saved.keep, weekly: "4" } })).toEqual({
    retention: { daily: 7, weekly: 4 },
  });
});

test("a threshold is sent as it is typed, and not when it was left alone", () => {
  const saved = repositoryDraftOf({ ...repository, threshold: { freeBytes: 2 * 1024 ** 3 } }, "UTC");
  expect(saved.threshold).toEqual({ kind: "freeBytes", amount: "2" });
  expect(repositoryChanges(saved, saved)).toEqual({});
  const typed = { kind: "percent" as const, amount: "75,5" };
  expect(repositoryChanges(saved, { ...saved, threshold: typed })).toEqual({ threshold: { percent: 75.5 } });
});

test("a first schedule is in the reader's zone", () => {
  const none = { ...repository, schedules: { check: null, compact: null, prune: null, timezone: "UTC" } };
  expect(repositoryDraftOf(none, "Europe/Zurich").timezone).toBe("Europe/Zurich");
});
