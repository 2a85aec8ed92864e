import { expect, test } from "vitest";
import type { SignalState } from "@/lib/core/signal";
import { FOLD_MS, type FoldStep, foldSignals, type KnownRun, type PendingSignal } from "./fold";

const T = Date.UTC(2026, 10, 20, 3, 0, 0);

type Said = [receiver: string, state: SignalState, afterMs: number, more?: Partial<PendingSignal>];

function signal([receiver, state, afterMs, more]: Said, index: number): PendingSignal {
  const none = { runKey: null, startedAt: null, finishedAt: null, durationMs: null, found: null };
  return { id: `s${index}`, receiver, state, at: T + afterMs, ...none, ...more };
}

interface Options {
  runs?: KnownRun[];
  now?: number;
}

function fold(said: Said[], { runs = [], now = T + 3_600_000 }: Options = {}) {
  let made = 0;
  const options = { now, newRunId: () => `run${++made}` };
  return foldSignals(runs, said.map(signal), options);
}

/** The steps in words: `begin run1`, `settle run1 failure`. */
const words = (steps: FoldStep[]) =>
  steps.map((step) =>
    [step.kind, "runId" in step ? step.runId : "", "status" in step ? step.status : ""].join(" ").trim(),
  );

function known(run: Partial<KnownRun>): KnownRun {
  const none = { runKey: null, startedAt: T, finishedAt: null, isGivenUp: false, found: null, said: [] };
  return { id: "old", status: "running", ...none, ...run };
}

test("a start and an end are one run, with its times", () => {
  const { steps } = fold([
    ["healthchecks", "start", 0],
    ["healthchecks", "log", 60_000],
    ["healthchecks", "success", 60_010],
  ]);
  expect(words(steps)).toEqual(["begin run1", "attach run1", "settle run1 success"]);
  expect(steps.at(-1)).toMatchObject({ isNew: false, startedAt: T, finishedAt: T + 60_010, signals: ["s2"] });
});

test("a failing run of borgmatic with every hook that speaks by default is one run", () => {
  const { steps } = fold([
    ["cronitor", "start", 0],
    ["healthchecks", "start", 4],
    ["loki", "start", 7],
    ["sentry", "start", 9],
    ["kuma", "start", 11],
    ["watchgoose", "start", 14],
    ["healthchecks", "log", 2_000],
    ["watchgoose", "log", 2_003],
    ["json", "failure", 2_005],
    ["cronitor", "failure", 2_007],
    ["healthchecks", "failure", 2_010],
    ["loki", "failure", 2_013],
    ["ntfy", "failure", 2_015],
    ["sentry", "failure", 2_018],
    ["kuma", "failure", 2_020],
    ["watchgoose", "failure", 2_024],
    ["zabbix", "failure", 2_030],
  ]);
  expect(words(steps).filter((word) => !word.startsWith("attach"))).toEqual(["begin run1", "settle run1 failure"]);
  expect(steps.flatMap((step) => ("signals" in step ? step.signals : []))).toHaveLength(17);
});

test("an end waits a moment for what else is said about it", () => {
  const said: Said[] = [["cronitor", "failure", 0]];
  expect(fold(said, { now: T + 500 })).toEqual({ steps: [], wakeAt: T + 1_000 });
  expect(words(fold(said, { now: T + 1_000 }).steps)).toEqual(["settle run1 failure"]);
});

test("an end without a start is a run of its own, which began as long before as it says it took", () => {
  const [step] = fold([["kuma", "success", 0, { durationMs: 5_000 }]]).steps;
  expect(step).toMatchObject({ kind: "settle", isNew: true, startedAt: T - 5_000, finishedAt: T });
});

test("a client that tries again after a lost answer changes nothing", () => {
  const ended = known({
    status: "failure",
    finishedAt: T,
    said: [{ receiver: "healthchecks", state: "failure", at: T }],
  });
  expect(words(fold([["healthchecks", "failure", 3_000]], { runs: [ended] }).steps)).toEqual(["attach old"]);
  const later: Said[] = [["healthchecks", "failure", FOLD_MS + 60_000]];
  expect(words(fold(later, { runs: [ended] }).steps)).toEqual(["settle run1 failure"]);
});

test("a success of another hook never takes back a failure, also one that was reported already", () => {
  expect(
    words(
      fold([
        ["healthchecks", "failure", 0],
        ["kuma", "success", 20],
      ]).steps,
    ),
  ).toEqual(["settle run1 failure"]);
  expect(
    words(
      fold([
        ["kuma", "success", 0],
        ["healthchecks", "failure", 20],
      ]).steps,
    ),
  ).toEqual(["settle run1 failure"]);
  const ended = known({
    status: "failure",
    finishedAt: T,
    said: [{ receiver: "healthchecks", state: "failure", at: T }],
  });
  expect(words(fold([["kuma", "success", 2_000]], { runs: [ended] }).steps)).toEqual(["attach old"]);
});

