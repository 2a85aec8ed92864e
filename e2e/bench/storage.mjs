// How fast a gigabyte goes into a borg repository and to S3, beside borg and the S3 library alone, and what pages take meanwhile.
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { memoryOf, quantile, sleep } from "./measure.mjs";
import { call, createKey, freePort, newFolder, startProgram } from "./program.mjs";
import { signIn } from "./sign-in.mjs";
import { heading, inMegabytes, inMs, inSeconds, printRow } from "./table.mjs";

const MEGABYTES = Number(process.env.BENCH_MEGABYTES ?? 1_000);
const ROUNDS = 2;
const LEAST_BORG = 0.9;
const LEAST_S3 = 0.8;
const MOST_MEMORY_MB = 100;
const MOST_PAGE_MS = 100;
const PART_MIB = 8;
const AT_ONCE = 4;
const PASSPHRASE = "a passphrase of the bench";
const PAGES = ["/", "/jobs", "/runs", "/notifications", "/deliveries", "/destinations", "/repositories", "/channels"];
const FEWEST_PAGES = 200;

/** Two rounds of each in turns, and the best of both: a machine that does something else slows down one of them alone. */
export async function storage() {
  heading(`Storage: ${MEGABYTES.toLocaleString("en")} MB of chance into borg and to S3 on loopback`);
  const folder = newFolder();
  const source = join(folder, "source");
  mkdirSync(source);
  // Nothing in it occurs twice: what borg leaves out would cost neither of them anything.
  for (let number = 0; number < MEGABYTES / 10; number++)
    writeFileSync(join(source, `file ${number}`), randomBytes(10_000_000));
  const dataDir = newFolder();
  const program = await startProgram({ dataDir, port: await freePort() });
  const key = await createKey(dataDir);
  const api = (method, path, body) => call(program, key, method, path, body);
  const { id: sourceId } = await api("POST", "/sources", {
    name: "chance",
    kind: "directory",
    config: { path: source },
  });
  // The first page loads what every page needs.
  const cookie = await signIn(program);
  await pageTimes(program, cookie, PAGES.length);
  const bench = { folder, source, program, api, sourceId, idle: memoryOf(program.pid).now };
  await intoBorg(bench);
  await toS3(bench);
  const grown = memoryOf(program.pid).most - bench.idle;
  printRow("memory, grown by at most", inMegabytes(grown), {
    wanted: `${MOST_MEMORY_MB} MB at most`,
    isMet: grown <= MOST_MEMORY_MB,
  });
  await pagesMeanwhile(bench, cookie);
  await program.stop();
}

async function intoBorg({ folder, source, api, sourceId }) {
  const [alone, made, whole] = [[], [], []];
  for (let round = 1; round <= ROUNDS; round++) {
    const byHand = join(folder, "by-hand");
    const env = { ...process.env, BORG_BASE_DIR: join(folder, "base"), BORG_PASSPHRASE: PASSPHRASE };
    execFileSync("borg", ["init", "--encryption", "repokey-blake2", byHand], { env, stdio: "ignore" });
    alone.push(timed(() => execFileSync("borg", ["create", `${byHand}::a`, "."], { env, cwd: source })));
    rmSync(byHand, { recursive: true });
    // The measurement stood still: connections that the program closed meanwhile are to be noticed first.
    await sleep(100);
    const location = join(folder, `borg ${round}`);
    const about = { name: `borg ${round}`, kind: "borg", location, passphrase: PASSPHRASE, create: true };
    const { id: repositoryId } = await api("POST", "/repositories", about);
    const job = await api("POST", "/jobs", { name: `into borg ${round}`, sourceId, repositoryId });
    const run = await runOf(api, job.id);
    made.push(secondsIn(run.log, /Made .*, in ([\d.]+) s/));
    whole.push(run.tookMs / 1000);
    rmSync(location, { recursive: true });
    await sleep(100);
  }
  const ratio = Math.min(...alone) / Math.min(...made);
  printRow(`borg create alone, best of ${ROUNDS}`, inSeconds(Math.min(...alone) * 1000), { ratio: 1 });
  printRow("into a repository", inSeconds(Math.min(...made) * 1000), {
    ratio,
    wanted: `${LEAST_BORG} of borg create`,
    isMet: ratio >= LEAST_BORG,
  });
  printRow("into a repository: the whole run", inSeconds(Math.min(...whole) * 1000), {
    ratio: Math.min(...alone) / Math.min(...whole),
  });
}

