import pg from "pg";

/** What a test left in a database is taken out of it again, for the next one: that costs a tenth of a new database. */
interface UsedDatabase {
  name: string;
  /** What `shape()` said before its first test. */
  shape: string;
  uses: number;
}

/** So often one is used: rows that were deleted stay in its files. */
const MOST_USES = 50;

const SPARES = Symbol.for("belfry.test-databases");

/** Those that no test uses now, for the whole process: modules are loaded anew for each file of tests. */
function spareDatabases(): UsedDatabase[] {
  const holder = globalThis as typeof globalThis & { [SPARES]?: UsedDatabase[] };
  holder[SPARES] ??= [];
  return holder[SPARES];
}

const OWN = "n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'belfry_test')";

/** `reset()` leaves what the template holds; `shape()` changes with any table, column, constraint, trigger, function or setting. */
const RESETTABLE = `
create schema belfry_test;
create table belfry_test.kept (nr serial, schema_name text, table_name text);
create table belfry_test.sequences as
  select c.oid, s.last_value, s.start_value from pg_sequences s
  join pg_namespace n on n.nspname = s.schemaname join pg_class c on c.relname = s.sequencename and c.relnamespace = n.oid
  where ${OWN};
do $$
declare one record; filled boolean; nr int;
begin
  for one in select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and ${OWN} loop
    execute format('select exists (select from %I.%I)', one.nspname, one.relname) into filled;
    if filled then
      insert into belfry_test.kept (schema_name, table_name) values (one.nspname, one.relname) returning kept.nr into nr;
      execute format('create table belfry_test.%I as table %I.%I', 'rows_' || nr, one.nspname, one.relname);
    end if;
  end loop;
end $$;
create function belfry_test.reset() returns void language plpgsql as $$
declare one record;
begin
  -- No trigger and no foreign key: the order of the tables does not matter.
  perform set_config('session_replication_role', 'replica', true);
  for one in select c.oid, n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and ${OWN} loop
    -- Deleted rows stay in the file and make what reads it slow; to cut off a file takes longer than to delete few rows.
    execute format(case when pg_relation_size(one.oid) > 65536 then 'truncate %I.%I cascade' else 'delete from %I.%I' end, one.nspname, one.relname);
  end loop;
  for one in select * from belfry_test.kept loop
    execute format('insert into %I.%I table belfry_test.%I', one.schema_name, one.table_name, 'rows_' || one.nr);
  end loop;
  perform setval(oid::regclass, coalesce(last_value, start_value), last_value is not null) from belfry_test.sequences;
end $$;
create function belfry_test.shape() returns text language sql as $$
  with own as (select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OWN})
  select md5(string_agg(part, '|' order by part)) from (
    select concat_ws(' ', oid, relname, relkind, reloptions) from own
    union all select concat_ws(' ', attrelid, attname, atttypid, attnotnull, atthasdef) from pg_attribute where attrelid in (select oid from own)
    union all select concat_ws(' ', oid, conname, convalidated) from pg_constraint where conrelid in (select oid from own)
    union all select concat_ws(' ', oid, tgname, tgenabled) from pg_trigger where tgrelid in (select oid from own)
    union all select concat_ws(' ', p.oid, proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OWN}
    union all select concat_ws(' ', setdatabase, setrole, setconfig) from pg_db_role_setting
  ) parts (part)
$$;`;

const OTHERS = "datname = current_database() and pid <> pg_backend_pid()";

/** Lets copies of a migrated database be used more than once. @param url its address */
export async function makeResettable(url: string): Promise<void> {
  await ask(url, RESETTABLE);
}

/**
 * A database like the template, which no other test uses now.
 * @param server address of a database on the server
 * @returns its address, and what gives it back when its connections are closed
 */
export async function takeDatabase(
  server: string,
  template: string,
): Promise<{ url: string; giveBack(): Promise<void> }> {
  const taken = spareDatabases().pop() ?? (await create(server, template));
  const url = databaseAddress(server, taken.name);
  const giveBack = async () => {
    if (++taken.uses < MOST_USES && (await isReset(url, taken.shape))) spareDatabases().push(taken);
    else await ask(server, `drop database ${taken.name} with (force)`);
  };
  return { url, giveBack };
}

async function create(server: string, template: string): Promise<UsedDatabase> {
  const name = newDatabaseName();
  await ask(server, `create database ${name} template ${template}`);
  return { name, shape: await ask(databaseAddress(server, name), "select belfry_test.shape() as answer"), uses: 0 };
}

/** False: a test changed more than rows. */
async function isReset(url: string, shape: string): Promise<boolean> {
  const clear = `select pg_terminate_backend(pid, 10000) from pg_stat_activity where ${OTHERS}; select belfry_test.reset()`;
  try {
    return (await ask(url, `${clear}; select belfry_test.shape() as answer`)) === shape;
  } catch {
    return false;
  }
}

/** A name that no other database of the server has. */
export function newDatabaseName(): string {
  return `belfry_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
}

/** The address of another database on the same server. */
export function databaseAddress(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Sends statements over a connection of their own. @returns the column `answer` of the last one */
export async function ask(url: string, statements: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results: pg.QueryResult | pg.QueryResult[] = await client.query(statements);
    const last = Array.isArray(results) ? results.at(-1) : results;
    return String(last?.rows[0]?.answer ?? "");
  } finally {
    await client.end();
  }
}
