import { redactor } from "@/lib/secrets/redact";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import { toolsFor } from "../tools";
import { type Connection, type PostgresServer, query, serverVersion } from "./postgres-client";
import { identifier, literal } from "./postgres-sql";

/** Less than an ended run is given to clean up while Belfry stops, milliseconds. */
const LIMIT_MS = 3_500;
const WHOLE_LIMIT_MS = 60_000;

/**
 * Cleans up with tools that work although the run was canceled, for as long as an ended run is given.
 * @throws what the work throws, or a RunError when it takes too long
 */
export async function withCleanupIo<T>(server: PostgresServer, io: JobIo, work: (io: JobIo) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  const end = () => controller.abort(new RunError("The server did not answer in time.", { kind: "time_limit" }));
  const timer = setTimeout(end, io.signal.aborted ? LIMIT_MS : WHOLE_LIMIT_MS);
  const redact = redactor(server.password ? [server.password] : []);
  try {
    return await work({ ...io, signal, tools: toolsFor({ signal, redact, adviceFor: () => null }) });
  } finally {
    clearTimeout(timer);
  }
}

/** Removes a database that Belfry made itself, also when someone is connected to it; nothing where it is gone already. */
export async function forceDropDatabase(admin: Connection, database: string, io: JobIo): Promise<void> {
  const name = identifier(database);
  if ((await serverVersion(admin, io)) >= 13) {
    await query(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, io);
    return;
  }
  await query(admin, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(database)}`, io);
  await query(admin, `DROP DATABASE IF EXISTS ${name}`, io);
}
