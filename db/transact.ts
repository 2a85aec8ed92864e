import { sql } from "drizzle-orm";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { type Notice, publish } from "@/lib/core/bus";
import { sharedState } from "@/lib/core/runtime";
import { type Connection, database, databaseHandle, type Handle, type Orm } from "./client";
import { isBusy, isStorageFault, storageError } from "./faults";

/**
 * A transaction's body is written once, as a generator that yields its queries: on SQLite they run at once
 * on the one connection, on PostgreSQL each is awaited. So there is one body for both databases, and no
 * promise can slip between the statements of a SQLite transaction.
 */
export type Steps<T> = Generator<PromiseLike<unknown> | Prepared, T, unknown>;

export interface Tx extends Connection {
  /** Told to listeners of all processes once the transaction is committed. */
  notices: Notice[];
  /** Statements prepared once per connection, by name. */
  prepared: Map<string, PreparedStatement>;
}

interface PreparedStatement {
  execute(params: Record<string, unknown>): unknown;
}

interface Prepared {
  isPrepared: true;
  statement: PreparedStatement;
  params: Record<string, unknown>;
}

interface Preparable<T> extends PromiseLike<T> {
  prepare(name: string): unknown;
}

/** One query of a transaction: `const rows = yield* step(tx.orm.select()…)`. */
export function* step<T>(query: PromiseLike<T>): Steps<T> {
  return (yield query) as T;
}

/**
 * One query of a hot path, built and prepared once per connection.
 * @param name unique in the program
 * @param build makes the query with `sql.placeholder`s
 */
export function* stepPrepared<T>(
  tx: Tx,
  name: string,
  build: () => Preparable<T>,
  params: Record<string, unknown>,
): Steps<T> {
  let statement = tx.prepared.get(name);
  if (!statement) {
    statement = build().prepare(name) as PreparedStatement;
    tx.prepared.set(name, statement);
  }
  return (yield { isPrepared: true, statement, params }) as T;
}

/** How many rows a prepared statement without `returning` touched. */
export function* stepCount(
  tx: Tx,
  name: string,
  build: () => Preparable<unknown>,
  params: Record<string, unknown>,
): Steps<number> {
  const result = (yield* stepPrepared(tx, name, build, params)) as { changes?: number; rowCount?: number | null };
  return result.changes ?? result.rowCount ?? 0;
}

/**
 * Runs a body in one transaction.
 * On SQLite, bodies that are asked for in the same turn of the event loop share one synchronous commit,
 * each in a savepoint of its own, so that one that fails takes no other with it.
 * On PostgreSQL each has its own transaction, which first takes an advisory lock on every key, in order.
 * @param lockKeys what must not be decided by two at once: dedup keys
 * @param patienceMs on SQLite: wait up to so long for a commit that others need anyway; a synced commit is what costs
 * @throws what the body throws; AppError `unavailable` when the database cannot be written
 */
export function transact<T>(lockKeys: readonly string[], body: (tx: Tx) => Steps<T>, patienceMs = 0): Promise<T> {
  const handle = databaseHandle();
  return handle.kind === "sqlite" ? enqueue(handle, body, patienceMs) : runPostgres(handle.pool, lockKeys, body);
}

// SQLite: group commit

type Raw = (Handle & { kind: "sqlite" })["raw"];

