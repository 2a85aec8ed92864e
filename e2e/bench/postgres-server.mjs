// A PostgreSQL cluster for a measurement, in a folder of its own, on loopback.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./measure.mjs";
import { freePort, newFolder } from "./program.mjs";

/**
 * @param isDurable a commit is on disk when it is answered, as it should be where nothing may be lost
 * @returns null where PostgreSQL's server is not installed
 */
export async function startPostgresServer({ isDurable = false } = {}) {
  const versions = "/usr/lib/postgresql";
  let bin;
  try {
    bin = join(
      versions,
      String(
        readdirSync(versions)
          .map(Number)
          .sort((a, b) => b - a)[0],
      ),
      "bin",
    );
  } catch {
    return null;
  }
  const folder = newFolder();
  // The server refuses to run as root.
  const ids = process.getuid?.() === 0 ? idsOf("postgres") : {};
  if (ids.uid !== undefined) chownSync(folder, ids.uid, ids.gid);
  const options = { cwd: folder, env: { ...process.env, LC_ALL: "C.UTF-8" }, ...ids };
  const data = join(folder, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "belfry", "--auth=trust", "--no-sync"], {
    ...options,
    stdio: "ignore",
  });
  const port = await freePort();
  const settings = ["shared_buffers=256MB", "max_wal_size=4GB", "max_connections=200"];
  if (!isDurable) settings.push("fsync=off", "full_page_writes=off");
  const server = spawn(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", folder, ...settings.flatMap((one) => ["-c", one])],
    { ...options, stdio: "ignore" },
  );
  process.once("exit", () => server.kill("SIGINT"));
  const env = { ...process.env, PGHOST: "127.0.0.1", PGPORT: String(port), PGUSER: "belfry" };
  const psql = (database, sql) =>
    execFileSync(join(bin, "psql"), ["-X", "-q", "-A", "-t", "-d", database, "-c", sql], {
      env,
      encoding: "utf8",
      // What it says is in the error that is thrown.
      stdio: "pipe",
    });
  for (let tries = 0; ; tries++) {
    try {
      psql("postgres", "select 1");
      break;
    } catch (error) {
      if (tries > 200) throw error;
      await sleep(50);
    }
  }
  const url = (database) => `postgres://belfry@127.0.0.1:${port}/${database}`;
  return { port, env, url, psql, stop: () => server.kill("SIGINT") };
}

const idsOf = (user) => {
  const id = (flag) => Number(execFileSync("id", [flag, user], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
};
