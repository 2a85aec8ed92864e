import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import { settingValue, stateValue } from "@/db/queries/dispatch";
import { HEARTBEAT_SETTINGS, HEARTBEAT_STATE, type StoredHeartbeat } from "@/db/stores/heartbeat";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { providerOf } from "@/lib/providers/registry";

/** Which monitor is sent heartbeats of Belfry itself, and how often. */
export interface HeartbeatSettings {
  /** Null: none are sent. */
  channelId: string | null;
  everyMinutes: number;
}

const EVERY_MINUTES = 5;

/** The stored settings; missing and malformed ones have their default. */
export function heartbeatSettings(stored: unknown): HeartbeatSettings {
  const { channelId, everyMinutes } = (typeof stored === "object" && stored !== null ? stored : {}) as Record<
    string,
    unknown
  >;
  return {
    channelId: typeof channelId === "string" ? channelId : null,
    everyMinutes: typeof everyMinutes === "number" ? everyMinutes : EVERY_MINUTES,
  };
}

/** Settings → General, heartbeat. */
export const heartbeatView = z.object({
  /** The monitor that is sent heartbeats; null: none are sent. */
  channelId: z.string().nullable(),
  everyMinutes: z.int(),
  /** When the service last took one; null: never. */
  sentAt: z.iso.datetime().nullable(),
  /** Whether the last one said that everything works; null: none was due yet. */
  isHealthy: z.boolean().nullable(),
  /** Why the last one was not taken; null: it was, or none was due yet. */
  error: z.string().nullable(),
  errorAt: z.iso.datetime().nullable(),
});
export type HeartbeatView = z.output<typeof heartbeatView>;

/** The settings, and the result of the last heartbeat to that monitor. */
export async function readHeartbeat(): Promise<HeartbeatView> {
  const [stored, state] = await Promise.all([
    settingValue(HEARTBEAT_SETTINGS),
    stateValue<StoredHeartbeat>(HEARTBEAT_STATE),
  ]);
  const settings = heartbeatSettings(stored);
  const last = state && state.channelId === settings.channelId ? state : null;
  const iso = (at: number | null | undefined) => (at === null || at === undefined ? null : toIso(at));
  return {
    ...settings,
    sentAt: iso(last?.sentAt),
    isHealthy: last?.isHealthy ?? null,
    error: last?.error ?? null,
    errorAt: iso(last?.errorAt),
  };
}

/** @throws AppError `invalid` for a channel that is no monitor, or is missing */
export async function requireMonitor(id: string): Promise<{ id: string; name: string; provider: string }> {
  const channel = await channelById(id);
  if (channel && providerOf(channel.provider)?.purpose === "monitor") return channel;
  const sentence = channel
    ? `${channel.name} sends messages. Choose a monitor, such as Healthchecks or Uptime Kuma.`
    : "There is no such channel. Choose another one.";
  throw new AppError("invalid", "Some fields are invalid.", { fields: { channelId: sentence } });
}
