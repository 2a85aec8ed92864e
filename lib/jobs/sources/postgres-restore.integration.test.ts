import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { RestoreMode } from "@/lib/core/restore-mode";
import { RunError } from "../run-error";
import { type TestIo, testIo } from "../testing/io";
import { postgres } from "./postgres";
import { withConnection } from "./postgres-client";
import { UNFINISHED } from "./postgres-properties";
import { executeEach } from "./postgres-statements";
import { PASSWORD, startTestServer, storedBytes, type TestServer } from "./postgres-testing";

let server: TestServer;
let io: TestIo;

beforeAll(async () => {
  server = await startTestServer(["app", "auditor", 'odd "role"; x']);
});
afterAll(() => server.stop());
beforeEach(() => {
  io = testIo([PASSWORD]);
});
afterEach(() => io.remove());

const sql: TestServer["sql"] = (...args) => server.sql(...args);
const target = (database: string, more?: object) => ({ config: server.config("postgres", more), database });
const databases = async (like: string) =>
  (await sql("postgres", `SELECT datname FROM pg_database WHERE datname LIKE '${like}' ORDER BY 1`)).map(
    ({ datname }) => String(datname),
  );
const restore = async (from: string, to: string, mode?: RestoreMode, mayOverwrite = false) =>
  await postgres.restore(await server.backup(from, io), target(to), io, { mayOverwrite, mode });

const UNACCENT = `
  CREATE EXTENSION unaccent;
  CREATE TABLE p (n text);
  INSERT INTO p VALUES ('Élan'), ('Über');
  CREATE FUNCTION norm(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower(unaccent($1))';
  CREATE INDEX p_norm ON p (norm(n));
  CREATE TABLE checked (n text CHECK (norm(n) <> 'x'));
  INSERT INTO checked VALUES ('É'), ('Ü');
  CREATE MATERIALIZED VIEW norms AS SELECT norm(n) AS n FROM p;
  CREATE TABLE made (n text, m text GENERATED ALWAYS AS (norm(n)) STORED);
  INSERT INTO made VALUES ('Ö');`;

test("fault A10: functions that need a search path: an index, a check, a materialized view and a generated column come back whole", async () => {
  await sql("postgres", "CREATE DATABASE paths");
  await sql("paths", UNACCENT);
  expect((await restore("paths", "paths_new")).missing).toEqual([]);
  expect(server.schema("paths_new")).toBe(server.schema("paths"));
  expect(await sql("paths_new", "SELECT n FROM checked ORDER BY 1")).toEqual([{ n: "É" }, { n: "Ü" }]);
  expect(await sql("paths_new", "SELECT n FROM norms ORDER BY 1")).toEqual([{ n: "elan" }, { n: "uber" }]);
  expect(await sql("paths_new", "SELECT m FROM made")).toEqual([{ m: "o" }]);
  // In one transaction too: into a new database, and over the old one.
  expect((await restore("paths", "paths_whole", "all_or_nothing")).missing).toEqual([]);
  expect((await restore("paths", "paths_new", "all_or_nothing", true)).missing).toEqual([]);
  expect(server.schema("paths_new")).toBe(server.schema("paths"));
});

test("fault A10: a search path that only the database has set is used", async () => {
  await sql("postgres", "CREATE DATABASE own_path");
  await sql(
    "own_path",
    `CREATE SCHEMA tools; CREATE FUNCTION tools.plus(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + 1';
    ALTER DATABASE own_path SET search_path = tools, public; SET search_path = tools, public;
    CREATE FUNCTION public.twice(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN plus($1) * 2; END';
    CREATE TABLE public.t AS SELECT n FROM generate_series(1, 100) n; CREATE INDEX ON public.t (public.twice(n));`,
  );
  expect((await restore("own_path", "own_path_new")).missing).toEqual([]);
  expect(server.schema("own_path_new")).toBe(server.schema("own_path"));
});

