import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeDatabase, openDatabase } from "@/db/client";
import { waitForDatabase } from "@/db/wait-for-database";
import { isAppError, messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { setProcessState } from "@/lib/core/process-state";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type Env, EnvProblem, misspelledVariables, readEnv } from "@/lib/env";
import { loadSecretKey } from "@/lib/secrets/key";
import { admitToPages } from "@/lib/server/admission";
import { createHttpServer, type Pages } from "@/lib/server/http-server";
import { machineRoutes } from "@/lib/server/machine-routes";
import { closeStreams } from "@/lib/server/stream";
import { sweepUploads } from "@/lib/server/upload";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";
import { verifySecretKey } from "@/lib/services/setup/verify-secret-key";
import { endOnUnhandled, forgetCrash, readCrashRecord } from "./crash";
import { diskError, lockDataFolder, openDataFolder } from "./data-folder";
import { prepareFirstAccount } from "./first-steps";
import { listen } from "./listen";
import { openInstallation } from "./open-installation";
import { openPages } from "./pages";
import type { Part } from "./part";
import { backgroundParts } from "./parts";
import { setPlaceValues } from "./place-values";
import { endWithin, settleWithin } from "./shutdown";

const log = loggerOf("process");
/** The checkout: this file runs as dist/server.mjs. */
const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** A command without a running server holds the data folder for about as long. */
const COMMAND_PATIENCE_MS = 3_000;
/** After a power cut, or in a group of containers, PostgreSQL may be there later than Belfry. */
const DATABASE_PATIENCE_MS = 60_000;

/** What is open and must be closed at the end. */
const opened: {
  unlock?: () => void;
  server?: Server;
  pages?: { handle: Pages; close(): Promise<void> };
  parts: Part[];
} = { parts: [] };
let isStopping = false;

async function start(env: Env): Promise<void> {
  await openDataFolder(env.dataDir);
  endOnUnhandled(env.dataDir);
  opened.unlock = lockDataFolder(env.dataDir, env.baseUrl ?? `http://localhost:${env.port}`, COMMAND_PATIENCE_MS);
  await sweepUploads(env.dataDir);
  setRuntimeValues(env);
  openDatabase({ url: env.databaseUrl, file: join(env.dataDir, "belfry.db") });
  await waitForDatabase(DATABASE_PATIENCE_MS);
  await openInstallation(ROOT, (isNew) =>
    loadSecretKey({ fromEnv: env.secretKey, dataDir: env.dataDir, mayCreate: isNew }),
  );
  const firstSteps = await prepareFirstAccount(env, await verifySecretKey());

  let pagesReady: (pages: Pages | null) => void = () => undefined;
  const pages = new Promise<Pages | null>((resolve) => {
    pagesReady = resolve;
  });
  const server = createHttpServer({
    isDevelopment: env.isDevelopment,
    baseUrl: env.baseUrl,
    trustedProxies: env.trustedProxies,
    routes: machineRoutes(),
    allowedMethods: allowedMethods(),
    admit: admitToPages(),
    pages,
  });
  // Before anything works in the background: a port in use must not leave work half started.
  await listen(server, env.host, env.port);
  opened.server = server;
  const { port } = server.address() as AddressInfo;

  if (env.role === "worker") pagesReady(null);
  else {
    opened.pages = await openPages({ root: ROOT, isDevelopment: env.isDevelopment, hostname: "localhost", port });
    endOnUnhandled(env.dataDir);
    pagesReady(opened.pages.handle);
  }
  await startParts(backgroundParts(env));
  if (isStopping) return;
  forgetCrash(env.dataDir);
  setProcessState("ready");
  const address = env.baseUrl ?? `http://localhost:${port}`;
  process.stdout.write(`Belfry is ready: ${address}\n${firstSteps(address)}`);
}

/** The values that both bundles read. */
function setRuntimeValues(env: Env): void {
  setRuntimeValue("baseUrl", env.baseUrl ?? null);
  setRuntimeValue("dataDir", env.dataDir);
  setRuntimeValue("secretReferences", env.secretReferences);
  setRuntimeValue("authorities", env.authorities);
  setRuntimeValue("hooksFile", env.hooksFile ?? null);
  setPlaceValues(env, ROOT);
  setRuntimeValue("crashRecord", readCrashRecord(env.dataDir));
}

async function startParts(parts: readonly Part[]): Promise<void> {
  for (const part of parts) {
    if (isStopping) return;
    opened.parts.unshift(part);
    await part.start();
  }
}

/**
 * Stops in order: the listener and the streams close, requests and running work finish, unfinished work is returned to the
 * database, the database closes. Exits within ten seconds, even when a part hangs.
 */
async function stop(isDevelopment: boolean): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  setProcessState("stopping");
  setTimeout(() => {
    log.error("stopping took too long, the next start resumes unfinished work");
    process.exit(1);
  }, 9_000).unref();
  const { server, pages, unlock } = opened;
  closeStreams();
  // In development the sockets of Next never close by themselves.
  const requests = server ? endWithin(server, isDevelopment ? 0 : 6_000) : undefined;
  await Promise.all([requests, quietly("the background parts", stopParts)]);
  if (pages && !isDevelopment) await quietly("the pages", () => settleWithin(pages.close(), 1_000));
  await quietly("the database", closeDatabase);
  unlock?.();
  process.exit(0);
}

async function stopParts(): Promise<void> {
  for (const part of opened.parts) await quietly(part.name, () => part.stop());
}

/** An error in one does not keep the others from closing. */
async function quietly(what: string, close: () => unknown): Promise<void> {
  try {
    await close();
  } catch (error) {
    log.warn("failed to close a part of the process", { part: what, error });
  }
}

function main(): void {
  let env: Env | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(env?.isDevelopment ?? false));
  try {
    env = readEnv();
  } catch (error) {
    if (!(error instanceof EnvProblem)) throw error;
    for (const problem of error.problems) process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
  for (const variable of misspelledVariables())
    log.warn("unknown variable has no effect, another may be meant", variable);
  const { dataDir } = env;
  start(env).catch((thrown) => {
    if (isStopping) return;
    const error: unknown = diskError(thrown, dataDir) ?? thrown;
    process.stderr.write(`Belfry could not start: ${messageOf(error)}\n`);
    // Our own errors say enough; for all others the details help.
    if (!isAppError(error)) log.error("failed to start", { error });
    process.exit(1);
  });
}

main();
