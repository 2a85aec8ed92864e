import { z } from "zod";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { formatBytes } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import { defineSource, field, type JobIo, type StoredBackup } from "../contract";
import { RunError } from "../run-error";
import {
  type Connection,
  clientFor,
  identifier,
  literal,
  openConnection,
  postgresError,
  query,
  serverVersion,
  withConnection,
  withServer,
} from "./postgres-client";

const isPlain = (text: string) => [...text].every((letter) => letter >= " ");
const text = (max: number) =>
  z.string().min(1, "Fill this in.").max(max).refine(isPlain, "No line breaks or control characters.");

/** PostgreSQL silently cuts longer names. */
const databaseName = text(63).refine((name) => Buffer.byteLength(name) <= 63, "A database name has at most 63 bytes.");

const config = z.object({
  host: field(text(255), {
    label: "Host",
    placeholder: "db.example",
    help: "A name, an address, or the folder of a socket.",
  }),
  port: field(z.coerce.number<number>().int().min(1).max(65_535).default(5432), { label: "Port", widget: "number" }),
  user: field(text(63), { label: "User", placeholder: "backup" }),
  password: field(z.string().max(1_000).refine(isPlain, "No line breaks or control characters.").optional(), {
    label: "Password",
    secret: true,
    widget: "password",
  }),
  database: field(databaseName, { label: "Database", placeholder: "shop" }),
});

type Config = z.output<typeof config>;

const ICON =
  "M12 1c5 0 9 1.5 9 3.5S17 8 12 8 3 6.5 3 4.5 7 1 12 1zM3 7.5C5 9.2 8.5 10 12 10s7-.8 9-2.5V12c0 2-4 3.5-9 3.5S3 14 3 12zM3 15c2 1.7 5.5 2.5 9 2.5s7-.8 9-2.5v4.5c0 2-4 3.5-9 3.5s-9-1.5-9-3.5z";

