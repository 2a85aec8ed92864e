import { eq, inArray } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import type { Actor } from "@/lib/auth/access/actor";
import type { EventDraft } from "@/lib/core/event";
import { emit } from "@/lib/dispatch/emit";
import {
  addChannel,
  addRule,
  setNotifications,
  startPipeline,
  startReceiver,
  until,
} from "@/lib/dispatch/pipeline-fixture";
import { CATALOG, type EventType, eventType, ruledOutcomeOf } from "@/lib/events/catalog";
import { channelsUpdate } from "@/lib/services/channels/update";
import { silencesCreate } from "@/lib/services/silences/create";
import { silencesUpdate } from "@/lib/services/silences/update";
import { notificationsSnooze } from "./snooze";

/*
 * Every event of the catalogue, over first, repeat, resolve and recur, through channels that work, that fail, and that
 * work again from the resolution on, each as it is, silenced, in quiet hours, muted, and with its alert snoozed.
 */

const PHASES = ["first", "repeat", "resolve", "recur", "release"] as const;
const STATES = ["healthy", "failing", "back again"] as const;
/** By channel, so that all of them can be tried at once; a snooze is of the alert, whatever the channel. */
const OF_CHANNELS = ["nothing", "silence that holds", "silence that drops", "quiet hours", "mute"] as const;
const OF_ALERTS = ["snooze"] as const;

type Phase = (typeof PHASES)[number];
type State = (typeof STATES)[number];
type Hold = (typeof OF_CHANNELS)[number] | (typeof OF_ALERTS)[number];

/** What arrives, phase by phase: `P` a problem, `R` its recovery, `N` a note that is neither. */
const TABLE = {
  "problem, each occurrence": {
    sent: { healthy: "P P R P -", "back again": "- - R P -" },
    held: { healthy: "- - - - RP", "back again": "- - - - RP" },
  },
  "problem, the first occurrence": {
    sent: { healthy: "P - R P -", "back again": "- - R P -" },
    held: { healthy: "- - - - RP", "back again": "- - - - RP" },
  },
  note: {
    sent: { healthy: "N N - N -", "back again": "- - NN N -" },
    held: { healthy: "- - - - NNN", "back again": "- - - - NNN" },
  },
} as const;
/** A note that ends problems comes once more with the end of each. @param ends how many types it ends */
function noteThatEnds(ends: number) {
  const more = "N".repeat(ends);
  return {
    sent: { healthy: `N N ${more} N -`, "back again": `- - NN${more} N -` },
    held: { healthy: `- - - - NNN${more}`, "back again": `- - - - NNN${more}` },
  };
}
const NOTHING = "- - - - -";
const SIGNS: Record<string, string> = { firing: "P", resolved: "R" };

const admin: Actor = { kind: "command", id: null, name: "Ana", role: "admin", address: null };
const HOUR = 3_600_000;
const timeAhead = () => new Date(Date.now() + 8 * HOUR).toISOString();

/** An occurrence of a type about a subject of its own; what a caller brings is a problem. */
function occurrence(entry: EventType): EventDraft {
  const { subject, data, custom } = entry.sample(Date.now());
  const id = `of_${entry.type.replace(/\W/g, "_")}`;
  return {
    type: entry.type,
    subject: { ...subject, id },
    data: data.job ? { ...data, job: { ...data.job, id } } : data,
    ...(custom && { custom: { ...custom, tone: "failure", severity: "critical", dedupKey: id } }),
  };
}

function isProblem(entry: EventType): boolean {
  return entry.canBeProblem && entry.dedupKey(occurrence(entry)) !== null;
}

/** What ends the problem of a type: the event that the catalogue names for it, or the same that says so. */
function endingOf(entry: EventType): EventDraft {
  const problem = occurrence(entry);
  const key = entry.dedupKey(problem);
  for (const other of CATALOG) {
    const draft = { ...occurrence(other), subject: problem.subject };
    if (other !== entry && other.resolves(draft).some((one) => one.key === key))
      return { ...draft, data: { ...draft.data, job: problem.data.job } };
  }
  return { ...problem, status: "resolved" };
}

