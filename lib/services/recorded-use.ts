import { writeAudit } from "@/db/stores/audit";
import { transact } from "@/db/transact";
import { type Actor, type MaybeActor, systemActor } from "@/lib/auth/access/actor";
import { isAppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { sharedState } from "@/lib/core/runtime";
import type { AuditRow, MakeAuditRow } from "./audit-row";

const log = loggerOf("audit");
const REFUSED_ONCE_PER_MS = 60_000;
const MOST_REMEMBERED = 5_000;
const ID = /^[\w.-]{1,64}$/;

/** What one call is about, as its audit row names it. Keep secrets out of `detail`. */
export interface AuditSubject {
  id: string | null;
  name: string | null;
  detail?: Record<string, unknown>;
}

/**
 * A use that changes nothing here and is recorded all the same: it sends something to somebody, or reveals what is
 * otherwise kept back. Its audit row is written before the first byte leaves.
 */
export interface RecordedUse<I> {
  does: "sends" | "reveals";
  entity: string;
  /** @throws AppError `not_found`, also for what the caller may not see */
  subject(input: I, actor: MaybeActor): Promise<AuditSubject>;
  /** One row in so many milliseconds for each caller and object: for what a page reads again and again. */
  oncePerMs?: number;
}

/** Writes the row of a use. @throws AppError `unavailable` when it cannot be written: then nothing may be sent or revealed */
export async function recordUse<I>(
  use: RecordedUse<I>,
  input: I,
  actor: MaybeActor,
  makeRow: MakeAuditRow,
): Promise<void> {
  const { id, name, detail } = await subjectFor(use, input, actor, makeRow);
  const row = makeRow(use.entity, id, name, detail);
  if (use.oncePerMs !== undefined && isRecent(row, use.oncePerMs)) return;
  await write(row);
  if (use.oncePerMs !== undefined) remember(row);
}

/** @throws AppError `not_found`, `forbidden`; an attempt at something that exists, and is not for the caller, is recorded */
async function subjectFor<I>(
  use: RecordedUse<I>,
  input: I,
  actor: MaybeActor,
  makeRow: MakeAuditRow,
): Promise<AuditSubject> {
  try {
    return await use.subject(input, actor);
  } catch (error) {
    const isHidden = isAppError(error) && error.code === "not_found" && (await nameOf(use, input)) !== null;
    // The role that it takes may depend on what it is about.
    const isRefused = isHidden || (isAppError(error) && error.code === "forbidden");
    if (actor && isRefused) await recordRefusal(use, input, actor, makeRow);
    throw error;
  }
}

/**
 * Writes the row of a call that the caller's role does not permit, at most one a minute for each caller and verb.
 * Never throws: the caller is refused in any case.
 * @param use what the verb records when it is permitted; of one that changes something only the entity
 */
export async function recordRefusal<I>(
  use: RecordedUse<I> | { entity: string },
  raw: unknown,
  actor: Actor,
  makeRow: MakeAuditRow,
): Promise<void> {
  const id = typeof raw === "object" && raw !== null && "id" in raw ? raw.id : null;
  const known = typeof id === "string" && ID.test(id) ? id : null;
  const row = makeRow(use.entity, known, null, { refused: "forbidden", role: actor.role });
  const asked = { ...row, entityId: null, verb: `refused ${row.verb}` };
  if (isRecent(asked, REFUSED_ONCE_PER_MS)) return;
  remember(asked);
  try {
    await write({ ...row, entityName: known !== null && "subject" in use ? await nameOf(use, raw) : null });
  } catch (error) {
    log.warn("could not record a refused call", { verb: row.verb, error });
  }
}

/** What the audit log calls the objects of a verb: `channel` of `channels.update`. */
export function entityOfVerb(verb: string): string {
  const [things = ""] = verb.split(".");
  return ENTITIES[things] ?? things.replace(/s$/, "");
}

const ENTITIES: Record<string, string> = {
  apiKeys: "api_key",
  configBackup: "configuration",
  deliveries: "delivery",
  escalationPolicies: "escalation_policy",
  notifications: "alert",
  repositories: "repository",
  settings: "settings",
};

/** The name of what was asked for, which the caller does not get to know. */
async function nameOf<I>(use: RecordedUse<I>, raw: unknown): Promise<string | null> {
  try {
    return (await use.subject(raw as I, systemActor)).name;
  } catch {
    return null;
  }
}

async function write(row: AuditRow): Promise<void> {
  await transact([], (tx) => writeAudit(tx, row));
}

/** When a caller's use of an object was last recorded by this process, milliseconds. */
const recorded = sharedState("audit.recorded", () => new Map<string, number>());
const keyOf = ({ actorKind, actorId, verb, entityId }: AuditRow) => [actorKind, actorId, verb, entityId].join(" ");

function isRecent(row: AuditRow, ms: number): boolean {
  const at = recorded.get(keyOf(row));
  return at !== undefined && row.at - at < ms && row.at >= at;
}

function remember(row: AuditRow): void {
  if (recorded.size >= MOST_REMEMBERED) recorded.clear();
  recorded.set(keyOf(row), row.at);
}