/** One PostgreSQL database in pg_dump's custom format. */
export const postgres = defineSource({
  id: "postgres",
  label: "PostgreSQL database",
  tagline: "One database of a server",
  aliases: ["postgres", "pg", "pg_dump"],
  icon: { path: ICON },
  config,
  example: { host: "db.example", user: "backup", password: "secret-example", database: "shop" },
  tools: ["pg_dump", "pg_restore", "psql"],
  packages: { pg_dump: "postgresql-client", pg_restore: "postgresql-client", psql: "postgresql-client" },
  summary: ({ user, host, port, database }) => `${user}@${host}:${port}/${database}`,
  extension: "dump",
  minBytes: 512,
  restoresTo: "database",
  databaseName,

  test: (server, io) =>
    withConnection(server, server.database, io, async (connection) => {
      const version = await serverVersion(connection, io);
      await clientFor("pg_dump", version, io);
      const [size] = await query(connection, "SELECT pg_database_size(current_database())", io);
      return { message: `${server.database} answers: PostgreSQL ${version}, ${formatBytes(Number(size))}.` };
    }),

  preflight: (server, io) =>
    withConnection(server, server.database, io, async (connection) => {
      await clientFor("pg_dump", await serverVersion(connection, io), io);
      await clientFor("pg_restore", 0, io);
      return { estimatedBytes: null };
    }),

  async dump(server, io) {
    const connection = await openConnection(server, server.database, io);
    try {
      const program = await clientFor("pg_dump", await serverVersion(connection, io), io);
      io.log(`Dumping ${server.database} with ${program}`);
      const { stdout, ended } = io.tools.start(program, ["--format=custom", "--compress=0", "--no-password"], {
        env: connection.env,
        onLine: io.log,
      });
      const judged = ended
        .then(({ code, stderr }) => {
          if (code !== 0) throw postgresError(stderr);
          return { warnings: [] };
        })
        .finally(() => connection.close());
      judged.catch(() => undefined);
      return { stream: stdout, ended: judged };
    } catch (error) {
      await connection.close();
      throw error;
    }
  },

  async verify(dump, io) {
    // Listing its contents succeeds on a truncated dump; only writing out everything finds the damage.
    const { code, stderr } = await io.tools.run("pg_restore", ["--file=/dev/null"], { stdin: dump });
    if (code !== 0) throw new RunError(`The dump cannot be read to its end: ${postgresError(stderr).message}`);
    return UNKNOWN_CONTENTS;
  },

  async existingTarget({ config: server, database }, io) {
    return await withServer(server, io, async (admin) => {
      if (!(await exists(admin, database, io))) return null;
      return await withConnection(server, database, io, async (connection) => {
        const [row] = await query(
          connection,
          `SELECT count(*), pg_database_size(current_database()) FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`,
          io,
        );
        const [objects, bytes] = (row ?? "0|0").split("|").map(Number);
        return objects
          ? `${objects} tables, views and sequences of the database ${database} (${formatBytes(bytes ?? 0)})`
          : null;
      });
    });
  },

  restoreModes: ["all_or_nothing"],
  localPaths: () => [],
  outlook: async () => ({ stays: [], cannot: [] }),

  async restore(backup, target, io, { mayOverwrite }) {
    const { config: server, database } = target;
    return await withServer(server, io, async (admin) => {
      const isNew = !(await exists(admin, database, io));
      if (!isNew && !mayOverwrite && (await this.existingTarget(target, io))) {
        throw new RunError(`The database ${database} already has data.`);
      }
      const program = await clientFor("pg_restore", await serverVersion(admin, io), io);
      if (isNew) await query(admin, `CREATE DATABASE ${identifier(database)} TEMPLATE template0`, io);
      try {
        await restoreInto(backup, server, database, program, io, !isNew);
      } catch (error) {
        // Half a restore is worse than none: the database made for it is dropped. Old data is kept by the transaction.
        if (isNew) await dropQuietly(admin, database, io);
        throw error;
      }
      return { missing: [] };
    });
  },

  async scratch(server, io) {
    const database = `belfry_restore_test_${newId("x").slice(2).toLowerCase()}`;
    const remove = () =>
      withServer(server, io, async (admin) => {
        await query(admin, `DROP DATABASE IF EXISTS ${identifier(database)}`, io);
      });
    return { target: { config: server, database }, remove };
  },

  contentsAt: ({ config: server, database }, io) =>
    withConnection(server, database, io, async (connection) => {
      const [tables] = await query(connection, "SELECT count(*) FROM pg_stat_user_tables", io);
      return { ...UNKNOWN_CONTENTS, tables: Number(tables) };
    }),
});

async function restoreInto(
  backup: StoredBackup,
  server: Config,
  database: string,
  program: string,
  io: JobIo,
  isOver: boolean,
): Promise<void> {
  await withConnection(server, database, io, async (connection) => {
    io.log(`Restoring into ${database} with ${program}, in one transaction`);
    const { code, stderr } = await io.tools.run(
      program,
      [
        "--exit-on-error",
        "--single-transaction",
        "--no-password",
        ...(isOver ? ["--clean", "--if-exists"] : []),
        `--dbname=dbname=${conninfoValue(database)}`,
      ],
      { env: connection.env, stdin: await backup.open(), silenceMs: null, onLine: io.log },
    );
    if (code !== 0) throw postgresError(stderr);
  });
}

async function exists(admin: Connection, database: string, io: JobIo): Promise<boolean> {
  return (await query(admin, `SELECT 1 FROM pg_database WHERE datname = ${literal(database)}`, io)).length > 0;
}

async function dropQuietly(admin: Connection, database: string, io: JobIo): Promise<void> {
  await query(admin, `DROP DATABASE ${identifier(database)}`, io).catch((error: unknown) =>
    io.log(
      `The new database ${database} could not be removed: ${error instanceof Error ? error.message : String(error)}`,
    ),
  );
}

/** A value in a connection string, where a name such as `host=elsewhere` would otherwise be more than a name. */
function conninfoValue(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}
