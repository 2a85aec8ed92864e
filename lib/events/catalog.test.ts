import { describe, expect, it } from "vitest";
import { CATALOG, eventOfRun, jobOutcomeOf } from "./catalog";

const NOW = Date.UTC(2026, 0, 15, 2, 30);

describe.each(CATALOG.map((entry) => [entry.type, entry] as const))("%s", (type, entry) => {
  const sample = entry.sample(NOW);
  const draft = { type, ...sample };

  it("has a sample that its own schema takes whole", () => {
    expect(entry.data.parse(sample.data)).toEqual(sample.data);
  });

  it("says something in words", () => {
    const { title, message } = entry.text(draft);
    expect(title).not.toBe("");
    expect(message).not.toBe("");
    if (entry.canNotifyUser) expect(entry.textForUser?.(draft).title).not.toBe(title);
  });

  it("ends problems that other events open on the same subject", () => {
    for (const { key } of entry.resolves(draft)) {
      const openers = CATALOG.filter((other) => other.dedupKey({ ...draft, type: other.type }) === key);
      expect(openers.map((other) => other.tone)).toEqual([expect.stringMatching(/failure|warning/)]);
    }
  });
});

it("every outcome of a run has one event, and a job's event says which it is", () => {
  for (const state of ["start", "success", "warning", "failure", "missed"] as const) {
    expect(jobOutcomeOf(eventOfRun("backup", state).type)).toBe(state);
  }
  // A restore in part is no completed one.
  expect(eventOfRun("restore", "warning").type).toBe("restore.failed");
  expect(eventOfRun("restore_test", "warning").type).toBe("restore_test.failed");
  expect(eventOfRun("config_backup", "failure").type).toBe("config_backup.failed");
  expect(() => eventOfRun("restore", "missed")).toThrow("No event reports");
  expect(jobOutcomeOf("restore.failed")).toBeUndefined();
});
