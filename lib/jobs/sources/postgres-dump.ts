import type { Dump, JobIo } from "../contract";
import { openConnection, query, serverVersion } from "./postgres-client";
import { postgresError } from "./postgres-error";
import { clientFor } from "./postgres-programs";
import type { DatabaseServer } from "./postgres-restore";

const WARNINGS = 20;

/**
 * Dumps in custom format, in the database's own encoding: a database that checks none may hold bytes that cannot be converted.
 * The format carries the database's own owner, grants and settings.
 */
export async function dumpPostgres(server: DatabaseServer, io: JobIo): Promise<Dump> {
  const connection = await openConnection(server, server.database, io);
  try {
    const program = await clientFor("pg_dump", await serverVersion(connection, io), io);
    const [encoding] = await query(connection, "SHOW server_encoding", io);
    io.log(`Dumping ${server.database} with ${program}, encoded in ${encoding}`);
    const warnings: string[] = [];
    const { stdout, ended } = io.tools.start(
      program,
      ["--format=custom", "--compress=0", "--no-password", `--encoding=${encoding}`],
      {
        env: connection.env,
        onLine: (line) => {
          const warning = /^pg_dump: warning: (.*)$/.exec(line)?.[1];
          if (warning && warnings.length < WARNINGS) warnings.push(`pg_dump warns: ${warning}`);
          io.log(line);
        },
      },
    );
    const judged = ended
      .then(({ code, stderr }) => {
        if (code !== 0) throw postgresError(stderr);
        return { warnings };
      })
      .finally(() => connection.close());
    judged.catch(() => undefined);
    return { stream: stdout, ended: judged };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
