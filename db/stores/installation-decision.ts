import { eq, isNull, or } from "drizzle-orm";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelOpenRuns } from "./cancel-run";
import { dropCopiedWork, resumeCopiedWork } from "./copied-work";
import { HEARTBEAT_SETTINGS } from "./heartbeat";
import { becomeCopy, type Identity, INSTALLATION, putIdentity, readIdentity } from "./installation";
import { bumpRouting, dropSetting, putSetting, readSetting } from "./settings";

const CONFIG_BACKUP = "config-backup";

/**
 * This database is the installation from now on: it gets the original's id, what it stored while it paused belongs to
 * that, and everything goes on.
 * @returns null when it does not pause
 */
export function takeOver(now: number, audit: AuditInsert): Promise<Identity | null> {
  return decide(audit, null, function* (tx, { pause, ...known }) {
    const next = { ...known, id: pause.originalId ?? known.id, pause: null };
    const { artifacts } = tx.t;
    const isOwn = or(isNull(artifacts.installationId), eq(artifacts.installationId, known.id));
    yield* step(tx.orm.update(artifacts).set({ installationId: next.id }).where(isOwn));
    yield* resumeCopiedWork(tx, pause.since, now);
    yield* putIdentity(tx, next, now);
    tx.notices.push({ topic: "jobs" });
    return next;
  });
}

/**
 * This is another installation from now on: it keeps the id that it got, what came over stays the original's, and its
 * jobs, the schedule of the configuration backup and the heartbeat are disabled until a person enables them.
 * @param options `isClone` also where nothing shows that it is a copy: a clone of the machine
 * @returns null when it does not pause
 */
export function stayApart(now: number, audit: AuditInsert, options: { isClone: boolean }): Promise<Identity | null> {
  return decide(audit, options.isClone ? now : null, function* (tx, { pause: _, ...known }) {
    const next = { ...known, pause: null };
    yield* dropCopiedWork(tx, now);
    yield* disableJobs(tx, now);
    const configBackup = yield* readSetting<{ config?: object }>(tx, CONFIG_BACKUP);
    if (configBackup) {
      const config = { ...configBackup.config, enabled: false };
      yield* putSetting(tx, CONFIG_BACKUP, { ...configBackup, config }, now);
    }
    // The original's monitor must not take this one for it.
    yield* dropSetting(tx, HEARTBEAT_SETTINGS);
    yield* bumpRouting(tx);
    yield* putIdentity(tx, next, now);
    return next;
  });
}

type Paused = Identity & { pause: NonNullable<Identity["pause"]> };

/** @param copiedAt makes one that does not pause a copy first; null: then there is nothing to decide */
function decide(
  audit: AuditInsert,
  copiedAt: number | null,
  body: (tx: Tx, known: Paused) => Steps<Identity>,
): Promise<Identity | null> {
  return transact([INSTALLATION], function* (tx) {
    let known = yield* readIdentity(tx);
    if (known && !known.pause && copiedAt !== null) known = yield* becomeCopy(tx, known, known.home, copiedAt);
    if (!known?.pause) return null;
    const next = yield* body(tx, { ...known, pause: known.pause });
    yield* writeAudit(tx, audit);
    return next;
  });
}

function* disableJobs(tx: Tx, now: number): Steps<void> {
  const { jobs } = tx.t;
  const disabled = yield* step(
    tx.orm
      .update(jobs)
      .set({ enabled: false, nextRunAt: null, updatedAt: now })
      .where(eq(jobs.enabled, true))
      .returning({ id: jobs.id }),
  );
  for (const { id } of disabled) {
    yield* closeAlertsOf(tx, "job", id, "subject_disabled");
    yield* cancelOpenRuns(tx, id, now, "The job was disabled.");
  }
  tx.notices.push({ topic: "jobs" });
}
