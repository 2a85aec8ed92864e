import { performance } from "node:perf_hooks";
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import { closeDatabase, database, databaseHandle, openDatabase } from "@/db/client";
import { countUnread, type InboxFilters, readInbox } from "@/db/queries/inbox";
import { freshDatabase } from "@/db/testing";
import { idsSince } from "@/lib/core/id";
import { MOST_UNREAD } from "@/lib/core/inbox";
import { emit } from "@/lib/dispatch/emit";
import { customEvent } from "@/lib/dispatch/pipeline-fixture";

const ROWS = Number(process.argv[2]);
const FEW = 1_000;
const ROUNDS = 15;
const PAGE = 50;
const PIECE = 100_000;
const DAY_MS = 86_400_000;
const NONE = { types: [], subjects: [], titles: [], messages: [] };

interface Bench {
  open(): Promise<void>;
  remove(): Promise<void>;
}

/** A database with so many entries: a tenth open alerts, three resolved ones, six events. */
async function makeBench(rows: number): Promise<Bench> {
  await closeDatabase();
  const remove = await freshDatabase();
  const handle = databaseHandle();
  const options = handle.kind === "sqlite" ? { file: handle.file } : { url: handle.url, file: "" };
  await emit(customEvent("a fact"));
  await emit(customEvent("a problem", { tone: "failure", severity: "critical", dedupKey: "one" }));
  const { alerts, events } = database().t;
  if (handle.kind === "sqlite") handle.raw.pragma("synchronous = OFF");
  await copy(events, "evt", rows * 0.6, (at) => ({ at }), sql`alert_id is null`);
  await copy(
    alerts,
    "alr",
    rows * 0.1,
    (at, key) => ({ dedupKey: key, openedAt: at, lastAt: at }),
    sql`status = 'firing'`,
  );
  const over = { status: sql`'resolved'`, resolution: sql`'event'` };
  await copy(
    alerts,
    "alr",
    rows * 0.3,
    (at, key) => ({ ...over, dedupKey: key, openedAt: at, lastAt: at, resolvedAt: at }),
    sql`status = 'firing'`,
  );
  if (handle.kind === "sqlite") {
    handle.raw.pragma("wal_checkpoint(TRUNCATE)");
    handle.raw.pragma("synchronous = FULL");
  } else await handle.pool.query("vacuum (analyze)");
  const open = async () => {
    await closeDatabase();
    openDatabase(options);
  };
  return { open, remove };
}

let made = 0;

/** Copies one row, spread over the last thirty days. @param changes what differs, by the SQL of the time and of a key */
async function copy(
  table: ReturnType<typeof database>["t"]["alerts"] | ReturnType<typeof database>["t"]["events"],
  prefix: string,
  count: number,
  changes: (at: SQL, key: SQL) => Record<string, SQL>,
  which: SQL,
): Promise<void> {
  const handle = databaseHandle();
  const { orm } = database();
  const columns = getTableColumns(table);
  const from = Date.now() - 30 * DAY_MS;
  const padded = handle.kind === "sqlite" ? sql`printf('%09d', i)` : sql`lpad(i::text, 9, '0')`;
  const step = Math.floor((29 * DAY_MS) / count);
  const at = sql.raw(`(${from} + i * cast(${step} as bigint))`);
  const mark = String(made++);
  // In the order of their numbers; what they sort by otherwise is the time.
  const id = sql`${`${idsSince(prefix, from)}${mark}`} || ${padded}`;
  const changed: Record<string, SQL> = { id, ...changes(at, sql`${`key-${mark}-`} || ${padded}`) };
  const names = sql.join(
    Object.values(columns).map(({ name }) => sql.identifier(name)),
    sql`, `,
  );
  const values = sql.join(
    Object.entries(columns).map(([key, { name }]) => changed[key] ?? sql`model.${sql.identifier(name)}`),
    sql`, `,
  );
  const model = sql`(select * from ${table} where ${which} limit 1) model`;
  for (let first = 0; first < count; first += PIECE) {
    const end = Math.min(count, first + PIECE);
    const numbers =
      handle.kind === "sqlite"
        ? sql`(with recursive n(i) as (select ${first} union all select i + 1 from n where i + 1 < ${end}) select i from n) numbers`
        : sql`(select i::bigint from generate_series(${sql.raw(String(first))}, ${sql.raw(String(end - 1))}) i) numbers`;
    const insert = sql`insert into ${table} (${names}) select ${values} from ${numbers}, ${model}`;
    await ("run" in orm ? (orm.run as (query: SQL) => unknown)(insert) : orm.execute(insert));
  }
}

/** Milliseconds that the first page and the count of the badge take. */
async function pageMs({ open }: Bench, filters: InboxFilters): Promise<number> {
  await open();
  const reader = { id: "usr_bench", readUpTo: 0 };
  const read = async () => {
    const now = Date.now();
    const [{ entries }] = await Promise.all([
      readInbox({ reader, hidden: NONE, filters, after: null, limit: PAGE, now }),
      countUnread({ reader, counts: "problems", hidden: NONE, types: null, now, limit: MOST_UNREAD }),
    ]);
    return entries.length;
  };
  await read();
  const began = performance.now();
  await read();
  return performance.now() - began;
}

const few = await makeBench(FEW);
const many = await makeBench(ROWS);
const times = { few: [] as number[], many: [] as number[], search: [] as number[] };
// In turns, so that whatever else the machine does falls on both alike.
for (let round = 0; round < ROUNDS; round++) {
  times.few.push(await pageMs(few, {}));
  times.many.push(await pageMs(many, {}));
  times.search.push(await pageMs(many, { text: "is nowhere" }));
}
await many.remove();
await few.remove();
process.stdout.write(JSON.stringify({ ...times, rows: ROWS, fewRows: FEW }));
