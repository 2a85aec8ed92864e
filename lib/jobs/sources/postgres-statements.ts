import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobIo } from "../contract";
import { type Connection, PSQL } from "./postgres-client";
import { postgresError } from "./postgres-error";
import { readableSql, type SqlBytes } from "./postgres-sql";

export interface FailedStatement {
  statement: string;
  /** The server's own error, without `ERROR:`. */
  error: string;
}

/**
 * Executes statements one by one in one session, each as far as it goes: one that fails keeps none of the others back.
 * @param encoding the client encoding that the statements are written in
 * @returns those that failed. @throws RunError when the connection fails
 */
export async function executeEach(
  statements: readonly SqlBytes[],
  encoding: string,
  connection: Connection,
  io: JobIo,
): Promise<FailedStatement[]> {
  if (statements.length === 0) return [];
  const { script, byLastLine } = scriptOf(statements);
  const errors = new Map<number, string>();
  // A file that is whole, and no input of psql: that would end with this process, and psql executes what it has of a
  // statement when its input ends. Half a name of a role may be the name of another one.
  const file = join(io.workDir, `statements-${randomBytes(8).toString("hex")}.sql`);
  await writeFile(file, script, { encoding: "latin1", mode: 0o600, flag: "wx" });
  const place = `psql:${file}:`;
  const { code, stderr } = await io.tools
    .run("psql", [...PSQL, "-f", file], {
      env: { ...connection.env, PGCLIENTENCODING: encoding },
      silenceMs: null,
      onLine: (line) => {
        if (!line.startsWith(place)) return;
        const [, number, error] = /^(\d+): [^:]+: +(.*)$/s.exec(line.slice(place.length)) ?? [];
        if (number && error && !errors.has(Number(number))) errors.set(Number(number), error);
      },
    })
    .finally(() => rm(file, { force: true }));
  if (code !== 0) throw postgresError(stderr);
  return [...errors].flatMap(([line, error]) => {
    const statement = byLastLine.get(line);
    return statement === undefined ? [] : [{ statement: readableSql(statement), error }];
  });
}

/** psql names the line on which a statement ends. */
function scriptOf(statements: readonly SqlBytes[]): { script: SqlBytes; byLastLine: Map<number, SqlBytes> } {
  let script = "SET standard_conforming_strings = on;\nSET client_min_messages = error;\n";
  let line = 2;
  const byLastLine = new Map<number, SqlBytes>();
  for (const statement of statements) {
    script += `${statement};\n`;
    line += statement.split("\n").length;
    byLastLine.set(line, statement);
  }
  return { script, byLastLine };
}
