import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JobIo } from "../contract";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { sqlite } from "./sqlite";
import { removeDatabase, snapshotDatabase } from "./sqlite-snapshot";
import { asNobody, canActAsNobody, makeLedger, NOBODY, pictureOf, readLedger, Writer } from "./sqlite-testing";

let io: TestIo;
let folder: string;
let file: string;
let writers: Writer[];
beforeEach(() => {
  io = testIo();
  folder = join(io.folder, "app");
  mkdirSync(folder);
  file = join(folder, "app.db");
  writers = [];
});
afterEach(async () => {
  for (const writer of writers) await writer.kill();
  io.remove();
});

function write(settings: ConstructorParameters<typeof Writer>[1]): Writer {
  const writer = new Writer(file, settings);
  writers.push(writer);
  return writer;
}

async function dumped(path = file, run: JobIo = io): Promise<Buffer> {
  return (await bytesOf(await sqlite.dump(sqlite.parse({ path }), run, []))).bytes;
}

function booked(bytes: Buffer): number {
  const copy = join(io.folder, "booked.db");
  writeFileSync(copy, bytes);
  return readLedger(copy);
}

/** States that a database is found in. Each returns once nothing moves any more. */
const states: Record<string, () => Promise<void>> = {
  "write-ahead log, idle": async () => makeLedger(file, "WAL"),
  "write-ahead log, open in its application": async () => {
    makeLedger(file, "WAL");
    await write({ hold: "open" }).holds();
  },
  "write-ahead log left by a crash": async () => {
    makeLedger(file, "WAL");
    await (await write({ hold: "open" }).holds()).kill();
  },
  "write-ahead log, locked exclusively": async () => {
    makeLedger(file, "WAL");
    await write({ hold: "open", pragmas: ["locking_mode = EXCLUSIVE"] }).holds();
  },
  "rollback journal, idle": async () => makeLedger(file, "DELETE"),
  "rollback journal, locked exclusively": async () => {
    makeLedger(file, "DELETE");
    await write({ hold: "open", pragmas: ["locking_mode = EXCLUSIVE"] }).holds();
  },
  "rollback journal, in a large transaction": async () => {
    makeLedger(file, "DELETE", 500);
    await write({ hold: "spilled" }).holds();
  },
  "rollback journal left by a crash": async () => {
    makeLedger(file, "DELETE", 500);
    await (await write({ hold: "spilled" }).holds()).kill();
    expect(readdirSync(folder)).toContain("app.db-journal");
  },
  "rollback journal that is kept": async () => {
    makeLedger(file, "PERSIST");
    await write({ hold: "open", pragmas: ["journal_mode = PERSIST"] }).holds();
  },
};

async function expectUntouched(run: JobIo): Promise<void> {
  const config = sqlite.parse({ path: file });
  const before = pictureOf(folder);
  expect((await sqlite.test(config, run)).message).toMatch(/app\.db opens: .*, 3 tables, [23] with rows\./);
  expect(pictureOf(folder)).toEqual(before);
  await sqlite.preflight(config, run);
  expect(pictureOf(folder)).toEqual(before);
  const bytes = await dumped(file, run);
  expect(pictureOf(folder)).toEqual(before);
  expect(booked(bytes) % 35).toBe(0);
  // The file of a dump is removed when its stream is closed.
  await expect.poll(() => readdirSync(run.workDir).filter((name) => name.startsWith("copy_"))).toEqual([]);
}

test.each(Object.keys(states))("fault A8: a backup changes nothing and leaves nothing: %s", async (state) => {
  await states[state]?.();
  await expectUntouched(io);
});

const forOthers = ["write-ahead log, idle", "write-ahead log left by a crash", "rollback journal left by a crash"];
test.runIf(canActAsNobody).each(forOthers)(
  "fault A8: nor does one by another user, in a folder that is shared: %s",
  async (state) => {
    await states[state]?.();
    chmodSync(folder, 0o777);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666);
    await expectUntouched(asNobody(io));
  },
);

test.runIf(canActAsNobody).each(forOthers)("fault A9: nor does one by a user who may only read: %s", async (state) => {
  await states[state]?.();
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  await expectUntouched(asNobody(io));
});

