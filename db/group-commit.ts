import { publish } from "@/lib/core/bus";
import { database, type SqliteHandle } from "./client";
import type { CommitGroup, WaitingBody } from "./commit-group";
import { isBusy, isStorageFault, storageError } from "./faults";
import type { Query, Steps, Tx } from "./steps";

/** How long a commit waits for another program that holds the file, before the callers are refused. */
const BLOCKED_LIMIT_MS = 10_000;
const BLOCKED_RETRY_MS = 50;

/** Runs a body in the next shared commit of the SQLite connection; see `transact`. */
export function commitInGroup<T>(handle: SqliteHandle, body: (tx: Tx) => Steps<T>, patienceMs: number): Promise<T> {
  const connection = database();
  const { group } = handle;
  return new Promise<T>((resolve, reject) => {
    group.waiting.push({ body, connection, resolve: resolve as (value: unknown) => void, reject });
    if (group.isScheduled) return;
    if (patienceMs > 0) {
      group.patience ??= setTimeout(() => flush(handle), patienceMs);
      return;
    }
    group.isScheduled = true;
    setImmediate(() => flush(handle));
  });
}

type Settled = { item: WaitingBody; tx: Tx } & ({ ok: true; value: unknown } | { ok: false; error: unknown });

function flush(handle: SqliteHandle): void {
  const items = takeWaiting(handle.group);
  if (!begin(handle, items)) return;
  const settled: Settled[] = [];
  try {
    for (const item of items) settled.push(runInSavepoint(handle, item));
    handle.control.commit.run();
  } catch (error) {
    if (handle.raw.inTransaction) handle.raw.exec("ROLLBACK");
    for (const item of items) item.reject(storageError(error));
    return;
  }
  for (const done of settled) {
    if (done.ok) {
      done.item.resolve(done.value);
      for (const notice of done.tx.notices) publish(notice);
    } else done.item.reject(done.error);
  }
}

function takeWaiting(group: CommitGroup): WaitingBody[] {
  const items = group.waiting;
  group.waiting = [];
  group.isScheduled = false;
  if (group.patience) clearTimeout(group.patience);
  group.patience = null;
  return items;
}

/** @returns false when the transaction could not begin: the bodies wait for the next try, or were refused */
function begin(handle: SqliteHandle, items: WaitingBody[]): boolean {
  const { group } = handle;
  try {
    handle.control.begin.run();
    group.blockedSince = null;
    return true;
  } catch (error) {
    if (isBusy(error)) {
      group.blockedSince ??= Date.now();
      if (Date.now() - group.blockedSince < BLOCKED_LIMIT_MS) {
        group.waiting.unshift(...items);
        group.isScheduled = true;
        setTimeout(() => flush(handle), BLOCKED_RETRY_MS);
        return false;
      }
    }
    for (const item of items) item.reject(storageError(error));
    return false;
  }
}

function runInSavepoint({ raw, control }: SqliteHandle, item: WaitingBody): Settled {
  const tx: Tx = { ...item.connection, notices: [] };
  control.savepoint.run();
  try {
    const value = runSteps(item.body(tx));
    control.release.run();
    return { item, tx, ok: true, value };
  } catch (error) {
    // A full disk may have ended the whole transaction: then no body's rows are kept.
    if (!raw.inTransaction) throw error;
    raw.exec("ROLLBACK TO body");
    raw.exec("RELEASE body");
    return { item, tx, ok: false, error: isStorageFault(error) ? storageError(error) : error };
  }
}

function runSteps<T>(steps: Steps<T>): T {
  let next = steps.next();
  while (!next.done) {
    let value: unknown;
    try {
      value = runNow(next.value);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(value);
  }
  return next.value;
}

interface SyncResult {
  sync(): unknown;
}

function runNow(query: Query): unknown {
  if ("isPrepared" in query) return (query.statement.execute(query.params) as SyncResult).sync();
  const builder = query as unknown as { _prepare(): { execute(): SyncResult } };
  return builder._prepare().execute().sync();
}