async function toS3({ folder, source, api, sourceId }) {
  const s3 = await startS3(join(folder, "s3"));
  const { endpoint, bucket, ...keys } = s3;
  const [alone, stored, whole] = [[], [], []];
  const config = { endpoint, bucket, region: "us-east-1", pathStyle: true, partSizeMiB: PART_MIB, ...keys };
  const { id } = await api("POST", "/destinations", { name: "s3", kind: "s3", config });
  for (let round = 1; round <= ROUNDS; round++) {
    const from = performance.now();
    await byLibrary(s3, source, `alone-${round}`);
    alone.push((performance.now() - from) / 1000);
    const about = { name: `to S3 ${round}`, sourceId, destinationIds: [id], compression: "none" };
    const run = await runOf(api, (await api("POST", "/jobs", about)).id);
    stored.push(secondsIn(run.log, /Stored .*, in ([\d.]+) s/));
    whole.push(run.tookMs / 1000);
  }
  s3.stop();
  const ratio = Math.min(...alone) / Math.min(...stored);
  printRow(`tar and the S3 library alone, best of ${ROUNDS}`, inSeconds(Math.min(...alone) * 1000), { ratio: 1 });
  printRow("to S3, stored", inSeconds(Math.min(...stored) * 1000), {
    ratio,
    wanted: `${LEAST_S3} of the library`,
    isMet: ratio >= LEAST_S3,
  });
  printRow("to S3, read back too: the whole run", inSeconds(Math.min(...whole) * 1000));
}

/** Uploads the folder as tar, as a program of a page would that used the library and nothing else. */
async function byLibrary({ endpoint, bucket, accessKeyId, secretAccessKey }, source, key) {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  const tar = spawn("tar", ["-C", source, "-cf", "-", "."], { stdio: ["ignore", "pipe", "inherit"] });
  const params = { Bucket: bucket, Key: key, Body: tar.stdout };
  await new Upload({ client, params, partSize: PART_MIB * 1024 ** 2, queueSize: AT_ONCE }).done();
  client.destroy();
}

async function startS3(folder) {
  mkdirSync(folder);
  const port = await freePort();
  const script = createRequire(import.meta.url).resolve("s3rver/bin/s3rver.js");
  const args = ["-d", folder, "-a", "127.0.0.1", "-p", String(port), "--no-vhost-buckets", "-s"];
  const child = spawn(process.execPath, [script, ...args, "--configure-bucket", "bench"], { stdio: "ignore" });
  process.on("exit", () => child.kill("SIGKILL"));
  const endpoint = `http://127.0.0.1:${port}`;
  const answers = () => fetch(endpoint).then(Boolean, () => false);
  for (let tries = 0; !(await answers()); tries++) {
    if (tries > 400) throw new Error("The S3 server did not start.");
    await sleep(50);
  }
  return { endpoint, bucket: "bench", accessKeyId: "S3RVER", secretAccessKey: "S3RVER", stop: () => child.kill() };
}

/** What pages take while two backups run, which begin anew until enough was measured. */
async function pagesMeanwhile({ folder, program, api, sourceId }, cookie) {
  const jobs = [];
  for (const name of ["left", "right"]) {
    const config = { path: join(folder, name) };
    const { id } = await api("POST", "/destinations", { name, kind: "local", createFolder: true, config });
    const about = {
      name: `${name} hand`,
      sourceId,
      destinationIds: [id],
      compression: "gzip",
      retention: { keepLast: 1 },
    };
    jobs.push((await api("POST", "/jobs", about)).id);
  }
  let isMeasuring = true;
  const running = jobs.map(async (id) => {
    while (isMeasuring) await runOf(api, id);
  });
  const both = async () => (await api("GET", "/runs?status=running&limit=2")).items.length === 2;
  while (!(await both())) await sleep(20);
  const times = await pageTimes(program, cookie, FEWEST_PAGES, both);
  isMeasuring = false;
  await Promise.all(running);
  const slow = quantile(times, 0.95);
  printRow(
    `pages while two backups run, ${times.length} of them`,
    `p50 ${inMs(quantile(times, 0.5))}, p95 ${inMs(slow)}`,
    { wanted: `p95 ${MOST_PAGE_MS} ms at most`, isMet: slow <= MOST_PAGE_MS },
  );
}

/** @param counts asked before each page: one that was read while fewer run does not count */
async function pageTimes(program, cookie, wanted, counts = async () => true) {
  const times = [];
  for (let index = 0; times.length < wanted; index++) {
    if (!(await counts())) {
      await sleep(20);
      continue;
    }
    const path = PAGES[index % PAGES.length];
    const from = performance.now();
    const answer = await fetch(`${program.url}${path}`, { headers: { cookie, accept: "text/html" } });
    await answer.text();
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}.`);
    times.push(performance.now() - from);
  }
  return times;
}

/** Runs a job, and waits for its end. @throws when it was no success */
async function runOf(api, jobId) {
  const { runId } = await api("POST", `/jobs/${jobId}/run`, {});
  for (;;) {
    const run = await api("GET", `/runs/${runId}`);
    if (run.finishedAt) {
      const { text } = await api("GET", `/runs/${runId}/log`);
      if (run.status !== "success") throw new Error(`The run ended as ${run.status}: ${run.error}\n${text}`);
      return { log: text, tookMs: Date.parse(run.finishedAt) - Date.parse(run.startedAt) };
    }
    // Not often: each look is work of the program that is measured.
    await sleep(500);
  }
}

/** @returns seconds */
function timed(work) {
  const from = performance.now();
  work();
  return (performance.now() - from) / 1000;
}

function secondsIn(log, pattern) {
  const seconds = Number(pattern.exec(log)?.[1]);
  if (Number.isNaN(seconds)) throw new Error(`The log does not say how long it took:\n${log}`);
  return Math.max(seconds, 0.01);
}
