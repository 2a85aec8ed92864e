import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Running, runProgram, startProgram, until } from "./child";
import { freePort } from "./free-port";
import { PROGRAM } from "./program";

const ROOT = path.resolve(import.meta.dirname, "../..");
let isPrepared = false;

export interface BelfryOptions {
  /** Kept by the caller, so that a second life can find it; otherwise a new one that goes with `stop`. */
  dataDir?: string;
  port?: number;
  /** Further variables: `DATABASE_URL`, `BELFRY_ADMIN_EMAIL` … */
  env?: Record<string, string>;
  /** False: do not wait until it is ready. */
  waits?: boolean;
}

/** The real program, started from its build. */
export interface Belfry extends Running {
  url: string;
  port: number;
  dataDir: string;
  /** Path and query of the set-up with its code, as the start of an empty installation printed them. */
  setupPath(): Promise<string>;
  /** Ends with SIGKILL, as a power cut would; the data folder stays. */
  kill(): Promise<void>;
}

/** Builds what is not built yet. @throws with the build's own words */
export function prepareBelfry(): void {
  if (!isPrepared && PROGRAM.isCheckout)
    runProgram(process.execPath, ["lib/runtime/prepare.mjs", "server"], { cwd: ROOT });
  isPrepared = true;
}

/**
 * Starts Belfry on a free port of loopback and waits until it is ready.
 * @throws with what it said when it does not become ready
 */
export async function startBelfry(options: BelfryOptions = {}): Promise<Belfry> {
  prepareBelfry();
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? mkdtempSync(path.join(tmpdir(), "belfry-data-"));
  const url = `http://127.0.0.1:${port}`;
  const running = startProgram(PROGRAM.node, ["dist/server.mjs"], {
    cwd: PROGRAM.folder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS ?? "",
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      BELFRY_DATA_DIR: dataDir,
      ...options.env,
    },
  });
  const { child } = running;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const isReady = () =>
    fetch(`${url}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  if (options.waits !== false) {
    await until("Belfry is ready", async () => hasEnded() || (await isReady()), {
      timeoutMs: 120_000,
      words: running.words,
    });
    if (hasEnded()) throw new Error(`Belfry ended instead of starting:\n${running.words()}`);
  }
  return {
    ...running,
    url,
    port,
    dataDir,
    async setupPath() {
      const printed = () => /first account at https?:\/\/[^/]+(\S+)/.exec(running.words())?.[1];
      await until("the address of the set-up is printed", async () => printed() !== undefined, running);
      return printed() ?? "";
    },
    kill: () => running.stop("SIGKILL"),
    async stop(signal) {
      await running.stop(signal);
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
