import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { dumpSourceKind } from "@/lib/jobs/registry";
import { SOURCES } from "./inventory";

const DOCUMENTS = {
  "readme.txt": "These files belong to Belfry's demo set. They may be backed up, restored and deleted.\n",
  "reports/quarter.csv": "month,orders\nJuly,4120\nAugust,3987\nSeptember,4415\n",
  "notes/meeting.md": "# Backup review\n\nRestore test: passed.\n",
};

/** Creates small real files to back up, so that Run now works on the demo's jobs. @param folder created when missing */
export function writeDemoFiles(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const { kind, config } of SOURCES) {
    if (typeof config.path !== "string") continue;
    const path = join(folder, config.path);
    if (dumpSourceKind(kind)?.restoresTo === "file") writeDatabase(path);
    else writeDirectory(path);
  }
}

function writeDatabase(path: string): void {
  const db = new Database(path);
  db.exec(`
    CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL);
    INSERT INTO items (name, amount)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      SELECT 'item ' || i, (i * 7919) % 1000 FROM n;`);
  db.close();
}

function writeDirectory(path: string): void {
  for (const [name, text] of Object.entries(DOCUMENTS)) {
    const file = join(path, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  }
}
