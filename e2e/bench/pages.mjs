import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { fill } from "./fill.mjs";
import { quantile, sleep } from "./measure.mjs";
import { call, install, newFolder, ROOT, startProgram } from "./program.mjs";
import { signIn } from "./sign-in.mjs";
import { longestWaitsDuring } from "./stall.mjs";
import { heading, inMs, printRow } from "./table.mjs";

const COUNTS = { jobs: 1_000, runsPerJob: 20, deliveries: 200_000, alerts: 25_000, openAlerts: 20_000, audit: 5_000 };
const TIMES = 40;
/** How far the "further on" of a list is followed before that page is measured too. */
const DEEP = 15;
/** What the id in the path of a page names. */
const TABLES = { restore: "artifacts", notifications: "alerts" };

/** How long the server takes for each page of the console, with a full database. */
export async function pages(receiver) {
  const [jobs, deliveries, open] = [COUNTS.jobs, COUNTS.deliveries, COUNTS.openAlerts].map((n) =>
    n.toLocaleString("en"),
  );
  heading(`Pages: server time with ${jobs} jobs, ${deliveries} deliveries and ${open} open alerts`);
  const { program, paths } = await startFilled(receiver, COUNTS);
  const cookie = await signIn(program);
  const get = async (path) => {
    const began = performance.now();
    const answer = await fetch(`${program.url}${path}`, {
      headers: { cookie, accept: "text/html" },
      redirect: "manual",
    });
    const text = await answer.text();
    return { status: answer.status, text, ms: performance.now() - began };
  };
  for (const path of paths) {
    await measure(get, path);
    const deep = await furtherOn(get, path);
    if (deep) await measure(get, deep, `${path}, ${DEEP} pages on`);
  }
  await measureStall(program, get);
  await program.stop();
}

/**
 * Starts the program on a database that is filled as years of work would.
 * @param counts as `fill` takes them @returns the program, and the address of every page of the console
 */
export async function startFilled(receiver, counts) {
  const { program: first, key } = await install(receiver, ["bench"]);
  await runOneJob(first, key);
  await first.stop();
  const file = join(first.dataDir, "belfry.db");
  fill(file, counts);
  return { program: await startProgram(first), paths: consolePaths(file) };
}

async function measureStall(program, get) {
  const [longest] = await longestWaitsDuring([`${program.url}/api/v1/notify`], async () => {
    for (let time = 0; time < TIMES; time++) await get("/");
  });
  printRow("another request while / is read, longest", inMs(longest), {
    wanted: "100 ms at most",
    isMet: longest <= 100,
  });
}

async function measure(get, path, name = path) {
  const { status } = await get(path);
  if (status !== 200) return printRow(name, `answers ${status}`);
  for (let warm = 0; warm < 3; warm++) await get(path);
  const times = [];
  for (let time = 0; time < TIMES; time++) times.push((await get(path)).ms);
  const p95 = quantile(times, 0.95);
  printRow(name, `p50 ${inMs(quantile(times, 0.5))}, p95 ${inMs(p95)}`, {
    wanted: "p95 100 ms at most",
    isMet: p95 <= 100,
  });
}

/** Follows the link to the next page of a list. @returns none when there are not so many pages */
async function furtherOn(get, path) {
  let at = path;
  for (let page = 0; page < DEEP; page++) {
    const { text } = await get(at);
    const links = [...text.matchAll(/href="([^"]*[?;&]cursor=[^"]*)"/g)].map(([, link]) =>
      link.replaceAll("&amp;", "&"),
    );
    const next = links.at(-1);
    if (!next) return undefined;
    at = new URL(next, `http://belfry${path}`).href.slice("http://belfry".length);
  }
  return at;
}

/** Every page below app/(console), with the id of something that is there. */
function consolePaths(file) {
  const database = new Database(file, { readonly: true });
  const idOf = (folder) =>
    database
      .prepare(`select id from ${TABLES[folder] ?? folder} order by id desc limit 1`)
      .pluck()
      .get();
  const root = join(ROOT, "app", "(console)");
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === "page.tsx")
    .map((entry) => (entry.parentPath ?? entry.path).slice(root.length))
    .map((path) =>
      path.replace(/\/\([^)]*\)/g, "").replace(/^\/([^/]+)\/\[id\]/, (_, folder) => `/${folder}/${idOf(folder)}`),
    )
    // What a channel did in the last 30 days is read where its tab is open.
    .flatMap((path) => (/^\/channels\/chn_[^/]+$/.test(path) ? [path, `${path}?tab=activity`] : [path || "/"]))
    .sort();
  database.close();
  return paths;
}

/** A job that ran once with its notification, and an open alert: one row of everything to copy from. */
async function runOneJob(program, key) {
  const folder = newFolder();
  const live = join(folder, "live.db");
  new Database(live).exec("create table notes (text); insert into notes values ('ring')").close();
  mkdirSync(join(folder, "backups"));
  const ask = (method, path, body) => call(program, key, method, path, body);
  const source = await ask("POST", "/sources", { name: "Notes", kind: "sqlite", config: { path: live } });
  const place = { name: "Disk", kind: "local", createFolder: true, config: { path: join(folder, "backups") } };
  const destination = await ask("POST", "/destinations", place);
  const [channel] = (await ask("GET", "/channels")).items;
  const job = await ask("POST", "/jobs", {
    name: "Notes",
    kind: "managed",
    sourceId: source.id,
    destinationIds: [destination.id],
    // Once a year: not while this is measured.
    schedule: { cron: "0 3 1 1 *", timezone: "UTC" },
    enabled: true,
    compression: "gzip",
    retention: { keepLast: 30 },
    notifications: [{ channelId: channel.id, condition: "always", repeat: "every" }],
  });
  const { runId } = await ask("POST", `/jobs/${job.id}/run`);
  let run = await ask("GET", `/runs/${runId}`);
  for (let tries = 0; run.status === "queued" || run.status === "running"; tries++) {
    if (tries > 300) throw new Error("The job does not come to its end.");
    await sleep(100);
    run = await ask("GET", `/runs/${runId}`);
  }
  if (run.status !== "success") throw new Error(`The job ended with ${run.status}: ${run.error}`);
  await ask("POST", "/notify", { title: "Disk full", message: "97 %", tone: "failure", dedupKey: "disk" });
  await program.settled();
}
