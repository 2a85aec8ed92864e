import { performance } from "node:perf_hooks";
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { closeDatabase, database, databaseHandle, openDatabase } from "@/db/client";
import { claimQueues, type QueueLease } from "@/db/stores/channel-queue";
import { claim, handBack } from "@/db/stores/outbox";
import { freshDatabase } from "@/db/testing";
import { emitAll } from "@/lib/dispatch/emit";
import { addWebhook, customEvent } from "@/lib/dispatch/pipeline-fixture";

const WAITING = 1_000;
const TOGETHER = 20;
const ROUNDS = 9;
const DAY_MS = 86_400_000;
const SETTLED = Number(process.argv[2]);
const PIECE = 250_000;

/** A database with deliveries that wait. */
interface Bench {
  lease: QueueLease;
  /** Makes it the open one. */
  open(): Promise<void>;
  remove(): Promise<void>;
}

async function makeBench(): Promise<Bench> {
  await closeDatabase();
  const remove = await freshDatabase();
  const handle = databaseHandle();
  const options = handle.kind === "sqlite" ? { file: handle.file } : { url: handle.url, file: "" };
  const channelIds = [await addWebhook("bench", "http://127.0.0.1:9/hook")];
  const drafts = Array.from({ length: WAITING }, (_, index) => customEvent(`note ${index}`, { channelIds }));
  await emitAll(drafts.map((draft) => ({ draft })));
  const [lease] = await claimQueues(channelIds, "wrk_bench");
  if (!lease) throw new Error("The queue of the channel could not be had.");
  const open = async () => {
    await closeDatabase();
    openDatabase(options);
  };
  return { lease, open, remove };
}

/** Milliseconds of one claim, mean of those that take all that wait. */
async function claimMs({ lease, open }: Bench): Promise<number> {
  await open();
  const all = [];
  const began = performance.now();
  while (all.length < WAITING) {
    const now = Date.now();
    const claimed = await claim(lease, { limit: TOGETHER, now, leaseUntil: now + DAY_MS, isProbe: false });
    if (claimed.length === 0) throw new Error(`Only ${all.length} of ${WAITING} deliveries could be claimed.`);
    all.push(...claimed);
  }
  const ms = (performance.now() - began) / (WAITING / TOGETHER);
  await handBack(all);
  return ms;
}

/** Copies a delivery as often as years of work would have, all of them sent, older than those that wait. */
async function fillHistory(): Promise<void> {
  const handle = databaseHandle();
  const { orm, t } = database();
  const columns = getTableColumns(t.deliveries);
  const now = Date.now();
  const at = sql`${now - 30 * DAY_MS} + i / 10`;
  const padded = handle.kind === "sqlite" ? sql`printf('%012d', i)` : sql`lpad(i::text, 12, '0')`;
  const changed: Record<string, SQL> = {
    id: sql`'dlv_00' || ${padded}`,
    eventId: sql`'evt_00' || ${padded}`,
    status: sql`'sent'`,
    createdAt: at,
    dueAt: at,
    lastAttemptAt: at,
    settledAt: at,
    attemptCount: sql`1`,
  };
  const names = sql.join(
    Object.values(columns).map(({ name }) => sql.identifier(name)),
    sql`, `,
  );
  const values = sql.join(
    Object.entries(columns).map(([key, { name }]) => changed[key] ?? sql`model.${sql.identifier(name)}`),
    sql`, `,
  );
  const model = sql`(select * from ${t.deliveries} where id > 'dlv_01' limit 1) model`;
  if (handle.kind === "sqlite") handle.raw.pragma("synchronous = OFF");
  for (let from = 0; from < SETTLED; from += PIECE) {
    const to = Math.min(SETTLED, from + PIECE);
    const numbers =
      handle.kind === "sqlite"
        ? sql`(with recursive n(i) as (select ${from} union all select i + 1 from n where i + 1 < ${to}) select i from n) numbers`
        : sql`(select i::bigint from generate_series(${sql.raw(String(from))}, ${sql.raw(String(to - 1))}) i) numbers`;
    const insert = sql`insert into ${t.deliveries} (${names}) select ${values} from ${numbers}, ${model}`;
    // The query builder of SQLite runs a statement at once.
    await ("run" in orm ? (orm.run as (query: SQL) => unknown)(insert) : orm.execute(insert));
  }
  if (handle.kind === "sqlite") {
    handle.raw.pragma("wal_checkpoint(TRUNCATE)");
    handle.raw.pragma("synchronous = FULL");
  } else await handle.pool.query("vacuum (analyze) deliveries");
}

const empty = await makeBench();
const full = await makeBench();
const began = performance.now();
await fillHistory();
const filledMs = performance.now() - began;
const times = { empty: [] as number[], full: [] as number[] };
// In turns, the first to warm up, so that whatever else the machine does falls on both alike.
for (let round = 0; round <= ROUNDS; round++) {
  const measured = { empty: await claimMs(empty), full: await claimMs(full) };
  if (round === 0) continue;
  times.empty.push(measured.empty);
  times.full.push(measured.full);
}
await full.remove();
await empty.remove();
process.stdout.write(JSON.stringify({ ...times, filledMs, settled: SETTLED }));
