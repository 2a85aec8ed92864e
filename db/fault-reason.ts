import { systemReasonOf } from "@/lib/core/system-fault";

/**
 * What the codes of the databases mean, as the end of a sentence.
 * @see https://www.sqlite.org/rescode.html
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const REASONS: [code: RegExp, reason: string][] = [
  [/^SQLITE_FULL/, "the disk of the data folder is full"],
  [/^SQLITE_IOERR/, "the disk of the data folder is full, or reports an error"],
  [/^SQLITE_READONLY/, "its file is read-only"],
  [/^SQLITE_CANTOPEN/, "its file cannot be opened"],
  [/^SQLITE_(CORRUPT|NOTADB)/, "its file is damaged"],
  [/^SQLITE_(BUSY|LOCKED)/, "another program locks its file"],
  [/^53100/, "the disk of the database server is full"],
  [/^53200/, "the database server is out of memory"],
  [/^53300/, "the database server takes no more connections"],
  [/^57P0[12]/, "the database server was stopped"],
  [/^57P03/, "the database server is starting or stopping"],
  [/^08/, "the connection to the database server broke"],
];

/** Of an error that has none of these meanings: how the reason begins. */
export const UNKNOWN_REASON = "it reports an error";

/** What the driver says without a code when PostgreSQL went away. */
const BROKEN =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|Client was closed|server closed/;

/**
 * Why the database cannot be used, for the end of a sentence. Never the driver's own words.
 * @param code of the driver's error
 */
export function faultReason(code: string, error: unknown): string {
  const known = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? systemReasonOf(code);
  if (known) return known;
  if (BROKEN.test(messageText(error))) return "the connection to the database server broke";
  return code ? `${UNKNOWN_REASON} (${code})` : UNKNOWN_REASON;
}

function messageText(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