interface Waiting {
  body: (tx: Tx) => Steps<unknown>;
  connection: Connection;
  prepared: Map<string, PreparedStatement>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

interface GroupCommit {
  waiting: Waiting[];
  isScheduled: boolean;
  /** Runs out for those that only wait for others. */
  patience: NodeJS.Timeout | null;
  blockedSince: number | null;
}

/** How long a commit waits for another program that holds the file, before the callers are refused. */
const BLOCKED_LIMIT_MS = 10_000;

const group = sharedState<GroupCommit>("database.group", () => ({
  waiting: [],
  isScheduled: false,
  patience: null,
  blockedSince: null,
}));
const preparedOfBundle = new WeakMap<object, Map<string, PreparedStatement>>();

function enqueue<T>(handle: Handle & { kind: "sqlite" }, body: (tx: Tx) => Steps<T>, patienceMs: number): Promise<T> {
  const connection = database();
  let prepared = preparedOfBundle.get(handle.raw);
  if (!prepared) {
    prepared = new Map();
    preparedOfBundle.set(handle.raw, prepared);
  }
  const statements = prepared;
  return new Promise<T>((resolve, reject) => {
    group.waiting.push({
      body,
      connection,
      prepared: statements,
      resolve: resolve as (value: unknown) => void,
      reject,
    });
    if (group.isScheduled) return;
    if (patienceMs > 0) {
      group.patience ??= setTimeout(() => flush(handle), patienceMs);
      return;
    }
    group.isScheduled = true;
    setImmediate(() => flush(handle));
  });
}

interface Control {
  begin: Statement;
  commit: Statement;
  savepoint: Statement;
  release: Statement;
}
type Statement = { run(): unknown };

const controls = new WeakMap<object, Control>();

/** The statements around every body, prepared once per connection. */
function controlOf(raw: Raw): Control {
  let control = controls.get(raw);
  if (!control) {
    control = {
      begin: raw.prepare("BEGIN IMMEDIATE"),
      commit: raw.prepare("COMMIT"),
      savepoint: raw.prepare("SAVEPOINT body"),
      release: raw.prepare("RELEASE body"),
    };
    controls.set(raw, control);
  }
  return control;
}

type Settled = { item: Waiting; tx: Tx } & ({ ok: true; value: unknown } | { ok: false; error: unknown });

function flush(handle: Handle & { kind: "sqlite" }): void {
  const { raw } = handle;
  const control = controlOf(raw);
  const items = group.waiting;
  group.waiting = [];
  group.isScheduled = false;
  if (group.patience) clearTimeout(group.patience);
  group.patience = null;
  try {
    control.begin.run();
  } catch (error) {
    if (isBusy(error)) {
      group.blockedSince ??= Date.now();
      if (Date.now() - group.blockedSince < BLOCKED_LIMIT_MS) {
        group.waiting.unshift(...items);
        group.isScheduled = true;
        setTimeout(() => flush(handle), 50);
        return;
      }
    }
    for (const item of items) item.reject(storageError(error));
    return;
  }
  group.blockedSince = null;
  const settled: Settled[] = [];
  try {
    for (const item of items) settled.push(runInSavepoint(raw, control, item));
    control.commit.run();
  } catch (error) {
    if (raw.inTransaction) raw.exec("ROLLBACK");
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

function runInSavepoint(raw: Raw, control: Control, item: Waiting): Settled {
  const tx: Tx = { ...item.connection, notices: [], prepared: item.prepared };
  control.savepoint.run();
  try {
    const value = runSteps(item.body(tx));
    control.release.run();
    return { item, tx, ok: true, value };
  } catch (error) {
    // A full disk may have ended the whole transaction: then nobody's rows stand.
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

function runNow(query: PromiseLike<unknown> | Prepared): unknown {
  if ("isPrepared" in query) return (query.statement.execute(query.params) as SyncResult).sync();
  const builder = query as unknown as { _prepare(): { execute(): SyncResult } };
  return builder._prepare().execute().sync();
}

// PostgreSQL

async function runPostgres<T>(pool: pg.Pool, lockKeys: readonly string[], body: (tx: Tx) => Steps<T>): Promise<T> {
  const client = await pool.connect().catch((error) => {
    throw storageError(error);
  });
  let isBroken: Error | undefined;
  try {
    const orm: Orm = drizzlePostgres(client);
    const tx: Tx = { orm, t: database().t, notices: [], prepared: new Map() };
    await client.query("BEGIN");
    try {
      for (const key of [...new Set(lockKeys)].sort()) {
        await orm.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
      }
      const value = await runStepsAsync(body(tx));
      for (const notice of tx.notices) {
        await client.query("select pg_notify('belfry', $1)", [
          JSON.stringify({ ...notice, ids: notice.ids?.slice(0, 100) }),
        ]);
      }
      await client.query("COMMIT");
      return value;
    } catch (error) {
      await client.query("ROLLBACK").catch((failure: Error) => {
        isBroken = failure;
      });
      throw isStorageFault(error) ? storageError(error) : error;
    }
  } finally {
    client.release(isBroken);
  }
}

async function runStepsAsync<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (!next.done) {
    let value: unknown;
    try {
      const query = next.value;
      value = await ("isPrepared" in query ? query.statement.execute(query.params) : query);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(value);
  }
  return next.value;
}
