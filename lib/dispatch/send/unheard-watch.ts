import { databaseNow } from "@/db/database-clock";
import { settingValue } from "@/db/queries/dispatch";
import { overdueUnheard } from "@/db/queries/unheard";
import { insertDeliveries } from "@/db/stores/deliveries";
import { plannedDelivery } from "@/db/stores/new-delivery";
import { NOTIFICATION_SETTINGS } from "@/db/stores/routing";
import {
  announceReachedNobody,
  clearHeard,
  readStatesOf,
  readUnheardFacts,
  settleUnheard,
  type UnheardFacts,
} from "@/db/stores/unheard";
import { type Steps, type Tx, transact } from "@/db/transact";
import { reasonSentence } from "@/lib/core/delivery-reason";
import type { EventDraft } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import type { DeliveryDraft, RoutingSnapshot } from "@/lib/core/routing";
import { topicCache } from "@/lib/core/topic-cache";
import type { UnheardAlert } from "@/lib/policy/fallback";
import { decideFallback } from "@/lib/policy/pipeline";
import type { Situation } from "@/lib/policy/plan";
import { judgeUnheard, type UnheardVerdict } from "@/lib/policy/unheard-verdict";
import { readNotificationSettings } from "../plan/notification-settings";
import { readSituations } from "../plan/read-situation";
import { RoutingReader } from "../plan/routing-snapshot";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("unheard");

/** How often it is looked without a notice. */
const INTERVAL_MS = 15_000;
/** Alerts and deliveries that change together make one look. */
const GATHER_MS = 2_000;
/** After a start, and when the clock leapt, what waits is tried first: at most so long. */
const GRACE_MS = 120_000;
/** More than clocks are adjusted by. */
const LEAP_MS = 30_000;
/** Alerts of one transaction. */
const PAGE = 100;

/** The settings of the fallback, and after how long it counts. */
export const fallbackSettings = topicCache("settings", async () => {
  const settings = readNotificationSettings(await settingValue(NOTIFICATION_SETTINGS));
  return { channelIds: settings.fallbackChannels, afterMinutes: settings.fallbackAfterMinutes };
});

export interface WatchClock {
  /** Milliseconds, by the database's clock. */
  now(): number;
  /** Milliseconds, by a clock that nobody sets. */
  uptime(): number;
}

const CLOCK: WatchClock = { now: databaseNow, uptime: () => performance.now() };

/**
 * Gives alerts that no channel has taken in time to the fallback channels. What it knows is in the rows: several processes
 * may look at once, and a crash loses nothing.
 */
export class UnheardWatch {
  private lastLook: { now: number; uptime: number } | null = null;
  /** By the clock that nobody sets: from when the time that has passed is believed. */
  private believedFrom: number;
  private lastCount: number | null = null;

  constructor(private readonly clock: WatchClock = CLOCK) {
    this.believedFrom = clock.uptime() + GRACE_MS;
  }

  async look(): Promise<void> {
    const { channelIds, afterMinutes } = await fallbackSettings.read();
    const afterMs = afterMinutes * 60_000;
    const now = this.clock.now();
    await transact([], clearHeard);
    if (this.mayJudge(now, afterMs)) await this.judgeOverdue(now, afterMs, { channelIds, afterMinutes });
    const [before, until] = [this.lastCount, now - afterMs];
    this.lastCount = await transact([], (tx) => announceReachedNobody(tx, { now, until, before }));
  }

  /** False shortly after a start and after a leap of the clock: nothing has been tried in the time that seems to have passed. */
  private mayJudge(now: number, afterMs: number): boolean {
    const uptime = this.clock.uptime();
    const grace = Math.min(GRACE_MS, afterMs);
    const passed = this.lastLook ? now - this.lastLook.now - (uptime - this.lastLook.uptime) : 0;
    if (Math.abs(passed) > LEAP_MS) this.believedFrom = uptime + GRACE_MS;
    this.lastLook = { now, uptime };
    return uptime >= this.believedFrom - GRACE_MS + grace;
  }

  private async judgeOverdue(now: number, afterMs: number, fallback: Fallback): Promise<void> {
    for (;;) {
      const page = await overdueUnheard(now - afterMs, PAGE);
      if (page.length === 0) return;
      const keys = page.map(({ dedupKey }) => dedupKey);
      const ids = page.map(({ id }) => id);
      const given = await transact(keys, (tx) => judgePage(tx, { ids, now, until: now - afterMs, fallback }));
      if (given > 0) log.warn("no channel has taken these alerts in time", { count: given, ...fallback });
      if (page.length < PAGE) return;
    }
  }
}

/** Looks at an interval, and soon after alerts, deliveries, channels or settings change. */
export function unheardLoop(): Loop {
  const watch = new UnheardWatch();
  return new Loop(
    {
      name: "alerts that nobody got",
      intervalMs: INTERVAL_MS,
      topics: ["alerts", "deliveries", "settings"],
      gatherMs: GATHER_MS,
      runsAtStart: true,
    },
    async () => {
      try {
        await watch.look();
      } catch (error) {
        noticeStorageFault(error);
        throw error;
      }
    },
  );
}

interface Fallback {
  channelIds: readonly string[];
  afterMinutes: number;
}

interface Page {
  ids: readonly string[];
  now: number;
  /** What counts since later than this is not judged yet. */
  until: number;
  fallback: Fallback;
}

