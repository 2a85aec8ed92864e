import { z } from "zod";
import type { BackupContents } from "@/lib/core/backup-contents";
import { pluralize } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { fileError, RunError } from "../run-error";
import { CHECK_SCRIPT } from "./sqlite-check-script";
import { runSqliteScript, type ScriptFailure } from "./sqlite-child";

const reportSchema = z.object({
  damage: z.array(z.string()),
  /** Values that break constraints, full-text indexes that do not fit. */
  notes: z.array(z.string()),
  /** Names of tables whose values and indexes were not compared; at most 20. */
  unchecked: z.array(z.string()),
  uncheckedCount: z.number(),
  /** `the collation unicase` */
  unknown: z.array(z.string()),
  /** What SQLite answered where it named nothing that is missing. */
  errors: z.array(z.string()),
  /** Why not even the structure was checked; empty: it was. */
  structureUnchecked: z.string(),
  tables: z.number(),
  filledTables: z.number(),
});
type Report = z.output<typeof reportSchema>;

/** What a whole reading of a database found. */
export interface DatabaseCheck {
  /** Tables with rows of their own: no virtual tables, none of SQLite's. */
  contents: BackupContents & { tables: number; filledTables: number };
  /** What is odd without being damage, a sentence each. */
  oddities: string[];
  /** What only its application could check, a sentence each: the same every time. */
  unchecked: string[];
}

/**
 * Reads a whole database of our own, one plain file, and counts its tables.
 * @throws RunError when it is damaged
 */
export async function checkDatabase(file: string, io: JobIo): Promise<DatabaseCheck> {
  const report = await runSqliteScript(CHECK_SCRIPT, [file], reportSchema, io, checkError);
  if (report.damage.length > 0) {
    throw new RunError(`The database is damaged: ${report.damage.join("\n").slice(0, 2_000)}`, {
      advice: "Repair it with sqlite3's REINDEX or .recover, or restore an earlier backup.",
    });
  }
  const { tables, filledTables } = report;
  return {
    contents: { files: null, tables, filledTables },
    oddities: odditiesOf(report),
    unchecked: uncheckedOf(report),
  };
}

function odditiesOf({ notes }: Report): string[] {
  return notes.length > 0 ? [`SQLite finds the file sound, but remarks: ${notes.join("; ").slice(0, 1_000)}.`] : [];
}

function uncheckedOf(report: Report): string[] {
  const { unchecked, uncheckedCount, structureUnchecked } = report;
  const sentences: string[] = [];
  const reason = reasonOf(report);
  if (reason) {
    const more = uncheckedCount > unchecked.length ? ` and ${uncheckedCount - unchecked.length} more` : "";
    const tables = `${pluralize(uncheckedCount, "table")} (${unchecked.join(", ")}${more})`;
    const what = uncheckedCount > 0 ? `The indexes and constraints of ${tables}` : "A part of the database";
    const sound = structureUnchecked ? "" : " All pages of the file are sound.";
    sentences.push(`${what} could not be checked: ${reason}.${sound}`);
  }
  if (structureUnchecked) sentences.push(`The structure of the file could not be checked: ${structureUnchecked}.`);
  return sentences;
}

function reasonOf({ unknown, errors }: Report): string {
  const reasons: string[] = [];
  if (unknown.length > 0) reasons.push(`only its application has ${unknown.join(", ")}`);
  if (errors.length > 0) reasons.push(`SQLite answers “${errors.join("”, “")}”`);
  return reasons.join(", and ").slice(0, 1_000);
}

function checkError({ reason, code, message }: ScriptFailure): RunError {
  if (reason === "system" || code.startsWith("SQLITE_FULL")) {
    return fileError(Object.assign(new Error(message), { code: reason === "system" ? code : "ENOSPC" }), "The copy");
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new RunError(`The database is damaged: ${message}`, {
      advice: "Restore an earlier backup, or try sqlite3's .recover.",
    });
  }
  return new RunError(`The copy could not be read: ${message}`);
}
