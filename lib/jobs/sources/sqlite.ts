import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import { pathField } from "../config-fields";
import { defineSource, type JobIo } from "../contract";
import { realPath } from "../real-paths";
import { untilAborted } from "../until-aborted";
import { checkDatabase, type DatabaseCheck } from "./sqlite-check";
import { describeTarget, outlookAt, restoreFile } from "./sqlite-restore";
import { inspectDatabase, removeDatabase, snapshotDatabase } from "./sqlite-snapshot";

const ICON = "M5 1h9l6 6v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2zM7 10v2h9v-2zM7 13.5v2h9v-2zM7 17v2h9v-2z";

/** A Test copies and reads no more: it has to answer within seconds. */
const TEST_BYTES = 128 * 1024 * 1024;

/**
 * A live SQLite file, copied page by page with what is beside it. Only the copy is opened: opening a database with a
 * write-ahead log leaves sidecars of Belfry's user beside it, which its application may not write to, and copying it
 * with SQL needs the application's own collations and functions.
 */
export const sqlite = defineSource({
  id: "sqlite",
  label: "SQLite file",
  tagline: "Live copy of a database file",
  aliases: ["sqlite3", "db file"],
  icon: { path: ICON },
  config: z.object({
    path: pathField({ label: "Database file", placeholder: "/srv/app/data.db" }),
  }),
  example: { path: "/srv/app/data.db" },
  // SQLite itself comes with Belfry.
  tools: [],
  packages: {},
  summary: ({ path }) => path,
  extension: "db",
  minBytes: 512,
  restoresTo: "file",

  async test({ path }, io) {
    const bytes = await inspectDatabase(path, io);
    const name = basename(path);
    if (bytes > TEST_BYTES) {
      return {
        message: `${name} is a SQLite database (${formatBytes(bytes)}) and can be copied.`,
        details: ["It is too large to be read whole in a Test: each backup checks all of it."],
      };
    }
    const { contents, oddities, unchecked } = await withSnapshot(path, io, (copy) => checkDatabase(copy, io));
    const { tables, filledTables } = contents;
    return {
      message: `${name} opens: ${formatBytes(bytes)}, ${pluralize(tables, "table")}, ${filledTables} with rows.`,
      details: [...oddities, ...unchecked],
    };
  },

  async preflight({ path }, io) {
    return { estimatedBytes: await inspectDatabase(path, io) };
  },

  async dump({ path }, io) {
    const real = await untilAborted(io.signal, () => realPath(path));
    const copy = await snapshotDatabase(path, io);
    try {
      const { oddities, unchecked } = await checkDatabase(copy, io);
      // No warning: it would come with every run, and a restore brings everything back.
      for (const sentence of unchecked) io.log(sentence);
      const stream = createReadStream(copy, { highWaterMark: 256 * 1024 });
      stream.once("close", () => void removeDatabase(copy).catch(() => undefined));
      return { stream, ended: Promise.resolve({ warnings: oddities }), path: real };
    } catch (error) {
      await removeDatabase(copy);
      throw error;
    }
  },

  async verify(dump, io) {
    const copy = join(io.workDir, `${newId("verify")}.db`);
    try {
      await pipeline(dump, createWriteStream(copy, { mode: 0o600 }), { signal: io.signal });
      return (await checkDatabase(copy, io)).contents;
    } finally {
      await removeDatabase(copy);
    }
  },

  existingTarget: ({ path }) => describeTarget(path),

  restoreModes: ["all_or_nothing"],

  outlook: (_, { path }) => outlookAt(path),

  restore: (backup, target, io, { mayOverwrite }) => restoreFile(backup, target, mayOverwrite, io),

  async scratch(_, io) {
    const folder = join(io.workDir, newId("scratch"));
    return {
      target: { path: join(folder, "restored.db") },
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },

  contentsAt: async ({ path }, io) => (await withSnapshot(path, io, (copy) => checkDatabase(copy, io))).contents,
});

async function withSnapshot(
  path: string,
  io: JobIo,
  work: (copy: string) => Promise<DatabaseCheck>,
): Promise<DatabaseCheck> {
  const copy = await snapshotDatabase(path, io);
  try {
    return await work(copy);
  } finally {
    await removeDatabase(copy);
  }
}