function expectedOf(entry: EventType, hold: Hold, state: State): string {
  if (state === "failing" || hold === "silence that drops") return NOTHING;
  const isEach = entry.repeat === "every";
  // An event that the rules of another job take is not theirs.
  const isEnded = (one: EventType) => isProblem(one) && endingOf(one).type === entry.type && entry.audience !== "job";
  const ends = CATALOG.filter(isEnded).length;
  const expected = isProblem(entry)
    ? TABLE[`problem, ${isEach ? "each" : "the first"} occurrence`]
    : ends > 0
      ? noteThatEnds(ends)
      : TABLE.note;
  // Critical notifications pass quiet hours. A snooze holds reminders and escalation only.
  const severity = occurrence(entry).custom?.severity ?? entry.severity;
  const passes = hold === "nothing" || hold === "snooze" || (hold === "quiet hours" && severity === "critical");
  return expected[passes ? "sent" : "held"][state];
}

interface Cell {
  channelId: string;
  type: string;
  hold: Hold;
  state: State;
  arrived: Record<Phase, string>;
}

/** A channel for each type, hold and state, and rules and settings that send each type to its own. */
async function setUp(holds: readonly Hold[], urlOf: (index: number) => string): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const { type } of CATALOG)
    for (const hold of holds)
      for (const state of STATES) {
        const channelId = await addChannel(`${type} ${hold} ${state}`, "webhook", { url: urlOf(cells.length) });
        const arrived = { first: "", repeat: "", resolve: "", recur: "", release: "" };
        cells.push({ channelId, type, hold, state, arrived });
      }
  const more = { notifyUser: "none", remindHours: null, notifyOnRecovery: true };
  const events = CATALOG.map(({ type, repeat }) => {
    const channels = cells.flatMap((cell) => (cell.type === type ? [cell.channelId] : []));
    return [type, { ...more, enabled: true, channels, repeat }] as const;
  });
  await setNotifications({ events: Object.fromEntries(events) });
  for (const { channelId, type } of cells) {
    const outcome = ruledOutcomeOf(type);
    const { repeat } = eventType(type);
    const jobId = occurrence(eventType(type)).data.job?.id ?? "";
    if (outcome) await addRule(jobId, channelId, "custom", { states: [outcome], repeat });
  }
  return cells;
}

/** Begins what holds, by channel. @returns what ends it */
async function hold(cells: readonly Cell[]): Promise<() => Promise<void>> {
  const ends: (() => Promise<unknown>)[] = [];
  for (const { hold, channelId: id } of cells) {
    const update = (change: object) => channelsUpdate.call(admin, { id, ...change });
    if (hold === "quiet hours") {
      await update({ quietHours: { from: "00:00", to: "00:00", timezone: "UTC" } });
      ends.push(() => update({ quietHours: null }));
    } else if (hold === "mute") {
      await update({ mutedUntil: timeAhead() });
      ends.push(() => update({ mutedUntil: null }));
    } else if (hold.startsWith("silence")) {
      const conditions = [{ field: "channel", value: id }];
      const effect = hold === "silence that drops" ? "drop" : "hold";
      const silence = await silencesCreate.call(admin, { reason: "work", effect, conditions });
      ends.push(() => silencesUpdate.call(admin, { id: silence.id, endsAt: new Date().toISOString() }));
    }
  }
  return async () => {
    for (const end of ends) await end();
  };
}

const isDown = (state: State | undefined, isBack: boolean) =>
  state === "failing" || (state === "back again" && !isBack);

/** Waits until everything has arrived, except through channels that are down: those have been tried. */
async function settled(cells: readonly Cell[], phase: Phase, isBack: boolean): Promise<void> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const states = new Map(cells.map(({ channelId, state }) => [channelId, state]));
  const columns = { channelId: d.channelId, attempts: d.attemptCount };
  const moving = phase === "release" ? (["pending", "sending", "held"] as const) : (["pending", "sending"] as const);
  await until(async () => {
    const waiting = await orm
      .select(columns)
      .from(d)
      .where(inArray(d.status, [...moving]));
    const tried = new Set(waiting.flatMap((row) => (row.attempts > 0 ? [row.channelId] : [])));
    return waiting.every(({ channelId }) => tried.has(channelId) && isDown(states.get(channelId ?? ""), isBack));
  }, 120_000);
}

/** Waits until no attempt is under way: what begins later knows how the alerts ended. */
async function noneUnderWay(): Promise<void> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const sending = () => orm.select({ id: d.id }).from(d).where(eq(d.status, "sending")).limit(1);
  await until(async () => (await sending()).length === 0, 120_000);
}

