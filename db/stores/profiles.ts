import { and, eq, ne } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { assertStillThere } from "./references";
import { bumpRouting } from "./settings";

export type ProfileRow = Tables["profiles"]["$inferSelect"];
export type ProfileRuleRow = Tables["profileNotifications"]["$inferSelect"];

/** What a rule says, whether a job's or a profile's. */
export type RuleColumns = Omit<ProfileRuleRow, "profileId">;

/** Lock for `transact` around what makes a profile the default of new jobs, or takes that from it, or goes by it. */
export const DEFAULT_PROFILE_LOCK = "profiles:default";

/** The profile that new jobs follow. @returns null without one */
export function* readDefaultProfile(tx: Tx): Steps<string | null> {
  const { profiles } = tx.t;
  const [row] = yield* step(tx.orm.select({ id: profiles.id }).from(profiles).where(eq(profiles.isDefault, true)));
  return row?.id ?? null;
}

/** @throws AppError `conflict` when the name is taken, or a channel was removed meanwhile */
export function insertProfile(profile: ProfileRow, rules: ProfileRuleRow[], audit: AuditInsert): Promise<void> {
  return transact(locksOf(profile.id, rules), function* (tx) {
    const { profiles, profileNotifications } = tx.t;
    yield* assertStillThere(
      tx,
      "channels",
      rules.map((rule) => rule.channelId),
    );
    yield* step(tx.orm.insert(profiles).values(profile));
    if (rules.length > 0) yield* step(tx.orm.insert(profileNotifications).values(rules));
    if (profile.isDefault) yield* keepOneDefault(tx, profile.id);
    yield* recordChange(tx, profile.id, audit);
  }).catch(throwNameTaken);
}

/**
 * Changes what is given; the rules as a whole. It holds for every job that follows the profile, from the next event on.
 * @returns false when it is gone @throws as `insertProfile`
 */
export function updateProfile(
  id: string,
  change: Partial<Pick<ProfileRow, "name" | "isDefault">>,
  rules: ProfileRuleRow[] | undefined,
  audit: AuditInsert,
): Promise<boolean> {
  return transact(locksOf(id, rules ?? []), function* (tx) {
    const { profiles, profileNotifications } = tx.t;
    yield* assertStillThere(
      tx,
      "channels",
      (rules ?? []).map((rule) => rule.channelId),
    );
    const [changed] = yield* step(
      tx.orm
        .update(profiles)
        .set({ ...change, updatedAt: audit.at })
        .where(eq(profiles.id, id))
        .returning({ id: profiles.id }),
    );
    if (!changed) return false;
    if (rules) {
      yield* step(tx.orm.delete(profileNotifications).where(eq(profileNotifications.profileId, id)));
      if (rules.length > 0) yield* step(tx.orm.insert(profileNotifications).values(rules));
    }
    if (change.isDefault) yield* keepOneDefault(tx, id);
    yield* recordChange(tx, id, audit);
    return true;
  }).catch(throwNameTaken);
}

/** Removes a profile that no job follows. @returns the jobs that follow it, by name, read in the same transaction */
export function deleteProfile(id: string, audit: AuditInsert): Promise<{ id: string; name: string }[]> {
  return transact(locksOf(id, []), function* (tx) {
    const { jobs, profiles, profileNotifications } = tx.t;
    const followers = yield* step(
      tx.orm.select({ id: jobs.id, name: jobs.name }).from(jobs).where(eq(jobs.profileId, id)).orderBy(jobs.name),
    );
    if (followers.length > 0) return followers;
    yield* step(tx.orm.delete(profileNotifications).where(eq(profileNotifications.profileId, id)));
    yield* step(tx.orm.delete(profiles).where(eq(profiles.id, id)));
    yield* recordChange(tx, id, audit);
    return [];
  });
}

function locksOf(id: string, rules: readonly ProfileRuleRow[]): string[] {
  return [DEFAULT_PROFILE_LOCK, `profile:${id}`, ...rules.map((rule) => `channel:${rule.channelId}`)];
}

function* keepOneDefault(tx: Tx, id: string): Steps<void> {
  const { profiles } = tx.t;
  yield* step(
    tx.orm
      .update(profiles)
      .set({ isDefault: false })
      .where(and(eq(profiles.isDefault, true), ne(profiles.id, id))),
  );
}

function* recordChange(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* bumpRouting(tx);
  yield* writeAudit(tx, audit);
  // Pages of jobs and channels show who follows it, and what it names.
  tx.notices.push({ topic: "routing", ids: [id] }, { topic: "jobs" }, { topic: "channels" });
}

function throwNameTaken(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another profile has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