test.runIf(canActAsNobody)("fault A8: the application of another user writes on after a backup", async () => {
  makeLedger(file, "WAL");
  for (const path of [folder, file]) chownSync(path, 1234, 1234);
  chmodSync(folder, 0o777);
  // What another user makes beside it has the same mode, and its application may then only read that.
  chmodSync(file, 0o664);
  await dumped(file, asNobody(io));
  const writer = await write({ uid: 1234, hold: "open" }).holds();
  expect([writer.commits, writer.failures]).toEqual([1, []]);
});

describe("committed pages that are only in a sidecar are in the backup", () => {
  test.each(["write-ahead log, open in its application", "write-ahead log left by a crash"])("%s", async (state) => {
    await states[state]?.();
    expect(booked(await dumped())).toBe(35);
  });

  test("half a transaction is not", async () => {
    await states["rollback journal left by a crash"]?.();
    const bytes = await dumped();
    expect(booked(bytes)).toBe(35);
    expect(bytes.includes("half")).toBe(false);
  });
});

test("the backup of a database at rest is its bytes, its journal mode with them", async () => {
  for (const mode of ["WAL", "DELETE"]) {
    file = join(folder, `${mode}.db`);
    makeLedger(file, mode);
    expect((await dumped()).equals(readFileSync(file))).toBe(true);
  }
});

describe("an application that never pauses", () => {
  const kinds = {
    "write-ahead log": { mode: "WAL" },
    "write-ahead log that is begun anew all the time": { mode: "WAL", pragmas: ["wal_autocheckpoint = 20"] },
    "write-ahead log, exclusive": { mode: "WAL", pragmas: ["locking_mode = EXCLUSIVE"] },
    "write-ahead log, opened for each transaction": { mode: "WAL", reopen: true, everyMs: 30 },
    "rollback journal, deleted": { mode: "DELETE" },
    "rollback journal, truncated": { mode: "TRUNCATE", pragmas: ["journal_mode = TRUNCATE"] },
    "rollback journal, in memory": { mode: "MEMORY", pragmas: ["journal_mode = MEMORY"] },
    "no journal": { mode: "OFF", pragmas: ["journal_mode = OFF"], everyMs: 40 },
    "rollback journal, kept": { mode: "PERSIST", pragmas: ["journal_mode = PERSIST"] },
  };
  test.each(Object.entries(kinds))("fault A8: %s: each backup is one moment, and no write fails", async (_, kind) => {
    const { mode, ...settings } = kind;
    makeLedger(file, mode);
    const writer = await write(settings).started();
    let last = 0;
    for (let round = 0; round < 3; round++) {
      const [bytes, before] = [await dumped(), writer.commits];
      const sum = booked(bytes);
      expect(sum).toBeGreaterThan(last);
      last = sum;
      await expect.poll(() => writer.commits).toBeGreaterThan(before);
    }
    expect(writer.failures).toEqual([]);
  });

  test("fault A8: a log that is begun anew many times while a large file is copied", async () => {
    makeLedger(file, "WAL", 25_000);
    const writer = await write({}).started();
    for (let round = 0; round < 2; round++) booked(await dumped());
    expect(io.lines.filter((line) => line.startsWith("Copied"))).toHaveLength(2);
    expect(writer.failures).toEqual([]);
  });

  test("half a transaction that is in no journal on the disk is no backup, however long it lasts", async () => {
    makeLedger(file, "DELETE", 500);
    const writer = await write({ hold: "spilled", pragmas: ["journal_mode = MEMORY"] }).holds();
    expect(readdirSync(folder)).toEqual(["app.db"]);
    await expect(snapshotDatabase(file, io, { lockMs: 0, maxAttempts: 3 })).rejects.toMatchObject({
      message: expect.stringMatching(/was locked by its application, in the middle of a change, during each of 3/),
    });
    expect(writer.failures).toEqual([]);
  });

  test("one that can be neither copied nor locked is a failure that says what to do", async () => {
    makeLedger(file, "DELETE");
    await write({ pragmas: ["locking_mode = EXCLUSIVE"] }).started();
    // On a busy machine the application may pause after all, and a copy succeeds: the next one meets it at work.
    let failure: unknown = null;
    for (let tries = 0; failure === null && tries < 50; tries++) {
      await snapshotDatabase(file, io, { lockMs: 0, maxAttempts: 2 }).then(removeDatabase, (error: unknown) => {
        failure = error;
      });
    }
    expect(failure).toMatchObject({
      message: expect.stringMatching(/was written to during each of 2 attempts/),
      advice: expect.stringContaining("write-ahead log"),
    });
    expect(readdirSync(io.workDir).filter((name) => name.startsWith("copy_"))).toEqual([]);
  });
});

