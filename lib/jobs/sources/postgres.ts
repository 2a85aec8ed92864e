import { z } from "zod";
import { formatBytes } from "@/lib/core/format-units";
import { defineSource, field } from "../contract";
import { query, serverVersion, withConnection, withServer } from "./postgres-client";
import { databaseContents, dumpContents } from "./postgres-contents";
import { dumpPostgres } from "./postgres-dump";
import { existingData } from "./postgres-existing";
import { postgresOutlook } from "./postgres-outlook";
import { clientFor, newestRestore } from "./postgres-programs";
import { assertReadable, remarksOn } from "./postgres-readable";
import { databaseExists, restoreDatabase } from "./postgres-restore";
import { scratchDatabase } from "./postgres-scratch";

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
    place: "socket",
  }),
  port: field(z.coerce.number<number>().int().min(1).max(65_535).default(5432), { label: "Port", widget: "number" }),
  user: field(text(63), { label: "User", placeholder: "backup" }),
  password: field(z.string().max(1_000).refine(isPlain, "No line breaks or control characters.").optional(), {
    label: "Password",
    secret: true,
    sentTo: ["host", "port"],
    widget: "password",
  }),
  database: field(databaseName, { label: "Database", placeholder: "shop" }),
  verifyServer: field(z.boolean().default(false), {
    label: "Verify the server's certificate",
    loosenedBy: "off",
    help: "Connects by TLS only, to a server whose certificate is for this host and from an authority that Belfry trusts; BELFRY_CA_FILE adds yours. Off: TLS where the server offers it, without a check",
    widget: "switch",
    advanced: true,
  }),
});

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
      await newestRestore(io);
      await assertReadable(connection, io);
      const [size] = await query(connection, "SELECT pg_database_size(current_database())", io);
      return {
        message: `${server.database} answers: PostgreSQL ${version}, ${formatBytes(Number(size))}.`,
        details: await remarksOn(connection, io),
      };
    }),

  preflight: (server, io) =>
    withConnection(server, server.database, io, async (connection) => {
      const version = await serverVersion(connection, io);
      await clientFor("pg_dump", version, io);
      await newestRestore(io);
      await assertReadable(connection, io);
      return { estimatedBytes: null, version: String(version) };
    }),

  dump: dumpPostgres,
  verify: dumpContents,
  existingTarget: ({ config: server, database }, io) =>
    withServer(server, io, async (admin) =>
      (await databaseExists(admin, database, io)) ? await existingData(server, database, io) : null,
    ),
  restoreModes: ["as_much_as_possible", "all_or_nothing", "swap"],
  outlook: postgresOutlook,
  restore: restoreDatabase,
  scratch: scratchDatabase,
  contentsAt: ({ config: server, database }, io) =>
    withConnection(server, database, io, (connection) => databaseContents(connection, io)),
});
