/**
 * Reads a whole database of our own and counts its tables. What only the application that made it knows (collations,
 * functions, modules of virtual tables) is not here. `PRAGMA integrity_check` refuses the whole file for one of them.
 * Then the structure of every page is checked under a schema in which they are replaced, in a transaction that is
 * rolled back, and each table that needs none of them is checked in full.
 *
 * Tables are counted from their root pages: no statement on a table is needed, so nothing in its definition matters.
 * https://www.sqlite.org/fileformat2.html#b_tree_pages
 */
export const CHECK_SCRIPT = String.raw`
const [file] = given;
const MAX_NAMES = 20;
// A value that breaks a constraint, or the index of a full-text search: of the application, no damage to the file.
const CONTENT = /^(NULL value in |non-\w+ value in |\w+ value in |CHECK constraint failed in )|FTS|R-?[Tt]ree /;
// Also said of a sound file when a collation or a function is replaced.
const UNDER_REPLACEMENT = / value in |constraint failed in |not in PRIMARY KEY order|missing from index|wrong # of entries|non-unique entry/;

const quote = (name) => '"' + name.replaceAll('"', '""') + '"';

function missingOf(error) {
  if (/^SQLITE_(CORRUPT|NOTADB|IOERR|FULL|NOMEM|CANTOPEN)/.test(error.code ?? "")) return null;
  const match =
    /^no such (collation) sequence: (.+)$/s.exec(error.message) ??
    /^unknown (function): (.+)\(\)$/s.exec(error.message) ??
    /^no such (function|module|tokenizer): (.+)$/s.exec(error.message);
  return match ? { kind: match[1], name: match[2] } : { kind: "other", name: error.message };
}

function isKnownTo(db, sql) {
  try {
    return { lines: db.prepare(sql).pluck().all() };
  } catch (error) {
    const missing = missingOf(error);
    if (!missing) throw error;
    return { missing };
  }
}

function replaceCollation(db, name) {
  const one = name.replace(/[.*+?^$()|[\]{}\\]/g, "\\$&");
  const pattern = new RegExp("(COLLATE\\s+)(?:" + one + "(?![\\w$])|([\"'\x60])" + one + "\\2|\\[" + one + "\\])", "gi");
  const update = db.prepare("UPDATE sqlite_schema SET sql = ? WHERE rowid = ?");
  let replaced = 0;
  for (const { rowid, sql } of db.prepare("SELECT rowid, sql FROM sqlite_schema WHERE sql LIKE '%COLLATE%'").all()) {
    const changed = sql.replace(pattern, "$1BINARY");
    if (changed === sql) continue;
    update.run(changed, rowid);
    replaced++;
  }
  db.pragma("writable_schema = RESET");
  db.pragma("writable_schema = ON");
  return replaced > 0;
}

/** Every page of the file, with what is unknown replaced. @returns the damage, or why even that cannot be checked */
function checkStructure() {
  const db = openOwn(file);
  const done = new Set();
  try {
    db.unsafeMode(true);
    db.pragma("cache_spill = OFF");
    db.pragma("ignore_check_constraints = ON");
    db.exec("BEGIN IMMEDIATE");
    db.pragma("writable_schema = ON");
    // These have no pages of their own.
    db.exec("DELETE FROM sqlite_schema WHERE rootpage = 0 OR rootpage IS NULL");
    db.pragma("writable_schema = RESET");
    db.pragma("writable_schema = ON");
    for (;;) {
      const { lines, missing } = isKnownTo(db, "PRAGMA quick_check(100)");
      if (lines) return { damage: lines.filter((line) => line !== "ok" && !UNDER_REPLACEMENT.test(line)), reason: null };
      const key = missing.kind + " " + missing.name;
      if (done.has(key)) return { damage: [], reason: missing.name };
      done.add(key);
      if (missing.kind === "collation" && replaceCollation(db, missing.name)) continue;
      if (missing.kind !== "function") return { damage: [], reason: missing.name };
      db.function(missing.name, { varargs: true, deterministic: true }, () => 0);
    }
  } finally {
    if (db.inTransaction) db.exec("ROLLBACK");
    db.close();
  }
}

function remember(missing, report) {
  const list = missing.kind === "other" ? report.errors : report.unknown;
  const text = missing.kind === "other" ? missing.name : "the " + missing.kind + " " + missing.name;
  if (list.length < MAX_NAMES && !list.includes(text)) list.push(text);
}

function checkTables(db, report) {
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()) {
    const { lines, missing } = isKnownTo(db, "PRAGMA integrity_check(" + quote(name) + ")");
    if (lines) {
      sort(lines, report);
      continue;
    }
    remember(missing, report);
    report.uncheckedCount++;
    if (report.unchecked.length < MAX_NAMES) report.unchecked.push(name);
  }
}

function sort(lines, report) {
  for (const line of lines.flatMap((text) => text.split("\n"))) {
    if (line === "ok") continue;
    const list = CONTENT.test(line) ? report.notes : report.damage;
    if (list.length < MAX_NAMES && !list.includes(line)) list.push(line);
  }
}

function checkIntegrity(report) {
  const db = openOwn(file);
  let missing;
  try {
    const whole = isKnownTo(db, "PRAGMA integrity_check(100)");
    if (whole.lines) sort(whole.lines, report);
    else {
      missing = whole.missing;
      checkTables(db, report);
    }
  } finally {
    db.close();
  }
  if (!missing) return;
  remember(missing, report);
  const { damage, reason } = checkStructure();
  report.damage.push(...damage.slice(0, MAX_NAMES));
  report.structureUnchecked = reason ?? "";
}

function tableRoots() {
  const db = openOwn(file);
  try {
    const sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    return db.prepare(sql).pluck().all();
  } finally {
    db.close();
  }
}

/** A leaf without a cell is an empty table; SQLite keeps no inner pages above nothing. */
function count() {
  const roots = tableRoots();
  const fd = fs.openSync(file, "r");
  try {
    const size = readAt(fd, 2, 16).readUInt16BE(0);
    const pageSize = size === 1 ? 65536 : size;
    let filledTables = 0;
    for (const root of roots) {
      const head = readAt(fd, 5, (root - 1) * pageSize);
      if (head.length < 5) continue;
      if (head[0] === 0x02 || head[0] === 0x05 || head.readUInt16BE(3) > 0) filledTables++;
    }
    return { tables: roots.length, filledTables };
  } finally {
    fs.closeSync(fd);
  }
}

answer(() => {
  const report = { damage: [], notes: [], unchecked: [], uncheckedCount: 0, unknown: [], errors: [], structureUnchecked: "" };
  checkIntegrity(report);
  if (report.damage.length > 0) return { ...report, tables: 0, filledTables: 0 };
  return { ...report, ...count() };
});
`;