test("an empty file is a database without tables", async () => {
  writeFileSync(file, "");
  const before = pictureOf(folder);
  expect((await sqlite.test(sqlite.parse({ path: file }), io)).message).toContain("0 tables");
  const bytes = await dumped();
  expect(bytes.subarray(0, 15).toString()).toBe("SQLite format 3");
  expect(pictureOf(folder)).toEqual(before);
});

test("behind a link the sidecars are beside the file itself", async () => {
  makeLedger(file, "WAL");
  await write({ hold: "open" }).holds();
  const links = join(io.folder, "links");
  mkdirSync(links);
  symlinkSync(file, join(links, "link.db"));
  const before = pictureOf(links);
  expect(booked(await dumped(join(links, "link.db")))).toBe(35);
  expect(pictureOf(links)).toEqual(before);
});

test.runIf(canActAsNobody)(
  "a sidecar that may not be read is a failure: the backup would be of an older day",
  async () => {
    makeLedger(file, "WAL");
    await write({ hold: "open" }).holds();
    chmodSync(`${file}-wal`, 0o600);
    chmodSync(file, 0o644);
    const run = asNobody(io);
    const config = sqlite.parse({ path: file });
    for (const attempt of [() => sqlite.test(config, run), () => sqlite.preflight(config, run)]) {
      await expect(attempt()).rejects.toMatchObject({
        kind: "cannot_start",
        message: expect.stringMatching(/app\.db-wal, which holds a part of the database, may not be accessed/),
      });
    }
  },
);

test.runIf(canActAsNobody)("a file of another user that may not be read says so in the Test", async () => {
  makeLedger(file, "WAL");
  chownSync(file, 0, 0);
  chmodSync(file, 0o600);
  expect(NOBODY).not.toBe(0);
  await expect(sqlite.test(sqlite.parse({ path: file }), asNobody(io))).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("may not be accessed"),
  });
});

test("a large database is not copied for a Test, which says so", async () => {
  makeLedger(file, "DELETE");
  truncateSync(file, 200 * 1024 * 1024);
  const { message, details } = await sqlite.test(sqlite.parse({ path: file }), io);
  expect(message).toBe("app.db is a SQLite database (210 MB) and can be copied.");
  expect(details).toEqual([expect.stringContaining("each backup checks all of it")]);
});

test.runIf(process.getuid?.() === 0)(
  "without room for the copy nothing starts, and the Test says so",
  async (context) => {
    makeLedger(file, "WAL", 1_000);
    const workDir = join(io.folder, "small");
    mkdirSync(workDir);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", workDir]).status === 0;
    if (!mounted) return context.skip();
    try {
      const [config, run] = [sqlite.parse({ path: file }), { ...io, workDir }];
      for (const attempt of [() => sqlite.test(config, run), () => sqlite.preflight(config, run)]) {
        await expect(attempt()).rejects.toMatchObject({
          kind: "cannot_start",
          message: expect.stringMatching(
            /^There is no room for a copy of .*app\.db: it needs [\d.]+ MB, and [\d.,]+ [kM]B are free/,
          ),
        });
      }
      expect(readdirSync(workDir)).toEqual([]);
    } finally {
      spawnSync("umount", [workDir]);
    }
  },
);

test("a write-ahead log is no reason to call what is no database one", async () => {
  writeFileSync(file, "x".repeat(4_096));
  writeFileSync(`${file}-wal`, "y".repeat(4_096));
  await expect(dumped()).rejects.toMatchObject({ message: expect.stringContaining("is not a SQLite database") });
});
