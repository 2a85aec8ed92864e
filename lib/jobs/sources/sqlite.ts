import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { BackupContents } from "@/lib/core/backup-contents";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import { absolutePath } from "../config-fields";
import { defineSource, field, type JobIo } from "../contract";
import { makeFolder } from "../make-folder";
import { fileError, RunError, startError, systemCode } from "../run-error";
import { syncFolder } from "../sync-folder";
import { querySqlite, quoted } from "./sqlite-shell";

const ICON = "M5 1h9l6 6v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2zM7 10v2h9v-2zM7 13.5v2h9v-2zM7 17v2h9v-2z";

const MAGIC = Buffer.from("SQLite format 3\0");
/** Files that SQLite keeps beside a database; with another main file they would damage it. */
const COMPANIONS = ["-wal", "-shm", "-journal"];

/**
 * A live SQLite file, copied with `VACUUM INTO`: consistent and quick under any load. (The online backup interface
 * starts again with each write of another process, and under steady writes never ends.)
 */
export const sqlite = defineSource({
  id: "sqlite",
  label: "SQLite file",
  tagline: "Live copy of a database file",
  aliases: ["sqlite3", "db file"],
  icon: { path: ICON },
  config: z.object({
    path: field(absolutePath, { label: "Database file", placeholder: "/srv/app/data.db" }),
  }),
  example: { path: "/srv/app/data.db" },
  tools: ["sqlite3"],
  packages: { sqlite3: "sqlite3" },
  summary: ({ path }) => path,
  configForFile: (path) => ({ path }),
  extension: "db",
  minBytes: 512,
  restoresTo: "file",

  async test(config, io) {
    const bytes = await sizeOf(config.path);
    const { code, stdout, stderr } = await querySqlite(config.path, "SELECT count(*) FROM sqlite_master", io);
    if (code !== 0) throw sqliteError(config.path, stderr);
    const objects = pluralize(Number(stdout.trim()), "table or index", "tables and indexes");
    return { message: `${basename(config.path)} opens: ${formatBytes(bytes)}, ${objects}.` };
  },

  async preflight(config) {
    return { estimatedBytes: await sizeOf(config.path) };
  },

  async dump(config, io) {
    const copy = join(io.workDir, `${newId("dump")}.db`);
    io.log(`Copying ${config.path} with VACUUM INTO`);
    const { code, stderr } = await querySqlite(config.path, `VACUUM INTO ${quoted(copy)}`, io);
    if (code !== 0) throw sqliteError(config.path, stderr);
    await checkIntegrity(copy, io);
    const stream = createReadStream(copy, { highWaterMark: 256 * 1024 });
    stream.once("close", () => void rm(copy, { force: true }).catch(() => undefined));
    return { stream, ended: Promise.resolve({ warnings: [] }) };
  },

  async verify(dump, io) {
    const copy = join(io.workDir, `${newId("verify")}.db`);
    try {
      await pipeline(dump, createWriteStream(copy, { mode: 0o600 }), { signal: io.signal });
      await checkIntegrity(copy, io);
      return await contentsOf(copy, io);
    } finally {
      await rm(copy, { force: true });
    }
  },

  async existingTarget({ path }) {
    const found = await stat(path).catch((error: unknown) => {
      if (systemCode(error) === "ENOENT") return null;
      throw fileError(error, path);
    });
    if (!found) return null;
    if (!found.isFile()) throw new RunError(`${path} exists and is not a file.`);
    return `the file ${path} (${formatBytes(found.size)}, changed ${found.mtime.toISOString()})`;
  },

  restoreModes: ["all_or_nothing"],
  localPaths: ({ path }) => [path],
  outlook: async () => ({ stays: [], cannot: [] }),

  async restore(backup, target, io, { mayOverwrite }) {
    const { path } = target;
    const exists = (await this.existingTarget(target, io)) !== null;
    if (exists && !mayOverwrite) throw new RunError(`${path} already exists.`);
    const draft = join(dirname(path), `.${basename(path)}.${newId("restore")}`);
    try {
      await makeFolder(dirname(path));
      await pipeline(await backup.open(), createWriteStream(draft, { mode: 0o600, flags: "wx" }), {
        signal: io.signal,
      });
      await checkIntegrity(draft, io);
      if (exists) await copyOwner(path, draft);
      await syncFile(draft);
      await replace(draft, path, io);
      return { missing: [] };
    } catch (error) {
      throw fileError(error, path);
    } finally {
      await rm(draft, { force: true });
    }
  },

  async scratch(_, io) {
    const folder = join(io.workDir, newId("scratch"));
    return {
      target: { path: join(folder, "restored.db") },
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },

  contentsAt: ({ path }, io) => contentsOf(path, io),
});

async function contentsOf(file: string, io: JobIo): Promise<BackupContents> {
  const { code, stdout, stderr } = await querySqlite(
    file,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    io,
  );
  if (code !== 0) throw sqliteError(file, stderr);
  const names = stdout.split("\n").filter(Boolean);
  let filledTables = 0;
  for (const name of names) {
    const { stdout: answer } = await querySqlite(
      file,
      `SELECT EXISTS (SELECT 1 FROM "${name.replaceAll('"', '""')}")`,
      io,
    );
    if (answer.trim() === "1") filledTables++;
  }
  return { files: null, tables: names.length, filledTables };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(error, `The database file ${path}`, "cannot_start");
  });
  if (!found.isFile()) throw startError(`${path} is not a file.`);
  const file = await open(path, "r").catch((error: unknown) => {
    throw fileError(error, `The database file ${path}`, "cannot_start");
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    if (bytesRead > 0 && !buffer.subarray(0, bytesRead).equals(MAGIC.subarray(0, bytesRead))) {
      throw startError(
        `${path} is not a SQLite database.`,
        "Check the path. An encrypted database cannot be read by sqlite3.",
      );
    }
  } finally {
    await file.close();
  }
  return found.size;
}