test("fault A10: what cannot come back is named with the server's own error, and the rest comes back", async () => {
  await sql("postgres", "CREATE DATABASE broken");
  await sql(
    "broken",
    `CREATE SCHEMA hidden; CREATE FUNCTION hidden.f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';
    CREATE FUNCTION g(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN f($1); END';
    CREATE TABLE t (n int); INSERT INTO t SELECT generate_series(1, 10);
    SET search_path = public, hidden; CREATE INDEX t_g ON public.t (public.g(n));`,
  );
  const { missing } = await restore("broken", "broken_new");
  expect(missing).toEqual(["Index public.t_g did not come back: function f(integer) does not exist"]);
  expect(await sql("broken_new", "SELECT sum(n)::int AS n FROM t")).toEqual([{ n: 55 }]);
  // All or nothing leaves nothing.
  await expect(restore("broken", "broken_whole", "all_or_nothing")).rejects.toThrow("f(integer) does not exist");
  expect(await databases("broken_whole%")).toEqual([]);
});

const PROPERTIES = `
  ALTER DATABASE props OWNER TO app;
  REVOKE ALL ON DATABASE props FROM PUBLIC;
  GRANT CONNECT ON DATABASE props TO auditor, "odd ""role""; x" WITH GRANT OPTION;
  ALTER DATABASE props SET search_path = 'x y', public;
  ALTER DATABASE props SET default_transaction_read_only = on;
  ALTER ROLE app IN DATABASE props SET work_mem = '5MB';
  ALTER DATABASE props CONNECTION LIMIT 50;
  COMMENT ON DATABASE props IS 'it''s the database props;
of two lines';`;

