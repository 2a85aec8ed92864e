import type pg from "pg";
import type { Notice } from "@/lib/core/bus";

/** As many ids as one notice names: PostgreSQL takes 8000 bytes. */
const NOTICE_IDS = 100;
/** Notices of commits within this time are posted together. */
const GATHER_MS = 20;

/**
 * Topics that every event and every settlement touches. A commit with a notice waits for all other such commits of the
 * server (`PreCommit_Notify` in PostgreSQL's `async.c` takes one lock over all of them, up to the write to disk), so these
 * are posted right after the commit. Who misses one, because the process died in between, looks once a second.
 */
const AFTER_COMMIT: ReadonlySet<Notice["topic"]> = new Set([
  "deliveries",
  "alerts",
  "inbox",
  "runs",
  "run-log",
  "run-progress",
]);

/** Posts the notices of this process's transactions to all processes on the database. */
export class PostgresNotices {
  private readonly waiting = new Map<Notice["topic"], Set<string> | null>();
  private timer: NodeJS.Timeout | null = null;

  /** @param from names this process, which publishes its own notices without waiting for their return */
  constructor(
    private readonly pool: pg.Pool,
    private readonly from: string,
  ) {}

  /** Those that belong to the commit itself: nobody may go on with what it made stale. */
  async postInTransaction(client: pg.PoolClient, notices: readonly Notice[]): Promise<void> {
    await this.post(
      client,
      notices.filter(({ topic }) => !AFTER_COMMIT.has(topic)),
    );
  }

  /** The others. Returns at once. */
  postAfterCommit(notices: readonly Notice[]): void {
    for (const { topic, ids } of notices) {
      if (!AFTER_COMMIT.has(topic)) continue;
      const known = this.waiting.get(topic);
      // Without ids a notice is about everything.
      this.waiting.set(topic, ids === undefined || known === null ? null : new Set([...(known ?? []), ...ids]));
    }
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Posts what waits. A notice that cannot be posted is one that was missed. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const notices = [...this.waiting].map(([topic, ids]): Notice => (ids ? { topic, ids: [...ids] } : { topic }));
    this.waiting.clear();
    await this.post(this.pool, notices).catch(() => undefined);
  }

  private async post(to: Pick<pg.Pool, "query">, notices: readonly Notice[]): Promise<void> {
    const payloads = notices.flatMap(({ topic, ids }) =>
      (ids ? partsOf(ids) : [undefined]).map((part) => JSON.stringify({ topic, ids: part, from: this.from })),
    );
    if (payloads.length > 0)
      await to.query("select pg_notify('belfry', each) from unnest($1::text[]) each", [payloads]);
  }
}

function partsOf(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at === 0 || at < ids.length; at += NOTICE_IDS) parts.push(ids.slice(at, at + NOTICE_IDS));
  return parts;
}
