import { and, eq, isNotNull } from "drizzle-orm";
import type { Severity } from "@/lib/core/severity";
import { type Steps, step, type Tx } from "../transact";
import { readSetting } from "./settings";

/** The stored rows that routing is made of, before providers and defaults are put to them. */
export interface RawRouting {
  channels: {
    id: string;
    name: string;
    provider: string;
    enabled: boolean;
    config: Record<string, unknown>;
    secrets: string | null;
    subscriptions: string[];
    minSeverity: Severity | null;
    mutedUntil: number | null;
  }[];
  failingIds: string[];
  admins: { id: string; email: string; timezone: string | null }[];
  /** The stored value of Settings → Notifications, as it stands. */
  notifications: unknown;
}

/** Settings key of the Notifications tab. */
export const NOTIFICATION_SETTINGS = "notifications";

export function* readRawRouting(tx: Tx): Steps<RawRouting> {
  const { channels, channelStates, users } = tx.t;
  return {
    channels: yield* step(
      tx.orm
        .select({
          id: channels.id,
          name: channels.name,
          provider: channels.provider,
          enabled: channels.enabled,
          config: channels.config,
          secrets: channels.secrets,
          subscriptions: channels.subscriptions,
          minSeverity: channels.minSeverity,
          mutedUntil: channels.mutedUntil,
        })
        .from(channels)
        .orderBy(channels.id),
    ),
    failingIds: (yield* step(
      tx.orm.select({ id: channelStates.channelId }).from(channelStates).where(isNotNull(channelStates.failingSince)),
    )).map((row) => row.id),
    admins: yield* step(
      tx.orm
        .select({ id: users.id, email: users.email, timezone: users.timezone })
        .from(users)
        .where(and(eq(users.role, "admin"), eq(users.status, "active")))
        .orderBy(users.id),
    ),
    notifications: yield* readSetting(tx, NOTIFICATION_SETTINGS),
  };
}