/** @returns how many alerts nobody has taken */
function* judgePage(tx: Tx, { ids, now, until, fallback }: Page): Steps<number> {
  const facts = yield* readUnheardFacts(tx, ids, until);
  const verdicts = new Map<UnheardFacts, UnheardVerdict>();
  for (const one of facts) verdicts.set(one, judgeUnheard(one.alert, one.deliveries, now));
  const unheard = facts.filter((one) => verdicts.get(one)?.kind === "unheard" && one.event !== null);
  const planned = yield* planFallbacks(tx, fallback.channelIds.length > 0 ? unheard : [], now, fallback);
  for (const { facts: one, drafts } of planned) verdicts.set(one, withoutSilenced(drafts));
  const all = [...verdicts].map(([{ alert }, verdict]) => ({ id: alert.id, verdict }));
  const given = all.flatMap(({ id, verdict }) => (verdict.kind === "unheard" ? [id] : []));
  const over = all.flatMap(({ id, verdict }) => (verdict.kind === "over" ? [id] : []));
  const later = all.flatMap(({ id, verdict }) => (verdict.kind === "later" ? [{ id, from: verdict.from }] : []));
  yield* settleUnheard(tx, { over, given, later }, now);
  const rows = planned.flatMap(({ facts: one, drafts }) =>
    given.includes(one.alert.id)
      ? drafts.map((draft) => plannedDelivery(one.event?.id ?? "", draft, databaseNow()))
      : [],
  );
  yield* insertDeliveries(tx, rows);
  if (rows.length > 0) tx.notices.push({ topic: "deliveries", ids: [...new Set(rows.map((row) => row.channelId))] });
  return given.length;
}

/** What a silence takes on its way to the fallback channels was left out on purpose. */
function withoutSilenced(drafts: readonly DeliveryDraft[]): UnheardVerdict {
  const isSilenced = drafts.length > 0 && drafts.every(({ hold }) => hold?.by === "silence");
  if (!isSilenced) return { kind: "unheard" };
  const ends = drafts.flatMap(({ status, hold }) => (status === "held" && hold ? [hold.until] : []));
  return ends.length > 0 ? { kind: "later", from: Math.min(...ends) } : { kind: "over" };
}

/** What would go to the fallback channels about each. */
function* planFallbacks(
  tx: Tx,
  unheard: readonly UnheardFacts[],
  now: number,
  fallback: Fallback,
): Steps<{ facts: UnheardFacts; drafts: DeliveryDraft[] }[]> {
  if (unheard.length === 0) return [];
  const routing = yield* new RoutingReader().read(tx, false);
  const happenings = unheard.map((one) => ({ draft: draftOf(one), at: one.event?.at ?? now, now }));
  const situations = yield* readSituations(tx, happenings, routing);
  const channelIds = unheard.flatMap(({ deliveries }) => deliveries.flatMap(({ channelId }) => channelId ?? []));
  const states = new Map((yield* readStatesOf(tx, [...new Set(channelIds)])).map((one) => [one.channelId, one]));
  return unheard.map((facts, index) => {
    const situation = situations[index] as Situation;
    return { facts, drafts: decideOne(situation, facts, states, routing, fallback) };
  });
}

/** An error costs this alert its fallback, and is seen on every page; never the others theirs. */
function decideOne(
  situation: Situation,
  facts: UnheardFacts,
  states: ReadonlyMap<string, { health: string; lastError: string | null }>,
  routing: RoutingSnapshot,
  fallback: Fallback,
): DeliveryDraft[] {
  try {
    return decideFallback(situation, unheardAlert(facts, states, routing), fallback);
  } catch (error) {
    log.error("could not plan a fallback notification", { alertId: facts.alert.id, error });
    return [];
  }
}

function draftOf({ alert, event }: UnheardFacts): EventDraft {
  const { type, subjectKind: kind, subjectId: id, subjectName: name } = alert;
  return { type, subject: { kind, id, name }, data: event?.data ?? {}, ...(event && { at: event.at }) };
}

function unheardAlert(
  { alert, event, deliveries }: UnheardFacts,
  states: ReadonlyMap<string, { health: string; lastError: string | null }>,
  routing: RoutingSnapshot,
): UnheardAlert {
  const waiting = deliveries.filter(({ effectiveStatus: status }) => status === "pending" || status === "sending");
  const held = deliveries.filter(({ effectiveStatus }) => effectiveStatus === "held");
  const notification = event?.notification;
  if (!notification) throw new Error("The event is no longer stored.");
  return {
    ...alert,
    notification: { ...notification, alertId: alert.id },
    waitingAt: new Set([...waiting, ...held].flatMap(({ channelId }) => channelId ?? [])),
    failures: failuresOf(deliveries, states, routing),
  };
}

/** One for each channel, by the last delivery to it. */
function failuresOf(
  deliveries: UnheardFacts["deliveries"],
  states: ReadonlyMap<string, { health: string; lastError: string | null }>,
  routing: RoutingSnapshot,
): UnheardAlert["failures"] {
  const byChannel = new Map(deliveries.map((one) => [one.channelId ?? "", one]));
  return [...byChannel.values()].map(({ channelId, channelName, effectiveStatus, reason, reasonCode }) => {
    const state = states.get(channelId ?? "");
    const words = reason ?? state?.lastError ?? null;
    const sentence = reasonCode ? reasonSentence(reasonCode, { serviceText: words }) : waitSentence(state, words);
    const name = routing.channels.get(channelId ?? "")?.name ?? channelName;
    return { channelName: name, reason: effectiveStatus === "held" ? "It is held until later." : sentence };
  });
}

function waitSentence(state: { health: string } | undefined, words: string | null): string {
  if (state?.health === "paused") return `Its service asked to pause${words ? `: ${words}` : "."}`;
  if (state?.health === "retrying") return `It does not deliver and is retried${words ? `: ${words}` : "."}`;
  return "The notification waits for its turn.";
}
