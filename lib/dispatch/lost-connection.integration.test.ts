import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeDatabase, database, databaseHandle, openDatabase } from "@/db/client";
import { listenForNotices } from "@/db/listen";
import { migrate } from "@/db/migrate";
import { putState } from "@/db/stores/system-state";
import { step, transact } from "@/db/transact";
import { waitForDatabase } from "@/db/wait-for-database";
import { type CuttingProxy, startCuttingProxy } from "@/e2e/support/cutting-proxy";
import { freePort } from "@/e2e/support/free-port";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";
import { newId } from "@/lib/core/id";
import { emit, emitAll } from "./emit";
import { customEvent } from "./pipeline-fixture";
import { forgetRouting } from "./plan/routing-snapshot";

let postgres: PostgresServer;
let proxy: CuttingProxy;
let databases = 0;
beforeAll(async () => {
  postgres = await startPostgres({ keepsCommits: true });
  proxy = await startCuttingProxy(postgres.port);
});
afterAll(async () => {
  await proxy?.stop();
  await postgres?.stop();
});
beforeEach(async () => {
  const url = new URL(postgres.createDatabase(`lost_${++databases}`));
  url.port = String(proxy.port);
  openDatabase({ url: url.href, file: "" });
  await migrate(process.cwd());
  forgetRouting();
});
afterEach(closeDatabase);

const titles = async () => {
  const { orm, t } = database();
  const rows = await orm.select({ notification: t.events.notification }).from(t.events).orderBy(t.events.id);
  return rows.map(({ notification }) => notification.title);
};
const cutAll = () =>
  postgres.run("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like 'belfry%'");

describe("fault B15: a connection that is lost", () => {
  test("before the commit: the event is written with the next connection, once", async () => {
    proxy.cutNext({ before: 'insert into "events"' });
    const written = await emit(customEvent("cut before its row"));
    expect(written?.isDuplicate).toBe(false);
    expect(await titles()).toEqual(["cut before its row"]);
  });

  test("before the commit is sent: the same", async () => {
    proxy.cutNext({ before: "COMMIT" });
    await emitAll([{ draft: customEvent("one") }, { draft: customEvent("two") }]);
    expect(await titles()).toEqual(["one", "two"]);
  });

  test("instead of the answer to the commit: the database is asked, and the event is not written twice", async () => {
    const before = proxy.cuts();
    proxy.cutNext({ answerTo: "COMMIT" });
    const written = await emit(customEvent("cut after its commit"));
    expect(proxy.cuts()).toBe(before + 1);
    expect(written).toMatchObject({ isDuplicate: false, deliveries: 0 });
    expect(await titles()).toEqual(["cut after its commit"]);
  });

  test("instead of the answer to the commit of a change that cannot be recognised: the caller learns that it has to look", async () => {
    proxy.cutNext({ answerTo: "COMMIT" });
    await expect(transact([], (tx) => putState(tx, "a-change", 1))).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("Look whether it was saved"),
      details: { retryAfterSeconds: expect.any(Number) },
    });
    const { orm, t } = database();
    expect((await orm.select().from(t.systemState)).map(({ key }) => key)).toContain("a-change");
  });

  test("while it is read outside a transaction: the read is repeated", async () => {
    proxy.cutNext({ before: "select" });
    expect(await titles()).toEqual([]);
  });

  test("all of them at once, idle, in use and listening: they are replaced, and it is said once", async () => {
    const said: string[] = [];
    const write = process.stderr.write;
    process.stderr.write = ((line: string) => said.push(line) > 0) as typeof write;
    const endListening = listenForNotices();
    let isCut = false;
    const cutOnce = () => {
      if (!isCut) cutAll();
      isCut = true;
    };
    try {
      const listeners = () =>
        postgres
          .run("select count(*) from pg_stat_activity where application_name = 'belfry-listen'")
          .match(/\d+/)?.[0];
      await expect.poll(listeners).toBe("1");
      await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          transact([], function* (tx) {
            yield* putState(tx, `long-${index}`, 1);
            // In use, and idle within its transaction, when it is cut.
            yield* step(Promise.resolve(index === 5 ? cutOnce() : undefined));
            yield* putState(tx, `long-${index}`, 2);
          }).catch((error) => {
            // One whose commit was under way: nobody but the database knows.
            expect(error.message).toContain("Look whether it was saved");
          }),
        ),
      );
      await emit(customEvent("after it"));
      await expect.poll(listeners).toBe("1");
      expect(await titles()).toEqual(["after it"]);
      expect(said.filter((line) => line.includes("lost the connection to the database"))).toHaveLength(1);
    } finally {
      process.stderr.write = write;
      await endListening();
    }
  });

  test("all of them, again and again while events come, and the server once: none is lost, none is there twice", async () => {
    const wanted = Array.from({ length: 300 }, (_, index) => `event ${index}`);
    const waiting = [...wanted];
    const work = async () => {
      for (let title = waiting.shift(); title !== undefined; title = waiting.shift()) await emit(customEvent(title));
    };
    const disturb = async () => {
      for (const left of [250, 200, 150]) {
        await expect.poll(() => waiting.length).toBeLessThan(left);
        cutAll();
      }
      await expect.poll(() => waiting.length).toBeLessThan(100);
      await postgres.shutDown();
      await postgres.startAgain();
    };
    await Promise.all([disturb(), ...Array.from({ length: 8 }, work)]);
    expect((await titles()).sort()).toEqual([...wanted].sort());
  });
});