async function raise(entry: EventType, phase: Phase, cells: readonly Cell[]): Promise<void> {
  if (phase === "resolve") {
    if (isProblem(entry)) await emit(endingOf(entry));
  } else if (entry.audience !== "addressee") await emit(occurrence(entry));
  else
    for (const { channelId } of cells.filter(({ type }) => type === entry.type))
      await emit({ ...occurrence(entry), to: { channelId } });
}

async function snoozeAll(): Promise<void> {
  const { orm, t } = database();
  for (const { id } of await orm.select({ id: t.alerts.id }).from(t.alerts))
    await notificationsSnooze.call(admin, { id, until: timeAhead() });
}

/** What is stored at the end. */
async function readEnd() {
  const { orm, t } = database();
  const { deliveries: d, alerts: a } = t;
  return {
    deliveries: await orm
      .select({ channelId: d.channelId, status: d.status, reasonCode: d.reasonCode })
      .from(d)
      .orderBy(d.id),
    alerts: await orm.select({ type: a.type, status: a.status, count: a.count }).from(a).orderBy(a.openedAt),
  };
}

/** Takes all types through all phases at once, each through cells of its own. */
async function run(holds: readonly Hold[]) {
  let phase: Phase = "first";
  let isBack = false;
  const receiver = await startReceiver();
  const pipeline = await startPipeline();
  const cells = await setUp(holds, (index) => receiver.url(`/${index}`));
  const cellAt = (path: string) => cells[Number(path.slice(1))];
  receiver.answerWith((path, response) => {
    const refuses = isDown(cellAt(path)?.state, isBack);
    if (refuses) response.writeHead(503).end();
    return !refuses;
  });
  const release = await hold(cells);
  for (phase of PHASES) {
    if (phase === "release") await release();
    else for (const entry of CATALOG) await raise(entry, phase, cells);
    // Not before: a probe in between, or one under way, would report the problem, and then its end.
    if (phase === "resolve") await noneUnderWay();
    isBack ||= phase === "resolve";
    await settled(cells, phase, isBack);
    for (const { path, status } of receiver.received.splice(0)) {
      const cell = cellAt(path);
      if (cell) cell.arrived[phase] += SIGNS[status ?? ""] ?? "N";
    }
    if (phase === "first" && holds.includes("snooze")) await snoozeAll();
  }
  const end = await readEnd();
  await pipeline.stop();
  await receiver.stop();
  return { cells, ...end };
}

const runs: Awaited<ReturnType<typeof run>>[] = [];
beforeAll(async () => {
  for (const holds of [OF_CHANNELS, OF_ALERTS]) runs.push(await run(holds));
}, 900_000);

describe.each(CATALOG.map((entry) => [entry.type, entry] as const))("%s", (type, entry) => {
  test("arrives as the table says", () => {
    const cells = runs.flatMap((one) => one.cells).filter((cell) => cell.type === type);
    expect(cells).toHaveLength(STATES.length * (OF_CHANNELS.length + OF_ALERTS.length));
    const rows = (textOf: (cell: Cell) => string) =>
      cells.map((cell) => `${cell.hold}, ${cell.state}: ${textOf(cell)}`);
    const arrived = rows((cell) => PHASES.map((phase) => cell.arrived[phase] || "-").join(" "));
    expect(arrived).toEqual(rows((cell) => expectedOf(entry, cell.hold, cell.state)));
  });

  test("has one alert while it is a problem, and a new one when it comes again", () => {
    const expected = isProblem(entry)
      ? [
          { status: "resolved", count: 2 },
          { status: "firing", count: 1 },
        ]
      : [];
    for (const { alerts } of runs) expect(alerts.filter((one) => one.type === type)).toMatchObject(expected);
  });

  test("loses nothing: what has not arrived waits, or says why", () => {
    for (const { cells, deliveries } of runs)
      for (const cell of cells.filter((one) => one.type === type)) {
        const own = deliveries.filter(({ channelId }) => channelId === cell.channelId);
        expect(own.length, `${cell.hold}, ${cell.state}`).toBeGreaterThan(0);
        const open = own.filter(({ status }) => status !== "sent" && status !== "folded");
        if (cell.state === "failing" && cell.hold !== "silence that drops") {
          expect(open.length).toBeGreaterThan(0);
          // One may be under way at this moment.
          for (const { status } of open) expect(["pending", "sending"]).toContain(status);
          continue;
        }
        for (const { status, reasonCode } of open)
          expect([cell.hold, status, reasonCode]).toEqual(["silence that drops", "canceled", "silence_dropped"]);
      }
  });
});
