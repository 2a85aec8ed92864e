import { z } from "zod";
import { type ChannelRow, readChannel } from "@/db/stores/channels";
import {
  type ChannelMove,
  channelMoveLocks,
  moveChannelUses,
  readChannelMove,
  replaceId,
} from "@/db/stores/move-channel";
import { type RawRouting, readRawRouting } from "@/db/stores/routing";
import { writeNotificationSettings } from "@/db/stores/setting-changes";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { eventType, SYSTEM_EVENTS } from "@/lib/events/catalog";
import { idField } from "@/lib/services/page";
import { canMailUser, eventSettingOf } from "@/lib/services/settings/notifications";
import { defineVerb } from "@/lib/services/verb";
import { requireProvider } from "./config";
import { readUsage } from "./uses";

/** What can use a channel. */
const USES = [
  "job",
  "profile",
  "route",
  "escalation",
  "global",
  "fallback",
  "event",
  "subscription",
  "heartbeat",
] as const;

const named = z.object({ id: z.string(), name: z.string() });

export const channelMoveSchema = z.object({
  from: named,
  to: named,
  /** Whether nothing was changed. */
  dryRun: z.boolean(),
  /** How many uses go to the other channel. */
  count: z.int(),
  uses: z.array(
    z.object({
      kind: z.enum(USES),
      count: z.int(),
      /** Of these: how many have a rule for the other channel already, which stays as it is. */
      kept: z.int(),
      /** The first ones. */
      names: z.array(z.string()),
    }),
  ),
});
export type ChannelMoveView = z.infer<typeof channelMoveSchema>;

/** Hands everything that uses a channel to another one, in one transaction. */
export const channelsMove = defineVerb({
  name: "channels.move",
  permission: "admin",
  changes: true,
  input: z.object({
    id: idField,
    /** The channel that takes over. */
    to: idField,
    /** Changes nothing, and answers what would change. */
    dryRun: z.boolean().optional(),
  }),
  async run({ now, audit }, { id, to: toId, dryRun = false }): Promise<ChannelMoveView> {
    return transact(channelMoveLocks(id, toId), function* (tx) {
      const from = yield* readChannel(tx, id);
      const to = yield* readChannel(tx, toId);
      assertTakesOver(from, to);
      const move = yield* readChannelMove(tx, id, toId);
      const uses = describeUses(from, move);
      const count = uses.reduce((sum, use) => sum + use.count, 0);
      if (dryRun || count === 0) return { from: nameOf(from), to: nameOf(to), dryRun, count, uses };
      const before = yield* readRawRouting(tx);
      yield* moveChannelUses(tx, from, to, move, now);
      const moved = uses.map(({ kind, count: many, names }) => ({ kind, count: many, names }));
      const row = audit("channel", id, from.name, { to: to.name, toId, uses: moved });
      const after = yield* writeNotificationSettings(tx, movedSettings(move.notifications, id, toId), row);
      assertStillMails(before, after, to);
      return { from: nameOf(from), to: nameOf(to), dryRun, count, uses };
    });
  },
});

function nameOf({ id, name }: ChannelRow): { id: string; name: string } {
  return { id, name };
}

/** @throws AppError `invalid` beside `to` */
function assertTakesOver(from: ChannelRow, to: ChannelRow): void {
  const problem = takeOverProblem(from, to);
  if (problem) throw new AppError("invalid", problem, { fields: { to: problem } });
}

function takeOverProblem(from: ChannelRow, to: ChannelRow): string | null {
  if (from.id === to.id) return "Choose another channel than the one that hands over.";
  const [{ purpose }, other] = [requireProvider(from.provider), requireProvider(to.provider)];
  if (purpose !== other.purpose) {
    return other.purpose === "monitor"
      ? `${to.name} watches runs of jobs and takes no messages. Choose a channel that takes messages.`
      : `${from.name} watches runs of jobs. Choose another monitor.`;
  }
  return to.enabled ? null : `${to.name} is disabled, and would send nothing. Enable it first.`;
}

const NAMED = 10;

function describeUses(from: ChannelRow, move: ChannelMove): ChannelMoveView["uses"] {
  const { isGlobal, isFallback, overrides } = readUsage(from.id, move, move.notifications);
  const all: Record<(typeof USES)[number], { name: string; id?: string }[]> = {
    job: move.jobs,
    profile: move.profiles,
    route: move.routes,
    escalation: move.policies,
    global: isGlobal ? [{ name: "Global channels" }] : [],
    fallback: isFallback ? [{ name: "Fallback channels" }] : [],
    event: overrides.map(({ name }) => ({ name })),
    subscription: from.subscriptions.map((type) => ({ name: eventType(type).name })),
    heartbeat: move.isHeartbeat ? [{ name: "Heartbeat of Belfry" }] : [],
  };
  return USES.filter((kind) => all[kind].length > 0).map((kind) => ({
    kind,
    count: all[kind].length,
    kept: all[kind].filter(({ id }) => id !== undefined && move.ruled.has(id)).length,
    names: all[kind].slice(0, NAMED).map(({ name }) => name),
  }));
}

/** The notification settings as stored, with one channel in place of the other. */
function movedSettings(stored: unknown, from: string, to: string): Record<string, unknown> {
  const known = recordOf(stored);
  const moved = (value: unknown) => (Array.isArray(value) ? replaceId(value, from, to) : value);
  const lists = ["globalChannels", "fallbackChannels"].filter((key) => key in known);
  return {
    ...known,
    ...Object.fromEntries(lists.map((key) => [key, moved(known[key])])),
    ...("events" in known && {
      events: Object.fromEntries(
        Object.entries(recordOf(known.events)).map(([type, setting]) => {
          const { channels, ...others } = recordOf(setting);
          return [type, channels === undefined ? others : { ...others, channels: moved(channels) }];
        }),
      ),
    }),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** What mails the user needs an Email channel among its channels. @throws AppError `invalid` that names the events */
function assertStillMails(before: RawRouting, after: RawRouting, to: ChannelRow): void {
  const [known, next] = [snapshotOf(before), snapshotOf(after)];
  const lost = SYSTEM_EVENTS.filter(
    (entry) =>
      eventSettingOf(next, entry).notifyUser !== "none" && canMailUser(known, entry) && !canMailUser(next, entry),
  );
  if (lost.length === 0) return;
  const problem = `${lost.map(({ name }) => name).join(" and ")} mails the user, and ${to.name} is no Email channel. Give the event an Email channel of its own in Settings → Notifications first.`;
  throw new AppError("invalid", problem, { fields: { to: problem } });
}
