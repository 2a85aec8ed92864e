// How fast backups and restores are, beside the same tools in a pipe of the shell with the same compression.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { memoryOf, sleep } from "./measure.mjs";
import { startPostgresServer } from "./postgres-server.mjs";
import { call, createKey, freePort, newFolder, newMemoryFolder, startProgram } from "./program.mjs";
import { heading, inMegabytes, inMs, inSeconds, printRow } from "./table.mjs";

const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 1_000);
const SMALL_FILES = 5_000;
const SMALL_ROUNDS = 9;
const LEAST_BACKUP = 0.85;
const LEAST_RESTORE = 0.8;

/** Backups of a directory and a database of one gigabyte each, a restore of many small files, and a restore test. */
export async function engine() {
  heading(
    `Engine: ${MEGABYTES.toLocaleString("en")} MB each to a local folder, gzip, beside the same tools in the shell`,
  );
  const folder = newFolder();
  const dataDir = newFolder();
  // Made before the program starts, which reads its mounts when it judges a place.
  const targets = newMemoryFolder();
  const env = { BELFRY_RESTORE_ROOTS: targets };
  const program = await startProgram({ dataDir, port: await freePort(), env });
  const key = await createKey(dataDir);
  const api = (method, path, body) => call(program, key, method, path, body);
  const destination = await api("POST", "/destinations", {
    name: "bench",
    kind: "local",
    createFolder: true,
    config: { path: join(folder, "stored") },
  });
  const bench = { folder, targets, program, api, destinationIds: [destination.id], idle: memoryOf(program.pid).now };
  await directory(bench);
  await smallFiles(bench);
  await database(bench);
  const grown = memoryOf(program.pid).most - bench.idle;
  printRow("memory, grown by at most", inMegabytes(grown), { wanted: "100 MB at most", isMet: grown <= 100 });
  await program.stop();
}

async function directory(bench) {
  const source = join(bench.folder, "large");
  mkdirSync(source);
  for (let number = 0; number < MEGABYTES / 10; number++)
    writeFileSync(join(source, `file ${number}`), likeText(10_000_000));
  warm(source);
  const raw = inShell(bench, `tar -C '${source}' -cf - . | gzip -6`);
  await backUp(bench, "directory", { kind: "directory", config: { path: source } }, raw);
  rmSync(source, { recursive: true });
}

async function smallFiles(bench) {
  const { targets } = bench;
  const source = join(bench.folder, "small");
  for (let number = 0; number < SMALL_FILES; number++) {
    const at = join(source, `folder ${number % 50}`);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, `file ${number}`), likeText(4_000));
  }
  const { artifact } = await backUp(bench, "small files", { kind: "directory", config: { path: source } }, null);
  const [name] = readdirSync(join(bench.folder, "stored", "small-files"));
  const file = join(bench.folder, "stored", "small-files", name);
  const [byTar, byBelfry] = [[], []];
  // In memory, in turns, and the best of each: how long a disk takes for many files differs by a factor of five.
  // Belfry also keeps its log meanwhile: what the large directory left to be written is not to be waited for.
  execFileSync("sync");
  for (let round = 0; round < SMALL_ROUNDS; round++) {
    const target = join(targets, `by tar ${round}`);
    mkdirSync(target);
    byTar.push(timed(() => execFileSync("sh", ["-c", `gzip -dc '${file}' | tar -C '${target}' -xf -`])));
    const run = await runOf(bench, `/artifacts/${artifact.id}/restore`, {
      target: { path: join(targets, `by belfry ${round}`) },
    });
    byBelfry.push(secondsIn(run.log, /Restored .*, in ([\d.]+) s/));
  }
  const what = `restore of ${SMALL_FILES.toLocaleString("en")} files`;
  const [tarBest, best] = [Math.min(...byTar), Math.min(...byBelfry)];
  const ratio = tarBest / best;
  printRow(`${what}: by tar, best of ${SMALL_ROUNDS}`, inMs(tarBest * 1000), { ratio: 1 });
  printRow(`${what}: best of ${SMALL_ROUNDS}`, inMs(best * 1000), {
    ratio,
    wanted: `${LEAST_RESTORE} of tar`,
    isMet: ratio >= LEAST_RESTORE,
  });
  const test = await runOf(bench, `/artifacts/${artifact.id}/restore-test`);
  printRow(`restore test of them`, inSeconds(test.tookMs), { wanted: test.status });
}

