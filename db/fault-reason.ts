import { systemReason } from "@/lib/core/system-fault";

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

/** Why the database cannot be used, for the end of a sentence. @param code of the driver's error */
export function faultReason(code: string, error: unknown): string {
  return REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? systemReason(error);
}
