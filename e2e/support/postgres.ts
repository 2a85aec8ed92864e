import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isRoot, runProgram, startProgram, until } from "./child";
import { freePort } from "./free-port";

export interface PostgresServer {
  /** Address of the database `postgres`, as its owner. */
  url: string;
  port: number;
  /** Address of a new, empty database. */
  createDatabase(name: string): string;
  /** Runs a statement in the database `postgres`. @returns what psql prints */
  run(statement: string): string;
  /** Ends the server, by default as a crash would (`pg_ctl stop -m immediate`); its data stays. */
  shutDown(signal?: "SIGQUIT" | "SIGINT"): Promise<void>;
  /** Starts it again on the same port, and waits until it answers. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  port?: number;
  /** True: what is committed survives the end of the server. */
  keepsCommits?: boolean;
}

/** Debian keeps each version's programs in a folder of its own. @throws when none is installed */
export function postgresPrograms(): string {
  const versions = "/usr/lib/postgresql";
  const newest = readdirSync(versions)
    .map(Number)
    .sort((a, b) => b - a)[0];
  if (!newest) throw new Error("PostgreSQL is not installed: apt-get install postgresql");
  return path.join(versions, String(newest), "bin");
}

/**
 * A PostgreSQL cluster of our own in a temporary folder, on loopback. As root it runs as the user `postgres`.
 * Nothing of it is left after `stop`. Durability is off: the tests need its behaviour, not its disk.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const programs = postgresPrograms();
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-postgres-"));
  const user = isRoot ? "postgres" : undefined;
  if (user) {
    const [uid, gid] = ["-u", "-g"].map((flag) => Number(runProgram("id", [flag, user])));
    chownSync(folder, uid ?? 0, gid ?? 0);
  }
  const data = path.join(folder, "data");
  const environment = { cwd: folder, user, env: { ...process.env, LC_ALL: "C.UTF-8", PGPASSWORD: "" } };
  runProgram(
    path.join(programs, "initdb"),
    ["-D", data, "-U", "belfry", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"],
    environment,
  );
  const port = options.port ?? (await freePort());
  const settings = ["fsync=off", "full_page_writes=off", "max_connections=200"];
  if (!options.keepsCommits) settings.push("synchronous_commit=off");
  const serve = () =>
    startProgram(
      path.join(programs, "postgres"),
      [
        "-D",
        data,
        "-p",
        String(port),
        "-h",
        "127.0.0.1",
        "-k",
        folder,
        ...settings.flatMap((setting) => ["-c", setting]),
      ],
      environment,
    );
  let server = serve();
  const psql = (statement: string) =>
    runProgram(
      path.join(programs, "psql"),
      [
        "-X",
        "-h",
        "127.0.0.1",
        "-p",
        String(port),
        "-U",
        "belfry",
        "-d",
        "postgres",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        statement,
      ],
      environment,
    );
  const stop = async () => {
    // Ends at once, even with open connections.
    await server.stop("SIGINT");
    rmSync(folder, { recursive: true, force: true });
  };
  const isUp = () => until("PostgreSQL answers", () => answers(() => psql("select 1")), { words: server.words });
  try {
    await isUp();
  } catch (error) {
    await stop();
    throw error;
  }
  const addressOf = (database: string) => `postgres://belfry@127.0.0.1:${port}/${database}`;
  return {
    url: addressOf("postgres"),
    port,
    run: psql,
    shutDown: (signal = "SIGQUIT") => server.stop(signal),
    async startAgain() {
      server = serve();
      await isUp();
    },
    createDatabase(name) {
      psql(`create database "${name}"`);
      return addressOf(name);
    },
    stop,
  };
}

function answers(ask: () => unknown): boolean {
  try {
    ask();
    return true;
  } catch {
    return false;
  }
}