async function database(bench) {
  const server = await startPostgresServer();
  if (!server) return printRow("PostgreSQL", "not installed here");
  server.psql("postgres", "create database bench");
  // Text that is as compressible as text is, kept as it is by the server.
  server.psql(
    "bench",
    `create table notes (id int, body text);
     insert into notes select n, (select string_agg(md5((n * 31 + i)::text) || ' backup of the job succeeded, receipt ', '') from generate_series(1, 14) i)
     from generate_series(1, ${MEGABYTES * 1_000}) n`,
  );
  const env = { ...server.env, PGDATABASE: "bench" };
  inShell(bench, "pg_dump -Fc -Z0", env);
  const raw = inShell(bench, "pg_dump -Fc -Z0 | gzip -6", env);
  const config = { host: "127.0.0.1", port: Number(server.env.PGPORT), user: "belfry", database: "bench" };
  const { artifact } = await backUp(bench, "PostgreSQL", { kind: "postgres", config }, raw);
  const test = await runOf(bench, `/artifacts/${artifact.id}/restore-test`);
  printRow("restore test of it", inSeconds(test.tookMs), { wanted: test.status });
  server.stop();
}

/** Makes a job, runs it once, and reports its parts. @param raw seconds of the shell; null: not compared */
async function backUp(bench, name, source, raw) {
  const { api, destinationIds } = bench;
  // The measurement stood still: connections that the program closed meanwhile are to be noticed first.
  await sleep(100);
  const { id: sourceId } = await api("POST", "/sources", { name, ...source });
  const job = await api("POST", "/jobs", { name, sourceId, destinationIds });
  const run = await runOf(bench, `/jobs/${job.id}/run`);
  const stored = secondsIn(run.log, /Stored .*, in ([\d.]+) s/);
  const readBack = secondsIn(run.log, /checksum equal, in ([\d.]+) s/);
  if (raw !== null) {
    printRow(`${name}: the same tools in the shell`, inSeconds(raw * 1000), { ratio: 1 });
    const ratio = raw / stored;
    printRow(`${name}: dumped, compressed, stored`, inSeconds(stored * 1000), {
      ratio,
      wanted: `${LEAST_BACKUP} of the shell`,
      isMet: ratio >= LEAST_BACKUP,
    });
    printRow(`${name}: read back, and read as a restore`, inSeconds(readBack * 1000));
    printRow(`${name}: the whole run`, inSeconds(run.tookMs));
  }
  return { artifact: (await api("GET", `/runs/${run.id}`)).artifacts[0] };
}

/** Starts a run and waits for its end. @throws when it was no success */
async function runOf({ api }, path, body) {
  await sleep(100);
  const { runId } = await api("POST", path, body ?? {});
  for (;;) {
    const run = await api("GET", `/runs/${runId}`);
    if (run.finishedAt) {
      const { text } = await api("GET", `/runs/${runId}/log`);
      if (run.status !== "success") throw new Error(`${path} ended as ${run.status}: ${run.error}\n${text}`);
      return { ...run, log: text, tookMs: Date.parse(run.finishedAt) - Date.parse(run.startedAt) };
    }
    await sleep(100);
  }
}

/** @returns seconds */
function timed(work) {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
}

/** Writes the output of a pipe to a file that is synced, as a backup is. @returns seconds */
function inShell({ folder }, pipe, env = process.env) {
  const file = join(folder, "by the shell");
  const took = timed(() => execFileSync("sh", ["-c", `${pipe} > '${file}' && sync '${file}'`], { env }));
  rmSync(file);
  return took;
}

/** What is read twice must not be quicker the second time. */
function warm(folder) {
  for (const name of readdirSync(folder)) execFileSync("cat", [join(folder, name)], { stdio: "ignore", maxBuffer: 1 });
}

function secondsIn(log, pattern) {
  const seconds = Number(pattern.exec(log)?.[1]);
  if (Number.isNaN(seconds)) throw new Error(`The log does not say how long it took:\n${log}`);
  return Math.max(seconds, 0.01);
}

/** Lines of a log with a part of chance each: it compresses to about a third, as text does. */
function likeText(bytes) {
  const lines = [];
  for (let length = 0; length < Math.min(bytes, 1_000_000); ) {
    const line = `2026-11-26 03:15:00 backup of the job succeeded, receipt ${randomBytes(24).toString("base64")}`;
    lines.push(line);
    length += line.length + 1;
  }
  const piece = lines.join("\n");
  return piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);
}
