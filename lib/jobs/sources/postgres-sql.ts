/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The same in ASCII, which is the same in every encoding. Takes `standard_conforming_strings = on`. */
export function asciiIdentifier(name: string): string {
  const quoted = identifier(name);
  if ([...name].every((letter) => letter < "\x80")) return quoted;
  const escaped = [...quoted.replaceAll("\\", "\\\\")].map((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code < 128 ? letter : `\\+${code.toString(16).padStart(6, "0")}`;
  });
  return `U&${escaped.join("")}`;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A value in a connection string, where a name such as `host=elsewhere` would otherwise be more than a name. */
export function conninfoValue(value: string): string {
  return `'${value.replace(/[\\']/g, "\\$&")}'`;
}

/**
 * SQL as pg_dump wrote it, of any encoding, one character per byte: names may hold bytes that are no UTF-8, and have
 * to reach the server as they were.
 */
export type SqlBytes = string;

/** The bytes as a person reads them. */
export function readableSql(sql: SqlBytes): string {
  return Buffer.from(sql, "latin1").toString("utf8");
}

/** What ends a quoted piece that begins at an index; the rest of the script where nothing does. */
function endOfPiece(script: SqlBytes, at: number): number | null {
  const rest = script.slice(at, at + 80);
  const after = (end: string, from: number) => {
    const found = script.indexOf(end, from);
    return found < 0 ? script.length : found + end.length;
  };
  if (rest.startsWith("--")) return after("\n", at);
  if (rest.startsWith('"')) return after('"', at + 1);
  if (rest.startsWith("'")) return after("'", at + 1);
  if (/^E'/i.test(rest)) return endOfEscaped(script, at + 2);
  const dollar = /^\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$/.exec(rest)?.[0];
  return dollar === undefined ? null : after(dollar, at + dollar.length);
}

function endOfEscaped(script: SqlBytes, from: number): number {
  for (let at = from; at < script.length; at++) {
    if (script[at] === "\\") at++;
    else if (script[at] === "'") return at + 1;
  }
  return script.length;
}

/**
 * The statements of a script that pg_dump or pg_restore wrote, without their semicolons. Comments and psql's own
 * commands between statements are left out. A quote inside a quoted piece is doubled, so it ends one piece and begins the next.
 */
export function splitStatements(script: SqlBytes): SqlBytes[] {
  const statements: SqlBytes[] = [];
  let text = "";
  for (let at = 0; at < script.length; ) {
    const letter = script[at] ?? "";
    if (letter === "\\" && !text.trim()) {
      const end = script.indexOf("\n", at);
      at = end < 0 ? script.length : end;
      continue;
    }
    const end = endOfPiece(script, at);
    if (end !== null) {
      if (!script.startsWith("--", at)) text += script.slice(at, end);
      at = end;
      continue;
    }
    if (letter === ";") {
      if (text.trim()) statements.push(text.trim());
      text = "";
    } else text += letter;
    at++;
  }
  return statements;
}

const IDENT = String.raw`(?:"(?:[^"]|"")+"|[a-z_\x80-\xff][a-z0-9_$\x80-\xff]*)`;
/** The statements about a database itself; the database's name is the group `name`. */
const ABOUT_DATABASE = [
  `(?:CREATE|ALTER|COMMENT ON) DATABASE (?<name>${IDENT})`,
  `ALTER ROLE ${IDENT} IN DATABASE (?<name>${IDENT})`,
  `(?:GRANT|REVOKE) [A-Z, ]+ ON DATABASE (?<name>${IDENT})`,
  `SECURITY LABEL FOR (?:'[^']*'|${IDENT}) ON DATABASE (?<name>${IDENT})`,
].map((pattern) => new RegExp(`^${pattern}(?=\\s|$)`, "ds"));

/** The same statement about a database of another name; null for a statement that is about no database. */
export function forDatabase(statement: SqlBytes, name: string): SqlBytes | null {
  for (const pattern of ABOUT_DATABASE) {
    const range = pattern.exec(statement)?.indices?.groups?.name;
    if (range) return statement.slice(0, range[0]) + asciiIdentifier(name) + statement.slice(range[1]);
  }
  return null;
}