test("a failure that comes after a success was notified is a result that nobody has heard of", () => {
  const ended = known({ status: "success", finishedAt: T, said: [{ receiver: "kuma", state: "success", at: T }] });
  expect(words(fold([["healthchecks", "failure", 2_000]], { runs: [ended] }).steps)).toEqual(["settle run1 failure"]);
});

test("two configuration files that share one address are two runs: the second success does not hide the first failure", () => {
  const { steps } = fold([
    ["healthchecks", "start", 0],
    ["healthchecks", "failure", 1_000],
    ["healthchecks", "start", 1_050],
    ["healthchecks", "success", 2_000],
  ]);
  expect(words(steps).sort()).toEqual(["begin run1", "begin run2", "settle run1 failure", "settle run2 success"]);
});

test("the same protocol says another result soon after: that is another run", () => {
  const ended = known({
    status: "failure",
    finishedAt: T,
    said: [{ receiver: "healthchecks", state: "failure", at: T }],
  });
  expect(words(fold([["healthchecks", "success", 5_000]], { runs: [ended] }).steps)).toEqual(["settle run1 success"]);
});

test("run ids keep overlapping runs apart", () => {
  const { steps } = fold([
    ["healthchecks", "start", 0, { runKey: "a" }],
    ["healthchecks", "start", 10, { runKey: "b" }],
    ["healthchecks", "failure", 5_000, { runKey: "a" }],
    ["healthchecks", "success", 6_000, { runKey: "b" }],
  ]);
  expect(words(steps)).toEqual(["begin run1", "begin run2", "settle run1 failure", "settle run2 success"]);
});

test("a run whose end nobody reported is given up when another begins, and a late report of another run does not touch it", () => {
  const steps = fold([["healthchecks", "start", 86_400_000]], {
    runs: [known({ said: [{ receiver: "healthchecks", state: "start", at: T }] })],
    now: T + 86_400_100,
  }).steps;
  expect(words(steps)).toEqual(["giveUp old", "begin run1"]);
});

test("a success that comes after a run was given up corrects it; a failure adds nothing", () => {
  const lost = known({ status: "failure", finishedAt: T + 1_000, isGivenUp: true });
  const [step] = fold([["healthchecks", "success", 7_200_000]], { runs: [lost] }).steps;
  expect(step).toMatchObject({ kind: "settle", runId: "old", isCorrection: true, status: "success" });
});

test("a log that comes before its end joins it, and one that belongs to nothing is dropped after a moment", () => {
  const joined = fold([
    ["healthchecks", "log", 0],
    ["healthchecks", "success", 20],
  ]).steps;
  expect(joined).toMatchObject([{ kind: "settle", signals: ["s0", "s1"] }]);
  expect(words(fold([["healthchecks", "log", 0]]).steps)).toEqual(["drop"]);
  expect(fold([["healthchecks", "log", 0]], { now: T + 100 })).toEqual({ steps: [], wakeAt: T + 2_000 });
});

test("what keywords find makes a success a warning or a failure, and never a failure a success", () => {
  const warned: Said[] = [
    ["healthchecks", "start", 0],
    ["healthchecks", "log", 10, { found: "warning" }],
    ["kuma", "success", 20],
  ];
  expect(words(fold(warned).steps).at(-1)).toBe("settle run1 warning");
  expect(words(fold([["healthchecks", "success", 0, { found: "failure" }]]).steps)).toEqual(["settle run1 failure"]);
  expect(words(fold([["healthchecks", "failure", 0, { found: "success" }]]).steps)).toEqual(["settle run1 failure"]);
  const early: Said[] = [
    ["healthchecks", "log", 0, { found: "warning" }],
    ["healthchecks", "success", 20],
  ];
  expect(words(fold(early).steps)).toEqual(["settle run1 warning"]);
});

test("what keywords found in an earlier part of the run counts", () => {
  const run = known({ found: "warning", said: [{ receiver: "healthchecks", state: "log", at: T }] });
  expect(words(fold([["healthchecks", "success", 60_000]], { runs: [run] }).steps)).toEqual(["settle old warning"]);
});

test("times that a sender names are believed only when they can be true", () => {
  const tomorrow = { startedAt: T + 86_400_000, finishedAt: T + 86_400_000 };
  expect(fold([["duplicati", "success", 0, tomorrow]]).steps[0]).toMatchObject({ startedAt: null, finishedAt: T });
  const named = { startedAt: T - 60_000, finishedAt: T - 5_000 };
  expect(fold([["duplicati", "success", 0, named]]).steps[0]).toMatchObject({
    startedAt: T - 60_000,
    finishedAt: T - 5_000,
  });
});