describe("fault B19: callers that share a transaction", () => {
  test("one that the database refuses is refused alone, and every other has its event", async () => {
    const hostile = { ...customEvent("refused"), at: Number.NaN };
    const outcomes = await Promise.allSettled([
      emit(customEvent("first")),
      emit(hostile),
      emitAll([{ draft: customEvent("second") }, { draft: customEvent("third") }]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await titles()).sort()).toEqual(["first", "second", "third"]);
  });

  test("many at once take few transactions, and each caller has the answer for its own events", async () => {
    const commits = async () => {
      const handle = databaseHandle();
      if (handle.kind !== "postgres") throw new Error("This test is about PostgreSQL.");
      const { rows } = await handle.pool.query<{ n: string }>("select count(distinct xmin::text) as n from events");
      return Number(rows[0]?.n);
    };
    const written = await Promise.all(Array.from({ length: 60 }, (_, index) => emit(customEvent(`note ${index}`))));
    expect(await commits()).toBeLessThan(12);
    const { orm, t } = database();
    const rows = await orm.select({ id: t.events.id, notification: t.events.notification }).from(t.events);
    const titleOf = new Map(rows.map(({ id, notification }) => [id, notification.title]));
    expect(written.map((one) => titleOf.get(one?.id ?? ""))).toEqual(written.map((_, index) => `note ${index}`));
  });

  test("events with one dedup key, of callers that share a transaction, are one alert", async () => {
    const firing = { tone: "failure", severity: "critical", dedupKey: "disk" } as const;
    await Promise.all(Array.from({ length: 5 }, () => emit(customEvent("disk", firing, "firing"))));
    const { orm, t } = database();
    expect(await orm.select({ count: t.alerts.count, status: t.alerts.status }).from(t.alerts)).toEqual([
      { count: 5, status: "firing" },
    ]);
  });
});

describe("fault D2: a server that is not there yet", () => {
  test("is waited for", async () => {
    await closeDatabase();
    const port = await freePort();
    openDatabase({ url: `postgres://belfry@127.0.0.1:${port}/postgres`, file: "" });
    const waiting = waitForDatabase(60_000);
    const late = await startPostgres({ port });
    await waiting;
    await closeDatabase();
    await late.stop();
  });

  test("is given up with a sentence when the time is over", async () => {
    await closeDatabase();
    openDatabase({ url: `postgres://belfry:a%25secret@127.0.0.1:${await freePort()}/${newId("db")}`, file: "" });
    await expect(waitForDatabase(1_000)).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/cannot be used after 1 s of waiting: connect ECONNREFUSED .*Check address/),
    });
  });
});
