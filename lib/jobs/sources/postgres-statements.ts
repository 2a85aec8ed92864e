import { Readable } from "node:stream";
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
  const { code, stderr } = await io.tools.run("psql", [...PSQL, "-f", "-"], {
    env: { ...connection.env, PGCLIENTENCODING: encoding },
    stdin: Readable.from([Buffer.from(script, "latin1")], { objectMode: false }),
    silenceMs: null,
    onLine: (line) => {
      const [, number, error] = /^psql:<stdin>:(\d+): [^:]+: +(.*)$/s.exec(line) ?? [];
      if (number && error && !errors.has(Number(number))) errors.set(Number(number), error);
    },
  });
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