test("fault A11: owner, grants, settings, limit and comment of the database come back under another name", async () => {
  await sql("postgres", "CREATE DATABASE props ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  await sql("props", "CREATE TABLE t AS SELECT 1 AS n");
  await sql("postgres", PROPERTIES);
  const backup = await server.backup("props", io);
  expect((await postgres.restore(backup, target('new "props'), io, { mayOverwrite: false })).missing).toEqual([]);
  const properties = (name: string) =>
    sql(
      "postgres",
      `SELECT d.datacl::text, r.rolname, d.encoding, d.datcollate, d.datctype, d.datlocprovider, d.datconnlimit,
        (SELECT array_agg(setconfig::text ORDER BY setrole)::text FROM pg_db_role_setting WHERE setdatabase = d.oid) AS settings,
        has_database_privilege('public', d.oid, 'CONNECT') AS open
       FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE datname = '${name}'`,
    );
  expect(await properties('new "props')).toEqual(await properties("props"));
  expect((await properties('new "props'))[0]?.open).toBe(false);
  expect(await sql('new "props', "SELECT n FROM public.t")).toEqual([{ n: 1 }]);
});

test("fault A11: a database with the standard rights has them again, and no mark of the restore", async () => {
  await sql("postgres", "CREATE DATABASE usual");
  await sql("usual", "CREATE TABLE t AS SELECT 1 AS n");
  expect((await restore("usual", "usual_new")).missing).toEqual([]);
  expect(server.schema("usual_new")).toBe(server.schema("usual"));
  const [row] = await sql(
    "postgres",
    "SELECT has_database_privilege('public', 'usual_new', 'CONNECT') AS open, shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = 'usual_new'",
  );
  expect(row).toEqual({ open: true, mark: null });
});

test("fault A11: roles that are gone are named, and nobody gets more access for it", async () => {
  await sql("postgres", "CREATE DATABASE roles; ");
  await sql("postgres", "CREATE ROLE gone LOGIN; CREATE ROLE gone2");
  await sql(
    "roles",
    `CREATE TABLE secrets AS SELECT 1 AS n; ALTER TABLE secrets OWNER TO gone;
    CREATE FUNCTION reveal() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT n FROM public.secrets';
    ALTER FUNCTION reveal() OWNER TO gone;
    REVOKE ALL ON FUNCTION reveal() FROM PUBLIC; GRANT EXECUTE ON FUNCTION reveal() TO gone2, app;
    ALTER DEFAULT PRIVILEGES FOR ROLE gone GRANT SELECT ON TABLES TO app;
    GRANT CONNECT ON DATABASE roles TO gone2; ALTER ROLE gone IN DATABASE roles SET work_mem = '9MB'`,
  );
  const backup = await server.backup("roles", io);
  await sql(
    "roles",
    "DROP OWNED BY gone2; REASSIGN OWNED BY gone TO belfry; DROP OWNED BY gone; DROP ROLE gone; DROP ROLE gone2",
  );
  expect((await postgres.outlook(backup, target("roles_new"), io)).cannot).toEqual([
    "The role gone does not exist on the server: what belonged to it will belong to backup.",
    "The role gone2 does not exist on the server: grants to it are left out.",
  ]);
  const { missing } = await postgres.restore(backup, target("roles_new"), io, { mayOverwrite: false });
  const text = missing.join("\n");
  expect(text).toMatch(
    /ALTER (TABLE|FUNCTION) public\.\S+ OWNER TO gone.* they belong to backup: role "gone" does not exist/,
  );
  expect(text).toMatch(
    /GRANT ALL ON FUNCTION public\.reveal\(\) TO gone2 could not be done: role "gone2" does not exist/,
  );
  expect(text).toMatch(/ALTER DEFAULT PRIVILEGES FOR ROLE gone/);
  expect(text).toMatch(/lacks: GRANT CONNECT ON DATABASE "roles_new" TO gone2 \(role "gone2" does not exist\)/);
  expect(text).toMatch(/lacks: ALTER ROLE gone IN DATABASE "roles_new" SET work_mem/);
  expect(text).toMatch(
    /PUBLIC may not connect to roles_new, for 1 function or view in it that works with the owner's rights now has those of backup/,
  );
  // What was revoked from PUBLIC is revoked, although a grant beside it failed.
  const [may] = await sql(
    "roles_new",
    "SELECT has_function_privilege('auditor', 'reveal()', 'EXECUTE') AS auditor, has_function_privilege('app', 'reveal()', 'EXECUTE') AS app, has_database_privilege('auditor', 'roles_new', 'CONNECT') AS connect",
  );
  expect(may).toEqual({ auditor: false, app: true, connect: false });
  expect(await sql("roles_new", "SELECT n FROM secrets")).toEqual([{ n: 1 }]);
});

test("fault A11: a policy that cannot come back opens nothing", async () => {
  await sql("postgres", "CREATE DATABASE policies; ");
  await sql("postgres", "CREATE ROLE narrowed");
  await sql(
    "policies",
    `CREATE TABLE t AS SELECT n FROM generate_series(1, 9) n; ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO PUBLIC;
    CREATE POLICY seen ON t USING (true); CREATE POLICY few ON t AS RESTRICTIVE TO narrowed USING (n < 3)`,
  );
  const backup = await server.backup("policies", io);
  await sql("policies", "DROP POLICY few ON t; DROP ROLE narrowed");
  const { missing } = await postgres.restore(backup, target("policies_new"), io, { mayOverwrite: false });
  expect(missing).toEqual([
    'Policy public.t few did not come back: role "narrowed" does not exist',
    "PUBLIC may not connect to policies_new, for 1 policy of row security did not come back. Mend that, then GRANT CONNECT.",
  ]);
  const [may] = await sql("postgres", "SELECT has_database_privilege('app', 'policies_new', 'CONNECT') AS connect");
  expect(may).toEqual({ connect: false });
});

test("fault A11: nobody else may connect while rows are restored", async () => {
  await sql("postgres", "CREATE DATABASE closed");
  await sql("closed", "CREATE TABLE t AS SELECT 1 AS n");
  const backup = await server.backup("closed", io);
  let seen: unknown;
  let opened = 0;
  const watched = {
    open: async () => {
      const rows = await sql(
        "postgres",
        "SELECT has_database_privilege('public', oid, 'CONNECT') AS open FROM pg_database WHERE datname = 'closed_new'",
      );
      if (rows.length) {
        seen = rows[0]?.open;
        opened++;
      }
      return await backup.open();
    },
  };
  await postgres.restore(watched, target("closed_new"), io, { mayOverwrite: false });
  expect({ seen, opened }).toEqual({ seen: false, opened: 1 });
});

test("fault A17: a database that checks no encoding is dumped and restored byte by byte", async () => {
  await sql("postgres", "CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
  await sql(
    "bytes",
    String.raw`CREATE TABLE t (n text); SET client_encoding = 'SQL_ASCII'; INSERT INTO t VALUES (E'caf\xe9'), (E'\xff\xfe')`,
  );
  const backup = await server.backup("bytes", io);
  expect(await postgres.verify(await backup.open(), io)).toEqual({ files: null, tables: 1, filledTables: 1 });
  expect((await postgres.restore(backup, target("bytes_new"), io, { mayOverwrite: false })).missing).toEqual([]);
  const content = (name: string) => sql(name, "SELECT encode(n::bytea, 'hex') AS hex FROM t; ");
  expect(await content("bytes_new")).toEqual([{ hex: "636166e9" }, { hex: "fffe" }]);
  expect(await content("bytes_new")).toEqual(await content("bytes"));
  expect(await sql("bytes_new", "SHOW server_encoding")).toEqual([{ server_encoding: "SQL_ASCII" }]);
});

test("fault A17: names outside ASCII come back in a database of another encoding", async () => {
  await sql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
  await sql("latin", `CREATE TABLE "prénom" AS SELECT 'Zoë'::text AS "élan"; GRANT SELECT ON "prénom" TO app`);
  await sql("postgres", "REVOKE CONNECT ON DATABASE latin FROM PUBLIC");
  expect((await restore("latin", "latin ñew ☂")).missing).toEqual([]);
  expect(await sql("latin ñew ☂", `SELECT "élan" FROM "prénom"`)).toEqual([{ élan: "Zoë" }]);
});

test("everything that a database may hold comes back as it was", async () => {
  await sql("postgres", "CREATE DATABASE whole");
  await sql("whole", WHOLE);
  const backup = await server.backup("whole", io);
  const contents = await postgres.verify(await backup.open(), io);
  expect(contents).toEqual(await postgres.contentsAt(target("whole"), io));
  const { missing } = await postgres.restore(backup, target("whole_new"), io, { mayOverwrite: false });
  expect(missing).toEqual([]);
  expect(server.schema("whole_new")).toBe(server.schema("whole"));
  expect(await postgres.contentsAt(target("whole_new"), io)).toEqual(contents);
  const checksums = (name: string) =>
    sql(
      name,
      `SELECT (SELECT md5(string_agg(md5(p::text), '' ORDER BY p::text)) FROM parts p) AS parts,
        (SELECT md5(string_agg(o::text, '' ORDER BY o::text)) FROM orders o) AS orders,
        (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM totals t) AS totals,
        (SELECT count(*) FROM pg_largeobject_metadata) AS large,
        (SELECT md5(string_agg(md5(lo_get(oid)) || coalesce(lomacl::text, ''), '' ORDER BY oid)) FROM pg_largeobject_metadata) AS large_bytes,
        nextval('orders_id_seq') AS next`,
    );
  const [before, after] = [await checksums("whole"), await checksums("whole_new")];
  expect(after).toEqual(before);
  expect(before[0]).toMatchObject({ large: "60000", next: "101" });
  // Each large object is statements of its own: the only one here that computes for half a minute.
}, 400_000);

/** A bit of every kind. */
const WHOLE = `
  CREATE EXTENSION hstore; CREATE EXTENSION pg_trgm;
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s fine'); CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE TYPE pair AS (a int, b text);
  CREATE TABLE orders (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, amount positive, feeling mood, tags hstore,
    twice int GENERATED ALWAYS AS (amount * 2) STORED, at timestamptz DEFAULT now(), both_ pair, note text);
  INSERT INTO orders (amount, feeling, tags, both_, note)
    SELECT n, 'ok', hstore('k', n::text), ROW(n, 'x')::pair, E'line\\n\\\\.\\nCOPY x FROM stdin;\\n' || n FROM generate_series(1, 100) n;
  CREATE TABLE "odd ""table; FROM stdin" (n int); CREATE TABLE none (); INSERT INTO none DEFAULT VALUES; CREATE UNLOGGED TABLE empty (n int);
  CREATE INDEX ON orders USING gin (note gin_trgm_ops);
  CREATE TABLE parts (n int, t text) PARTITION BY RANGE (n);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (500); CREATE TABLE parts_2 PARTITION OF parts DEFAULT;
  INSERT INTO parts SELECT n, repeat('y', n % 50) FROM generate_series(1, 1000) n;
  CREATE TABLE lines (id bigserial PRIMARY KEY, order_id int REFERENCES orders ON DELETE CASCADE);
  INSERT INTO lines (order_id) SELECT id FROM orders;
  CREATE VIEW big AS SELECT * FROM orders WHERE amount > 50 WITH CHECK OPTION;
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n, sum(amount) AS s FROM orders; CREATE UNIQUE INDEX ON totals (n);
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.note := NEW.note || ';'; RETURN NEW; END $f$;
  CREATE TRIGGER stamp BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
  CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION watch();
  CREATE RULE quiet AS ON DELETE TO parts DO INSTEAD NOTHING;
  CREATE AGGREGATE total (int) (sfunc = int4pl, stype = int, initcond = '0');
  CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq);
  CREATE COLLATION "own" FROM "C"; CREATE STATISTICS s ON n, t FROM parts; CREATE TEXT SEARCH CONFIGURATION own (copy = simple);
  CREATE PUBLICATION pub FOR TABLE orders;
  ALTER TABLE orders ENABLE ROW LEVEL SECURITY; CREATE POLICY mine ON orders FOR SELECT TO app USING (amount < 10);
  COMMENT ON TABLE orders IS 'the orders'; COMMENT ON COLUMN orders.note IS 'a note';
  CREATE SCHEMA private AUTHORIZATION app; CREATE TABLE private.t AS SELECT 1 AS n; ALTER TABLE private.t OWNER TO app;
  GRANT SELECT (id, amount) ON orders TO auditor; GRANT USAGE ON SCHEMA private TO "odd ""role""; x" WITH GRANT OPTION;
  ALTER DEFAULT PRIVILEGES FOR ROLE app IN SCHEMA private GRANT SELECT ON TABLES TO auditor;
  REVOKE EXECUTE ON FUNCTION stamp() FROM PUBLIC;
  SELECT count(lo_from_bytea(n::oid, ('large ' || n)::bytea)) FROM generate_series(100001, 160000) n;
  ALTER LARGE OBJECT 100001 OWNER TO app; GRANT SELECT ON LARGE OBJECT 100002 TO auditor;`;

test("fault A10: a table made since that refers to an old one stops a restore over, which says so and advises a swap", async () => {
  await sql("postgres", "CREATE DATABASE since");
  await sql("since", "CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)");
  const backup = await server.backup("since", io);
  await sql(
    "since",
    "INSERT INTO items VALUES (2); CREATE TABLE reviews (item int REFERENCES items); INSERT INTO reviews VALUES (2); CREATE VIEW v AS SELECT * FROM items",
  );
  expect(await postgres.outlook(backup, target("since"), io)).toEqual({
    stays: ["2 tables, views and sequences that the backup does not hold: public.reviews and public.v."],
    cannot: [
      expect.stringMatching(
        /public\.reviews \(foreign key reviews_item_fkey\) depends on public\.items.*Choose “swap”/,
      ),
    ],
  });
  await expect(postgres.restore(backup, target("since"), io, { mayOverwrite: true })).rejects.toMatchObject({
    message: expect.stringMatching(/cannot drop|constraint .*items_pkey|reviews/),
    advice: expect.stringContaining("swap"),
  });
  expect(await sql("since", "SELECT count(*)::int AS n FROM items")).toEqual([{ n: 2 }]);
  // As much as possible would mix old rows with new ones.
  await expect(
    postgres.restore(backup, target("since"), io, { mayOverwrite: true, mode: "as_much_as_possible" }),
  ).rejects.toMatchObject({ kind: "cannot_start", message: expect.stringContaining("new or an empty database") });

  expect((await postgres.restore(backup, target("since"), io, { mayOverwrite: true, mode: "swap" })).missing).toEqual(
    [],
  );
  expect(await sql("since", "SELECT count(*)::int AS n FROM items")).toEqual([{ n: 1 }]);
  const [, kept] = await databases("since%");
  expect(kept).toMatch(/^since_before_\d{8}t\d{6}z$/);
  expect(io.lines.join("\n")).toContain(`The old database is kept as ${kept}`);
  expect(await sql(String(kept), "SELECT count(*)::int AS n FROM reviews")).toEqual([{ n: 1 }]);
});

test("fault A10: a swap with a database in use loses nothing and names the new one and who is connected", async () => {
  await sql("postgres", "CREATE DATABASE used");
  await sql("used", "CREATE TABLE t AS SELECT 1 AS n");
  const backup = await server.backup("used", io);
  await sql("used", "UPDATE t SET n = 2");
  const session = await server.connect("used");
  try {
    await expect(
      postgres.restore(backup, target("used"), io, { mayOverwrite: true, mode: "swap" }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(
        /into the database used_restored_\S+, but .* used, which is as it was\. It has 1 connection: belfry/,
      ),
      advice: expect.stringMatching(/ALTER DATABASE "used" RENAME TO "used_before_/),
    });
    expect((await session.query("SELECT n FROM t")).rows).toEqual([{ n: 2 }]);
    const [, beside] = await databases("used%");
    expect(await sql(String(beside), "SELECT n FROM t")).toEqual([{ n: 1 }]);
  } finally {
    await session.end();
  }
});

test("fault A10: a swap in which something is missing leaves the old database and says where the rest is", async () => {
  await sql("postgres", "CREATE DATABASE lame");
  await sql("lame", "CREATE ROLE lame_role; CREATE TABLE t AS SELECT 1 AS n; GRANT SELECT ON t TO lame_role");
  const backup = await server.backup("lame", io);
  await sql("lame", "DROP OWNED BY lame_role; DROP ROLE lame_role; UPDATE t SET n = 2");
  await expect(
    postgres.restore(backup, target("lame"), io, { mayOverwrite: true, mode: "swap" }),
  ).rejects.toMatchObject({
    message: expect.stringMatching(
      /^Not everything came back, so lame is as it was\. GRANT SELECT ON TABLE public\.t TO lame_role could not be done/,
    ),
    advice: expect.stringContaining("lame_restored_"),
  });
  expect(await sql("lame", "SELECT n FROM t")).toEqual([{ n: 2 }]);
});

test("fault A11: over an existing database its own properties stay, and those of the backup that differ are named", async () => {
  await sql("postgres", "CREATE DATABASE differs");
  await sql("differs", "CREATE TABLE t AS SELECT 1 AS n");
  await sql("postgres", "ALTER DATABASE differs SET work_mem = '6MB'; ALTER DATABASE differs OWNER TO app");
  const backup = await server.backup("differs", io);
  await sql(
    "postgres",
    "ALTER DATABASE differs RESET work_mem; ALTER DATABASE differs OWNER TO auditor; REVOKE CONNECT ON DATABASE differs FROM PUBLIC",
  );
  const { missing } = await postgres.restore(backup, target("differs"), io, { mayOverwrite: true });
  expect(missing).toEqual([
    `The database itself is not as it was, for it lacks: ALTER DATABASE "differs" SET work_mem TO '6MB'`,
    'The database itself is not as it was, for it lacks: ALTER DATABASE "differs" OWNER TO app',
  ]);
  expect(await sql("postgres", "SELECT has_database_privilege('public', 'differs', 'CONNECT') AS open")).toEqual([
    { open: false },
  ]);
});

test("fault A11: a locale that the server does not have is named, and the rest comes back", async () => {
  await sql("postgres", "CREATE DATABASE localized");
  await sql("localized", "CREATE TABLE t AS SELECT 'é'::text AS n");
  const whole = Buffer.concat(await (await (await server.backup("localized", io)).open()).toArray());
  const changed = Buffer.from(whole.toString("latin1").replace("LOCALE = 'C.UTF-8'", "LOCALE = 'X.UTF-8'"), "latin1");
  const { missing } = await postgres.restore(storedBytes(changed), target("localized_new"), io, {
    mayOverwrite: false,
  });
  expect(missing).toEqual([
    expect.stringMatching(/lacks: CREATE DATABASE "localized_new" .*LOCALE = 'X\.UTF-8' \(.*locale name/),
  ]);
  expect(await sql("localized_new", "SELECT n FROM t")).toEqual([{ n: "é" }]);
});

test("a restore over a database that was migrated since brings the old columns back", async () => {
  await sql("postgres", "CREATE DATABASE migrated");
  await sql(
    "migrated",
    "CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL); INSERT INTO t VALUES (1, 'x'); CREATE VIEW w AS SELECT name FROM t",
  );
  const backup = await server.backup("migrated", io);
  const before = server.schema("migrated");
  await sql(
    "migrated",
    "DROP VIEW w; ALTER TABLE t DROP COLUMN name; ALTER TABLE t ADD COLUMN title int; CREATE INDEX ON t (title); CREATE TABLE u (n int)",
  );
  expect((await postgres.restore(backup, target("migrated"), io, { mayOverwrite: true })).missing).toEqual([]);
  await sql("migrated", "DROP TABLE u");
  expect(server.schema("migrated")).toBe(before);
});

test("a database that a killed restore left is called so, and is whole after a restore over it", async () => {
  await sql("postgres", "CREATE DATABASE half");
  await sql("half", "CREATE TABLE t AS SELECT 1 AS n");
  const backup = await server.backup("half", io);
  await sql("postgres", "CREATE DATABASE half_new");
  await sql("half_new", "CREATE TABLE t AS SELECT 2 AS n");
  await sql("postgres", `REVOKE ALL ON DATABASE half_new FROM PUBLIC; COMMENT ON DATABASE half_new IS '${UNFINISHED}'`);
  expect(await postgres.existingTarget(target("half_new"), io)).toContain("which a restore that did not end left");
  expect((await postgres.restore(backup, target("half_new"), io, { mayOverwrite: true })).missing).toEqual([]);
  expect(server.schema("half_new")).toBe(server.schema("half"));
});

test("fault A11: grants are given one by one in a database that is read-only by its own setting, whatever the user's search path", async () => {
  await sql("postgres", "CREATE DATABASE guarded; ");
  await sql("postgres", "CREATE ROLE leaving");
  await sql(
    "guarded",
    `CREATE SCHEMA "a b"; CREATE FUNCTION "a b".f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';
    CREATE FUNCTION public.g(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN f($1); END';
    CREATE TABLE t (n int); INSERT INTO t VALUES (1); SET search_path = "a b", public; CREATE INDEX t_g ON t (g(n));
    REVOKE ALL ON FUNCTION g(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION g(int) TO leaving, app;
    ALTER DATABASE guarded SET search_path = "a b", public; ALTER DATABASE guarded SET default_transaction_read_only = on;
    ALTER ROLE backup SET search_path = nowhere`,
  );
  try {
    const backup = await server.backup("guarded", io);
    await sql("guarded", "BEGIN READ WRITE; DROP OWNED BY leaving; DROP ROLE leaving; COMMIT");
    const { missing } = await postgres.restore(backup, target("guarded_new"), io, { mayOverwrite: false });
    expect(missing).toEqual([
      'GRANT ALL ON FUNCTION public.g(integer) TO leaving could not be done: role "leaving" does not exist',
    ]);
    expect(server.schema("guarded_new")).toBe(server.schema("guarded"));
  } finally {
    await sql("postgres", "ALTER ROLE backup RESET search_path");
  }
});

test("fault A6: of two restores into one new database at once one is refused, and harms nothing", async () => {
  await sql("postgres", "CREATE DATABASE twin");
  await sql("twin", "CREATE TABLE t AS SELECT generate_series(1, 5000) AS n");
  const backup = await server.backup("twin", io);
  const both = await Promise.allSettled(
    [1, 2].map(() => postgres.restore(backup, target("twin_new"), io, { mayOverwrite: false })),
  );
  const refused = both.flatMap((result) => (result.status === "rejected" ? [result.reason as RunError] : []));
  expect(refused).toHaveLength(1);
  expect(refused[0]?.message).toMatch(/Another restore into the database twin_new is running|already has data/);
  expect(await sql("twin_new", "SELECT count(*)::int AS n FROM t")).toEqual([{ n: 5000 }]);
});

test("a restore that is canceled removes the database that it made", async () => {
  await sql("postgres", "CREATE DATABASE stopped");
  await sql("stopped", "CREATE TABLE t AS SELECT generate_series(1, 5000) AS n");
  const backup = await server.backup("stopped", io);
  let opened = 0;
  const stopping = {
    open: async () => {
      if ((await databases("stopped_new")).length && opened++ === 0)
        io.abort(new RunError("Stop.", { kind: "canceled" }));
      return await backup.open();
    },
  };
  await expect(postgres.restore(stopping, target("stopped_new"), io, { mayOverwrite: false })).rejects.toThrow("Stop.");
  expect(opened).toBe(1);
  expect(await databases("stopped_new")).toEqual([]);
});

test("a user who may only create databases gets what is possible, and reads what is not", async () => {
  await sql("postgres", "CREATE DATABASE plain; ");
  await sql("postgres", "ALTER ROLE auditor CREATEDB");
  await sql(
    "plain",
    "CREATE TABLE t AS SELECT 1 AS n; ALTER TABLE t OWNER TO app; CREATE TABLE mine AS SELECT 2 AS n; CREATE FUNCTION w() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER w ON ddl_command_end EXECUTE FUNCTION w()",
  );
  const backup = await server.backup("plain", io);
  const asAuditor = target("plain_new", { user: "auditor" });
  const { cannot } = await postgres.outlook(backup, asAuditor, io);
  expect(cannot).toEqual([
    expect.stringMatching(/^auditor is no superuser and no member of .*app/),
    "Only a superuser can restore event triggers.",
  ]);
  const { missing } = await postgres.restore(backup, asAuditor, io, { mayOverwrite: false });
  expect(missing.join("\n")).toMatch(/Event trigger w did not come back: permission denied to create event trigger/);
  expect(await sql("plain_new", "SELECT n FROM t")).toEqual([{ n: 1 }]);
});

test("a backup that breaks off anywhere while it is restored, as when Belfry is killed, leaves the database as it was", async () => {
  await sql("postgres", "CREATE DATABASE cut");
  await sql(
    "cut",
    "CREATE TABLE one AS SELECT n, md5(n::text) FROM generate_series(1, 500) n; CREATE TABLE two AS TABLE one; SELECT lo_from_bytea(0, 'x')",
  );
  const bytes = Buffer.concat(await (await (await server.backup("cut", io)).open()).toArray());
  await sql("cut", "DROP TABLE two; TRUNCATE one; INSERT INTO one VALUES (7)");
  const options = { mayOverwrite: true, mode: "all_or_nothing" } as const;
  for (const end of [bytes.length / 2, bytes.length * 0.9, bytes.length - 40, bytes.length - 1]) {
    const half = storedBytes(bytes.subarray(0, Math.floor(end)));
    await expect(postgres.restore(half, target("cut"), io, options)).rejects.toBeInstanceOf(RunError);
    expect(await sql("cut", "SELECT n, to_regclass('two') AS two FROM one")).toEqual([{ n: 7, two: null }]);
  }
});

test("psql gets single statements whole: it would execute half of the last one where its input ends", async () => {
  await sql("postgres", "CREATE DATABASE statements");
  await sql("statements", "CREATE TABLE t (n int)");
  const inputs: unknown[] = [];
  const run: TestIo["tools"]["run"] = (tool, args, options) => {
    inputs.push(options?.stdin, options?.piped);
    return io.tools.run(tool, args, options);
  };
  const failed = await withConnection(server.config("statements"), "statements", io, (connection) =>
    executeEach(["GRANT SELECT ON t TO app", "GRANT SELECT\n ON t TO nobody_here"], "UTF8", connection, {
      ...io,
      tools: { ...io.tools, run },
    }),
  );
  expect(failed).toEqual([
    { statement: "GRANT SELECT\n ON t TO nobody_here", error: 'role "nobody_here" does not exist' },
  ]);
  expect(inputs).toEqual([undefined, undefined]);
  expect(await sql("statements", "SELECT has_table_privilege('app', 't', 'SELECT') AS may")).toEqual([{ may: true }]);
});
