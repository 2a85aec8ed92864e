import { RunError } from "../run-error";

/** `pg_read_all_data` covers tables, sequences and schemas, not large objects: https://www.postgresql.org/docs/current/predefined-roles.html */
export const LARGE_OBJECTS_ADVICE =
  "pg_read_all_data does not cover large objects: back up as their owner or a superuser, or GRANT SELECT ON LARGE OBJECT … TO the user for each of them.";

const ADVICE: [RegExp, string][] = [
  [/password authentication failed|no password supplied|authentication failed/i, "Check user and password."],
  [/no pg_hba\.conf entry/i, "The server does not let this user in from this machine: add a line to its pg_hba.conf."],
  [
    /certificate verify failed|root certificate file/i,
    "The server's certificate comes from an authority that this machine does not know: name a PEM file with it in BELFRY_CA_FILE.",
  ],
  [/does not match host name/i, "Enter the host by a name in the server's certificate."],
  [/server does not support SSL/i, "Switch TLS on at the server (ssl = on), or do not verify its certificate."],
  [/database "[^"]*" does not exist/i, "Check the database's name."],
  [
    /role "[^"]*" does not exist/i,
    "Create that role on the server first, or restore as much as possible into a new database.",
  ],
  [
    /Connection refused/i,
    "Nothing listens there: check host and port, and that PostgreSQL runs and listens on that address.",
  ],
  [/could not translate host name|Name or service not known/i, "Check the host's name."],
  [
    /timeout expired|No route to host|Network is unreachable/i,
    "The host does not answer: check the address and any firewall between.",
  ],
  [
    /row-level security/i,
    "Row security hides rows from this user, and a dump without them would be no backup: ALTER ROLE … BYPASSRLS, or back up as the owner or a superuser.",
  ],
  [/permission denied to create database/i, "Give the user the right to create databases: ALTER ROLE … CREATEDB."],
  [
    /because other objects depend on it|\bdepends on\b/i,
    "Something made since the backup depends on what would be replaced. Choose “swap”: the backup is restored into a new database, which then takes the name, and the old one is kept.",
  ],
  [
    /unrecognized configuration parameter/i,
    "A newer pg_dump made the backup: restore it on a server of that version, or as much as possible into a new database.",
  ],
  [
    /out of shared memory|max_locks_per_transaction/i,
    "The backup has too many objects for one transaction: raise max_locks_per_transaction on the server, or choose another mode than all or nothing.",
  ],
  [/permission denied for large object/i, LARGE_OBJECTS_ADVICE],
  [
    /permission denied for (database|tablespace|language|foreign)/i,
    "Give the user that right on it (GRANT … ON … TO the user), or restore as the owner or a superuser.",
  ],
  [
    /permission denied to (create|alter|set|comment|change|execute)|must be (superuser|owner|able to SET ROLE|member)|only (superuser|roles)/i,
    "Only the owner or a superuser may do this: use such a user for the restore, or restore as much as possible into a new database.",
  ],
  [
    /permission denied for schema(?:(?!permission denied for schema)[\s\S])*?(?:CREATE|ALTER|COMMENT)/,
    "The user may not make anything in this schema: GRANT CREATE ON SCHEMA … TO the user, or restore as the database's owner.",
  ],
  [
    /permission denied for (table|view|materialized view|sequence|schema|relation|column)/i,
    "Grant the user the right to read everything: GRANT pg_read_all_data TO the user (PostgreSQL 14 and newer). A user who has it misses another right: back up as the owner or a superuser.",
  ],
  [/permission denied/i, "The user misses the right that the server names: grant it, or use the owner or a superuser."],
  [/No space left|could not extend file/i, "The server's disk is full."],
  [
    /server closed the connection|terminating connection|connection to server was lost|SSL SYSCALL/i,
    "The server ended the connection; its log says why.",
  ],
  [/already exists/i, "Restore into an empty database, or allow overwriting."],
];

/** The error output of a PostgreSQL tool as a RunError, with advice. */
export function postgresError(stderr: string, kind: "failed" | "cannot_start" = "failed"): RunError {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const message = (lines.length > 8 ? [...lines.slice(0, 8), `and ${lines.length - 8} more lines.`] : lines).join("\n");
  return new RunError(message || "PostgreSQL's tool gave no reason.", {
    kind,
    advice: ADVICE.find(([pattern]) => pattern.test(stderr))?.[1] ?? null,
  });
}
