import { expect, it } from "vitest";
import { textDraftOf } from "@/components/channel/texts/text-draft";
import { NEW_EXTERNAL } from "./external-draft";
import {
  changesOf,
  draftChanges,
  draftOf,
  gapsOf,
  jobRequest,
  newJobDraft,
  newJobRequest,
  tabOfField,
  tabsOf,
} from "./job-draft";
import { newMonitorRule, newRule } from "./rule-draft";

const draft = {
  ...newJobDraft({ timezone: "Europe/Berlin", sourceId: "src_1", destinationId: "dst_1" }),
  name: "shop",
};

it("pain 20: a new rule starts as On Failure", () => {
  expect(newRule("chn_1").condition).toBe("failure");
});

it("a rule of a monitor starts with every state that its service can show, every time", () => {
  const states = ["success", "warning", "failure"] as const;
  expect(jobRequest({ ...draft, rules: [newMonitorRule("chn_1", states)] }).notifications).toMatchObject([
    { condition: "custom", states: [...states], repeat: "every" },
  ]);
});

it("rule 14: saving sends only what was changed", () => {
  const saved = jobRequest(draft);
  expect(changesOf(saved, jobRequest(draft))).toEqual({});
  expect(changesOf(saved, jobRequest({ ...draft, rules: [newRule("chn_1")], keepLast: "3" }))).toEqual({
    retention: { keepLast: 3 },
    notifications: [expect.objectContaining({ channelId: "chn_1", condition: "failure" })],
  });
});

it("a job of a client is sent with its name there, and without what only Belfry's own jobs have", () => {
  const client = { ...draft, executor: "client" as const, clientId: "cli_1", clientJob: " www " };
  const request = newJobRequest(client);
  expect(request).toMatchObject({ kind: "client", clientId: "cli_1", clientJob: "www", retries: 0 });
  expect(Object.keys(request)).not.toContain("sourceId");
  expect(tabsOf(client, true)).not.toContain("retention");
  expect(gapsOf({ ...client, clientId: "", clientJob: "", sourceId: "", keepLast: "" })).toEqual({
    clientId: expect.any(String),
    clientJob: expect.any(String),
  });
  expect(draftChanges(client, { ...client, clientJob: "files" })).toEqual({ clientJob: "files" });
});

it("a job that another program runs is sent with when it is expected and its words, and has neither source nor retries", () => {
  const external = { ...NEW_EXTERNAL, period: "6", periodUnit: "hours" as const, failureWords: "FATAL\n\n ERROR " };
  const elsewhere = { ...draft, executor: "external" as const, external };
  const request = newJobRequest(elsewhere);
  expect(request).toMatchObject({ kind: "external", schedule: { periodMinutes: 360 }, methods: "any" });
  expect(request).toMatchObject({ keywords: { failure: ["FATAL", "ERROR"], success: [] } });
  expect(Object.keys(request).filter((name) => ["sourceId", "retries"].includes(name))).toEqual([]);
  expect(tabsOf(elsewhere, true)).toEqual(["general", "schedule", "notifications", "advanced"]);
  expect(tabsOf(elsewhere, false)[0]).toBe("reporting");
  expect(gapsOf({ ...elsewhere, sourceId: "", external: { ...external, period: "" } })).toEqual({
    "schedule.periodMinutes": "Enter a number.",
  });
  const timer = { ...elsewhere, external: { ...external, expected: "onCalendar" as const } };
  expect(draftChanges(elsewhere, timer)).toEqual({ schedule: { onCalendar: "*-*-* 02:00", timezone: draft.timezone } });
});

it("asks of a source that stores its backups by itself for no destination, and names none", () => {
  const itself = { ...draft, storesItself: true, repositoryId: "rep_1", restoreTests: "run" as const, keepLast: "" };
  const request = newJobRequest(itself);
  expect(request).toMatchObject({ repositoryId: null, restoreTestDays: null });
  expect(Object.keys(request)).not.toContain("destinationIds");
  expect(jobRequest(itself).destinationIds).toEqual([]);
  expect(gapsOf({ ...itself, destinationIds: [], repositoryId: "" })).toEqual({});
  expect(tabsOf(itself, true)).toEqual(["general", "schedule", "notifications", "advanced"]);
});

it("restores a draft from what was saved", () => {
  const rule = {
    ...newRule("chn_1"),
    condition: "custom" as const,
    states: ["start" as const],
    afterCount: "3",
    afterHours: "24",
    text: textDraftOf({ tags: ["a", "b"], outcomes: { failure: { title: "{{job.name}} is down", sound: "siren" } } }),
    logLimit: "64",
  };
  const input = jobRequest({ ...draft, rules: [rule], timeLimitMinutes: "90" });
  const stored = {
    ...input,
    id: "job_1",
    storesItself: false,
    notifications: input.notifications.map((one) => ({
      ...one,
      states: one.states ?? null,
      remindHours: one.remindHours ?? null,
      title: one.title ?? null,
      message: one.message ?? null,
      priority: one.priority ?? null,
      tags: one.tags ?? null,
      showFacts: one.showFacts ?? null,
      sound: one.sound ?? null,
      mentions: one.mentions ?? null,
      afterCount: one.afterCount ?? null,
      afterHours: one.afterHours ?? null,
      escalationPolicyId: null,
      outcomes: one.outcomes ?? null,
    })),
  };
  expect(input.notifications[0]).toMatchObject({ tags: ["a", "b"], outcomes: { failure: { sound: "siren" } } });
  expect(jobRequest(draftOf(stored, "UTC"))).toEqual(input);
});

it("names what is missing beside its field, and each field is on one tab", () => {
  const gaps = gapsOf({
    ...draft,
    name: " ",
    keepLast: "",
    rules: [{ ...newRule("c"), condition: "custom", states: [] }],
  });
  expect(Object.keys(gaps)).toEqual(["name", "retention.keepLast", "notifications[0].states"]);
  expect(Object.keys(gaps).map(tabOfField)).toEqual(["general", "retention", "notifications"]);
  expect(["schedule.cron", "graceMinutes", "retries", "destinationIds[0]"].map(tabOfField)).toEqual([
    "schedule",
    "schedule",
    "advanced",
    "general",
  ]);
});
