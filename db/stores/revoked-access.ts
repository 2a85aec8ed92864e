import { and, inArray, isNotNull } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { type Steps, step, type Tx } from "../transact";

type Rows<K extends keyof Tables> = Tables[K]["$inferSelect"][];

/** The part of a configuration that decides who gets in, and the jobs, which start by themselves. */
interface Access {
  users: Rows<"users">;
  invitations: Rows<"invitations">;
  apiKeys: Rows<"apiKeys">;
  clients: Rows<"clients">;
  jobs: Rows<"jobs">;
}

/**
 * A configuration that is about to be restored, without the access that was taken away since it was backed up: users who
 * are disabled or deleted here are disabled, and their keys and invitations with them; revoked keys are revoked, used and
 * void invitations are so. Clients keep the tokens that they have here. Keys that were kept here go with the account that kept them.
 * @param now milliseconds
 * @throws AppError `invalid` when that leaves no administrator who could sign in
 */
export function* withoutRevokedAccess<C extends Access>(tx: Tx, configuration: C, now: number): Steps<C> {
  const { t, orm } = tx;
  const users = yield* step(
    orm
      .select({ id: t.users.id, emailKey: t.users.emailKey, status: t.users.status, version: t.users.sessionVersion })
      .from(t.users),
  );
  const deletions = yield* step(
    orm
      .select({ id: t.auditLog.entityId })
      .from(t.auditLog)
      .where(and(inArray(t.auditLog.verb, ["users.delete", "clients.delete"]), isNotNull(t.auditLog.entityId))),
  );
  const deleted = new Set(deletions.map(({ id }) => id));
  const keysHere = new Map((yield* step(orm.select().from(t.apiKeys))).map((key) => [key.keyHash, key]));
  const clientsHere = new Map((yield* step(orm.select().from(t.clients))).map((client) => [client.id, client]));
  const used = yield* step(orm.select().from(t.invitations).where(isNotNull(t.invitations.usedAt)));
  const isLockedOut = ({ id, emailKey }: { id: string; emailKey: string }) =>
    deleted.has(id) || users.some((one) => one.status === "disabled" && (one.id === id || one.emailKey === emailKey));
  const next: C = {
    ...configuration,
    users: configuration.users.map((user) => ({
      ...user,
      status: isLockedOut(user) ? "disabled" : user.status,
      // A sign-in that is under way must not match a restored version number.
      sessionVersion: Math.max(user.sessionVersion, users.find(({ id }) => id === user.id)?.version ?? 0) + 1,
    })),
    apiKeys: configuration.apiKeys.map((key) => {
      const here = keysHere.get(key.keyHash);
      const ownerId = here ? here.ownerId : ownerOf(key, configuration.apiKeys);
      const owner = configuration.users.find(({ id }) => id === ownerId);
      // Kept here by an account that the backup does not have: the command's from now on.
      const hasNoOwner = here !== undefined && ownerId !== null && !owner;
      const goesWithOwner = !here && owner && isLockedOut(owner);
      const revokedAt = key.revokedAt ?? here?.revokedAt ?? (goesWithOwner ? now : null);
      return { ...key, ownerId: hasNoOwner ? null : ownerId, revokedAt };
    }),
    invitations: configuration.invitations.map((invitation) => {
      const usedHere = used.find(({ id }) => id === invitation.id)?.usedAt;
      const user = configuration.users.find(({ id }) => id === invitation.userId);
      return { ...invitation, usedAt: invitation.usedAt ?? usedHere ?? (user && isLockedOut(user) ? now : null) };
    }),
    // A token that was replaced or revoked here does not come back, nor does that of a client that was removed.
    clients: configuration.clients.map((client) => {
      const here = clientsHere.get(client.id);
      if (here) return { ...client, tokenHash: here.tokenHash, hint: here.hint, revokedAt: here.revokedAt };
      return deleted.has(client.id) ? { ...client, revokedAt: client.revokedAt ?? now } : client;
    }),
    // The scheduler computes the next times; slots of the past are not missed runs.
    jobs: configuration.jobs.map((job) => ({ ...job, nextRunAt: null })),
  };
  const canSignIn = (list: Access["users"]) => list.some(({ role, status }) => role === "admin" && status === "active");
  if (canSignIn(configuration.users) && !canSignIn(next.users))
    throw new AppError(
      "invalid",
      "Every administrator of this backup is disabled or deleted here, and stays so: nobody could sign in afterwards. Enable one of them first.",
    );
  return next;
}

/** Files of older versions name the maker alone, which may be another key. */
function ownerOf(key: Access["apiKeys"][number], keys: Access["apiKeys"]): string | null {
  if (key.ownerId !== undefined) return key.ownerId;
  const seen = new Set<string>();
  let maker: string | null = key.createdBy;
  for (
    let made = keys.find(({ id }) => id === maker);
    made && !seen.has(made.id);
    made = keys.find(({ id }) => id === maker)
  ) {
    seen.add(made.id);
    maker = made.createdBy;
  }
  return maker;
}
