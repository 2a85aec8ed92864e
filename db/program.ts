import { readFileSync } from "node:fs";
import path from "node:path";
import { databaseHandle } from "./client";
import { putState } from "./stores/system-state";
import { transact } from "./transact";

const PROGRAM = "program";

/** A version of Belfry, as a person knows it. */
export interface Program {
  version: string;
  /** The name of its newest migration. */
  migration: string;
}

interface Journal {
  entries: { tag: string; when: number }[];
}

/** The program in a folder, and when its newest migration was made, milliseconds. */
export function readProgram(root: string): Program & { when: number } {
  const file = path.join(root, "drizzle", databaseHandle().kind, "meta", "_journal.json");
  const newest = (JSON.parse(readFileSync(file, "utf8")) as Journal).entries.at(-1);
  return { version: versionOf(root), migration: newest?.tag ?? "none", when: newest?.when ?? 0 };
}

function versionOf(root: string): string {
  try {
    return (JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string }).version;
  } catch {
    return "of an unknown version";
  }
}

/** Leaves a note in the database for an older program that finds it: which one has migrated it. */
export function rememberProgram(root: string): Promise<void> {
  const { version, migration } = readProgram(root);
  return transact([PROGRAM], (tx) => putState(tx, PROGRAM, { version, migration } satisfies Program));
}

/** The query of that note, which every version of the schema answers. */
export const PROGRAM_QUERY = `select value from system_state where key = '${PROGRAM}'`;
