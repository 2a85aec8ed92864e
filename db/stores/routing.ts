import { and, eq, gt, inArray, isNotNull, isNull, or } from "drizzle-orm";
import type { EscalationPolicy } from "@/lib/core/escalation";
import type { MatchCondition, MatchMode } from "@/lib/core/matching";
import type { QuietHours } from "@/lib/core/quiet-hours";
import type { Severity } from "@/lib/core/severity";
import type { SilenceEffect, SilenceRecurrence } from "@/lib/core/silence";
import { databaseNow } from "../database-clock";
import { type Steps, step, type Tx } from "../transact";
import { readSetting } from "./settings";
import { ADMIN_MAIL_SETTINGS, MAIL_SETTINGS } from "./system-mail-settings";

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
    quietHours: QuietHours | null;
  }[];
  failingIds: string[];
  admins: { id: string; email: string; timezone: string | null }[];
  /** Those that are on, in their order. */
  routes: {
    id: string;
    name: string;
    match: MatchMode;
    conditions: MatchCondition[];
    channelIds: string[];
    escalationPolicyId: string | null;
  }[];
  /** Those that have not ended. */
  silences: {
    id: string;
    match: MatchMode;
    conditions: MatchCondition[];
    startsAt: number;
    endsAt: number | null;
    recurring: SilenceRecurrence | null;
    effect: SilenceEffect;
  }[];
  /** Users with quiet hours. */
  quietUsers: { id: string; timezone: string | null; quietHours: QuietHours | null }[];
  /** Whether any job follows a profile. */
  usesProfiles: boolean;
  escalationPolicies: EscalationPolicy[];
  /** The active accounts that steps of the policies name. */
  escalationPeople: RawRouting["admins"];
  /** The stored value of Settings → Notifications, as it stands. */
  notifications: unknown;
  /** A system mail server is set. */
  hasMailServer: boolean;
  /** The stored switches of the mail to all administrators, as they stand. */
  adminMail: unknown;
}

function* readEscalationPolicies(tx: Tx): Steps<EscalationPolicy[]> {
  const { escalationPolicies: e } = tx.t;
  return yield* step(tx.orm.select({ id: e.id, name: e.name, steps: e.steps, repeat: e.repeat }).from(e));
}

function* readPeople(tx: Tx, policies: readonly EscalationPolicy[]): Steps<RawRouting["admins"]> {
  const { users } = tx.t;
  const ids = [...new Set(policies.flatMap(({ steps }) => steps.flatMap((one) => one.users)))];
  if (ids.length === 0) return [];
  return yield* step(
    tx.orm
      .select({ id: users.id, email: users.email, timezone: users.timezone })
      .from(users)
      .where(and(inArray(users.id, ids), eq(users.status, "active"))),
  );
}

/** Settings key of the Notifications tab. */
export const NOTIFICATION_SETTINGS = "notifications";

export function* readRawRouting(tx: Tx): Steps<RawRouting> {
  const { channels, channelStates, users, routes, silences, jobs } = tx.t;
  const escalationPolicies = yield* readEscalationPolicies(tx);
  return {
    escalationPolicies,
    escalationPeople: yield* readPeople(tx, escalationPolicies),
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
          quietHours: channels.quietHours,
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
    routes: yield* step(
      tx.orm
        .select({
          id: routes.id,
          name: routes.name,
          match: routes.match,
          conditions: routes.conditions,
          channelIds: routes.channelIds,
          escalationPolicyId: routes.escalationPolicyId,
        })
        .from(routes)
        .where(eq(routes.enabled, true))
        .orderBy(routes.position, routes.id),
    ),
    silences: yield* step(
      tx.orm
        .select({
          id: silences.id,
          match: silences.match,
          conditions: silences.conditions,
          startsAt: silences.startsAt,
          endsAt: silences.endsAt,
          recurring: silences.recurring,
          effect: silences.effect,
        })
        .from(silences)
        .where(or(isNull(silences.endsAt), gt(silences.endsAt, databaseNow())))
        .orderBy(silences.id),
    ),
    quietUsers: yield* step(
      tx.orm
        .select({ id: users.id, timezone: users.timezone, quietHours: users.quietHours })
        .from(users)
        .where(isNotNull(users.quietHours)),
    ),
    usesProfiles:
      (yield* step(tx.orm.select({ id: jobs.id }).from(jobs).where(isNotNull(jobs.profileId)).limit(1))).length > 0,
    notifications: yield* readSetting(tx, NOTIFICATION_SETTINGS),
    hasMailServer: (yield* readSetting(tx, MAIL_SETTINGS)) !== null,
    adminMail: yield* readSetting(tx, ADMIN_MAIL_SETTINGS),
  };
}