async function checkIntegrity(file: string, io: JobIo): Promise<void> {
  const { code, stdout, stderr } = await querySqlite(file, "PRAGMA integrity_check", io);
  if (code !== 0) throw sqliteError("The copy", stderr);
  if (stdout.trim() !== "ok") {
    throw new RunError(`The database is damaged: ${stdout.trim().slice(0, 2_000)}`, {
      advice: "Repair it with sqlite3's .recover, or restore an earlier backup.",
    });
  }
}

function sqliteError(what: string, stderr: string): RunError {
  const advice = /disk is full|ENOSPC/i.test(stderr)
    ? "The copy is made in Belfry's data folder: free some space there."
    : /locked|busy/i.test(stderr)
      ? "Another program held the database for longer than 30 s."
      : /malformed|corrupt/i.test(stderr)
        ? "The database is damaged. Restore an earlier backup, or try sqlite3's .recover."
        : null;
  return new RunError(`${what} could not be read: ${stderr || "sqlite3 gave no reason."}`, { advice });
}

async function copyOwner(from: string, to: string): Promise<void> {
  const { mode, uid, gid } = await stat(from);
  const file = await open(to, "r+");
  try {
    await file.chmod(mode & 0o7777);
    // Only root may give files away.
    await file.chown(uid, gid).catch(() => undefined);
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Replaces the old file and removes its journals: they would be replayed into the new one. */
async function replace(draft: string, path: string, io: JobIo): Promise<void> {
  const aside: string[] = [];
  try {
    for (const ending of COMPANIONS) {
      const moved = await rename(path + ending, `${draft}${ending}`).then(
        () => true,
        (error: unknown) => {
          if (systemCode(error) === "ENOENT") return false;
          throw error;
        },
      );
      if (moved) aside.push(ending);
    }
    await rename(draft, path);
  } catch (error) {
    for (const ending of aside) await rename(`${draft}${ending}`, path + ending);
    throw error;
  }
  for (const ending of aside) await rm(`${draft}${ending}`, { force: true });
  if (aside.length)
    io.log("The old database's journals were removed with it; programs that have it open must be restarted.");
  await syncFolder(dirname(path));
}
