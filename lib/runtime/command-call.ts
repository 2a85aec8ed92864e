import { existsSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { closeDatabase, openDatabase } from "@/db/client";
import { commandActor } from "@/lib/auth/access/command-actor";
import { AppError, isAppError } from "@/lib/core/errors";
import { setRuntimeValue } from "@/lib/core/runtime";
import type { Env } from "@/lib/env";
import { loadSecretKey } from "@/lib/secrets/key";
import { fileOf } from "@/lib/server/command-frames";
import { type CommandDownload, type CommandFile, openCommandFile } from "@/lib/services/command-downloads";
import { COMMAND_VERBS, type CommandCall } from "@/lib/services/command-verbs";
import { verifySecretKey } from "@/lib/services/setup/verify-secret-key";
import type { Verb } from "@/lib/services/verb";
import { askServer, type ServerAnswer } from "./ask-server";
import { diskError, LOCK_FILE, lockDataFolder } from "./data-folder";
import { openInstallation } from "./open-installation";
import { setPlaceValues } from "./place-values";

/** The checkout: this file runs as dist/cli.mjs. */
const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
/** A starting server locks the folder before it answers. */
const PATIENCE_MS = 15_000;

/** The ways of the command to the verbs. */
interface CommandLine {
  call: CommandCall;
  download: CommandDownload;
  close(): Promise<void>;
}

/**
 * Connects the command to the verbs: through the running server, so that two processes never write one file,
 * or through the database itself when no server runs.
 * @param readEnv called at the first call, so that help needs no environment
 */
export function commandCall(readEnv: () => Env): CommandLine {
  let own: (() => Promise<void>) | undefined;
  /** Null: this process has the database now, and answers itself. */
  const ask = async (verb: string, input: unknown): Promise<ServerAnswer | null> => {
    const env = readEnv();
    const deadline = Date.now() + PATIENCE_MS;
    while (!own) {
      const answer = await askServer(env.dataDir, { verb, input });
      if (answer) return answer;
      try {
        own = await openAlone(env);
      } catch (error) {
        if (!isAppError(error) || error.code !== "conflict" || Date.now() > deadline) throw error;
        await new Promise((done) => setTimeout(done, 200));
      }
    }
    return null;
  };
  const call = async (name: string, input: unknown): Promise<unknown> => {
    const answer = await ask(name, input);
    if (answer) return answer.value;
    const verb = (COMMAND_VERBS as Record<string, Pick<Verb, "call">>)[name];
    if (!verb) throw new AppError("internal", `There is no verb called ${name}.`);
    return verb.call(commandActor, input);
  };
  const download: CommandDownload = async (name, input) => {
    const answer = await ask(name, input);
    if (!answer) return await openCommandFile(name, input);
    const about = answer.value as Omit<CommandFile, "stream">;
    return { ...about, stream: Readable.from(fileOf(answer.rest), { objectMode: false }) };
  };
  return { call: call as CommandCall, download, close: async () => own?.() };
}

/**
 * Database and key for this process alone; on SQLite with the lock that a server would hold.
 * @throws AppError `not_found` where no server has made an installation: nothing is created then
 */
async function openAlone(env: Env): Promise<() => Promise<void>> {
  const file = join(env.dataDir, "belfry.db");
  const hasFile = () => env.databaseUrl !== undefined || existsSync(file);
  // A server that starts for the first time holds the lock before it has a database.
  if (!hasFile() && !existsSync(join(env.dataDir, LOCK_FILE))) throw noInstallation(env);
  const unlock = env.databaseUrl ? () => undefined : lockDataFolder(env.dataDir, "the belfry command");
  try {
    if (!hasFile()) throw noInstallation(env);
    setRuntimeValue("baseUrl", env.baseUrl ?? null);
    setRuntimeValue("dataDir", env.dataDir);
    setRuntimeValue("secretReferences", env.secretReferences);
    setRuntimeValue("authorities", env.authorities);
    setRuntimeValue("hooksFile", env.hooksFile ?? null);
    setPlaceValues(env, ROOT);
    openDatabase({ url: env.databaseUrl, file, poolSize: 2 });
    await openInstallation(ROOT, (isNew) => {
      if (isNew) throw noInstallation(env);
      loadSecretKey({ fromEnv: env.secretKey, dataDir: env.dataDir, mayCreate: false });
    });
    await verifySecretKey();
  } catch (error) {
    await closeDatabase();
    unlock();
    throw diskError(error, env.dataDir) ?? error;
  }
  return async () => {
    await closeDatabase();
    unlock();
  };
}

function noInstallation({ databaseUrl, dataDir }: Env): AppError {
  const [place, variable] = databaseUrl
    ? ["The database that DATABASE_URL names", "DATABASE_URL"]
    : [`The data folder ${dataDir}`, "BELFRY_DATA_DIR"];
  return new AppError(
    "not_found",
    `${place} holds no installation of Belfry. Check ${variable}, or make a new one with npm start: the command creates none. Nothing was changed.`,
  );
}
