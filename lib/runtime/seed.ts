import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeDatabase, databaseHandle, openDatabase } from "@/db/client";
import { migrate } from "@/db/migrate";
import { hasUsers } from "@/db/queries/users";
import { AppError, messageOf } from "@/lib/core/errors";
import { setRuntimeValue } from "@/lib/core/runtime";
import { newToken } from "@/lib/core/token";
import { type Env, EnvProblem, readEnv } from "@/lib/env";
import { loadSecretKey } from "@/lib/secrets/key";
import { channelsUpdate } from "@/lib/services/channels/update";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { verifySecretKey } from "@/lib/services/setup/verify-secret-key";
import { lockDataFolder, openDataFolder } from "./data-folder";
import { DeliverySimulator } from "./seed/delivery-simulator";
import { writeDemoFiles } from "./seed/demo-files";
import { FakeNetwork } from "./seed/fake-network";
import { replayHistory } from "./seed/history";
import { PEOPLE, ZONE } from "./seed/inventory";
import { PastClock } from "./seed/past-clock";
import { SeededRandom } from "./seed/random";
import { PastRuns } from "./seed/runs";
import { idOf, setUp } from "./seed/set-up";
import { DAY_MS, demoEvents } from "./seed/story";

/** The checkout: this file runs as dist/seed.mjs. */
const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const DAYS = 30;
/** Files that a folder may have and still count as empty: keys that the build or a person made before. */
const MAY_BE_THERE = new Set(["action-key", "secret.key"]);

/** Fills an empty installation with thirty days of a small company's backups. */
async function seed(env: Env): Promise<void> {
  const found = existsSync(env.dataDir) ? readdirSync(env.dataDir).filter((name) => !MAY_BE_THERE.has(name)) : [];
  if (found.length > 0) {
    throw new AppError(
      "conflict",
      `The data folder ${env.dataDir} is not empty (${found[0]}). The demo set only fills an empty one: choose another with BELFRY_DATA_DIR.`,
    );
  }
  await openDataFolder(env.dataDir);
  const unlock = lockDataFolder(env.dataDir, "npm run seed");
  try {
    loadSecretKey({ fromEnv: env.secretKey, dataDir: env.dataDir, mayCreate: true });
    setRuntimeValue("baseUrl", env.baseUrl ?? null);
    setRuntimeValue("dataDir", env.dataDir);
    openDatabase({ url: env.databaseUrl, file: join(env.dataDir, "belfry.db"), poolSize: 2 });
    await migrate(ROOT);
    if (await hasUsers()) {
      throw new AppError("conflict", "The database has accounts already. The demo set only fills an empty one.");
    }
    // A demo that a power cut leaves half written is discarded, so that no commit needs to wait for the disk.
    const handle = databaseHandle();
    if (handle.kind === "sqlite") handle.raw.pragma("synchronous = OFF");
    await verifySecretKey();
    await fill(env);
  } finally {
    await closeDatabase();
    unlock();
  }
}

async function fill(env: Env): Promise<void> {
  const end = Date.now();
  const password = env.firstAdmin?.password ?? newToken().replace(/[-_]/g, "").slice(0, 16);
  const people = env.firstAdmin ? PEOPLE.map((one, index) => (index ? one : { ...one, ...env.firstAdmin })) : PEOPLE;
  const folder = join(env.dataDir, "demo");
  writeDemoFiles(folder);

  const clock = new PastClock(end - DAYS * DAY_MS, end);
  try {
    const random = new SeededRandom(20);
    const demo = await setUp(clock, folder, people, password);
    const destinationId = idOf(demo.destinationIds, "backup disk");
    const schedule = { cron: "20 12 * * 0", timezone: ZONE };
    const passphrase = newToken();
    await configBackupUpdate.call(demo.ana, { enabled: true, schedule, destinationId, keepLast: 8, passphrase });

    const network = new FakeNetwork(clock, random);
    const simulator = new DeliverySimulator(clock, network);
    const runs = new PastRuns(clock, random, demo);
    const restoreFolder = join(env.dataDir, "restores");
    const story = demoEvents(end, { clock, random, demo, runs, restoreFolder });
    await replayHistory(end, { clock, random, demo, runs, simulator, network }, story);
    await simulator.stop();
    // Their addresses lead nowhere: a server that starts on this folder must not try them.
    for (const id of demo.channelIds.values()) await channelsUpdate.call(demo.ana, { id, enabled: false });
  } finally {
    clock.restore();
  }
  process.stdout.write(`Thirty days of a demo installation are in ${env.dataDir}. Start it with: npm start\n\n`);
  for (const { name, email, role } of people) process.stdout.write(`  ${email.padEnd(24)} ${role.padEnd(9)} ${name}\n`);
  process.stdout.write(`\nAll three sign in with this password, which is not shown again: ${password}\n`);
  process.stdout.write("The channels are disabled: their addresses lead nowhere, and nothing is sent.\n");
}

async function main(): Promise<void> {
  try {
    await seed(readEnv());
  } catch (error) {
    process.stderr.write(`${error instanceof EnvProblem ? error.problems.join("\n") : messageOf(error)}\n`);
    process.exitCode = 1;
  }
}

void main();
