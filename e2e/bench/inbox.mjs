// The inbox: its first page beside many rows, while a storm of events comes, and how soon open pages learn of a change.
import { get } from "node:http";
import { median, memoryOf, quantile, sleep } from "./measure.mjs";
import { startPostgresServer } from "./postgres-server.mjs";
import { call, inside, install } from "./program.mjs";
import { signInAs } from "./sign-in.mjs";
import { heading, inMegabytes, inMs, printRow } from "./table.mjs";

const ROWS = Number(process.env.BENCH_INBOX ?? 1_000_000);
const MOST_PAGE_MS = 50;
const MOST_GROWTH = 1.2;
const STORM = { events: 5_000, seconds: 60 };
const MOST_ANSWER_MS = 200;
const MOST_MORE_MB = 30;
const STREAMS = 500;
const PER_USER = 25;
const MOST_NOTICE_MS = 250;

export async function inbox(receiver) {
  await firstPage();
  await storm(receiver);
  await streams(receiver);
}

async function firstPage() {
  heading(`Inbox: first page and badge in the database with ${ROWS.toLocaleString("en")} rows, medians of 15`);
  measurePages("SQLite", {});
  const server = await startPostgresServer({ isDurable: true });
  if (!server) return printRow("PostgreSQL", "not installed here");
  measurePages("PostgreSQL", { BENCH_DATABASE_URL: server.url("postgres") });
  server.stop();
}

function measurePages(name, env) {
  const times = inside("inbox", env, [String(ROWS)]);
  const [few, many] = [median(times.few), median(times.many)];
  printRow(`${name}: with ${times.fewRows.toLocaleString("en")} rows`, inMs(few), { ratio: 1 });
  printRow(`${name}: with ${times.rows.toLocaleString("en")} rows`, inMs(many), {
    ratio: many / few,
    wanted: `${MOST_PAGE_MS} ms and ${MOST_GROWTH} of few at most`,
    isMet: many <= MOST_PAGE_MS && many / few <= MOST_GROWTH,
  });
  printRow(`${name}: a search that finds nothing`, inMs(median(times.search)));
}

/** Problems and successes in equal parts, spread evenly over the minute. */
async function storm(receiver) {
  heading(`Inbox: while ${STORM.events.toLocaleString("en")} events come within ${STORM.seconds} s`);
  const { program, key, notify } = await install(receiver, ["bench"]);
  await notifyOf(notify, 0);
  const before = memoryOf(program.pid).now;
  const began = performance.now();
  const times = [];
  let isOver = false;
  const reading = (async () => {
    while (!isOver) {
      const from = performance.now();
      await call(program, key, "GET", "/notifications?limit=8");
      times.push(performance.now() - from);
      await sleep(100);
    }
  })();
  const pace = (STORM.seconds * 1_000) / STORM.events;
  for (let number = 1; number <= STORM.events; number++) {
    await notifyOf(notify, number);
    const ahead = began + number * pace - performance.now();
    if (ahead > 0) await sleep(ahead);
  }
  isOver = true;
  await reading;
  const p95 = quantile(times, 0.95);
  printRow(`bell and inbox, ${times.length} reads`, `p50 ${inMs(quantile(times, 0.5))}, p95 ${inMs(p95)}`, {
    wanted: `p95 ${MOST_ANSWER_MS} ms at most`,
    isMet: p95 <= MOST_ANSWER_MS,
  });
  const more = memoryOf(program.pid).now - before;
  printRow("memory after the storm, more", inMegabytes(more), {
    wanted: `${MOST_MORE_MB} MB at most`,
    isMet: more <= MOST_MORE_MB,
  });
  await program.stop();
}

async function notifyOf({ url, key }, number) {
  const isProblem = number % 2 === 1;
  const problem = { tone: "failure", dedupKey: `storm-${number % 400}` };
  const body = { title: `Storm ${number}`, message: "n", ...(isProblem ? problem : { tone: "success" }) };
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`notify was answered with ${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
}

async function streams(receiver) {
  heading(`Inbox: a change reaches ${STREAMS} open streams`);
  const { program, key, notify } = await install(receiver, ["bench"]);
  const open = [];
  for (let first = 0; first < STREAMS; first += PER_USER) {
    const account = { email: `reader-${first}@example.com`, password: "a long way up the tower" };
    await call(program, key, "POST", "/users", { name: `Reader ${first}`, role: "viewer", ...account });
    const cookie = await signInAs(program, account);
    for (let each = 0; each < PER_USER; each++) open.push(await openStream(program, cookie));
  }
  const times = [];
  for (let round = 1; round <= 10; round++) {
    const waits = open.map((stream) => stream.next());
    const from = performance.now();
    await notifyOf(notify, 2 * round + 1);
    times.push(Math.max(...(await Promise.all(waits))) - from);
    await sleep(500);
  }
  const most = quantile(times, 0.95);
  printRow("from the event to the last of them, p95", inMs(most), {
    wanted: `${MOST_NOTICE_MS} ms at most`,
    isMet: most <= MOST_NOTICE_MS,
  });
  for (const { close } of open) close();
  await program.stop();
}

/** @returns `next`: when the next notice about alerts comes */
function openStream(program, cookie) {
  return new Promise((resolve, reject) => {
    const request = get(`${program.url}/api/v1/stream`, { headers: { cookie }, agent: false }, (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`A stream was answered with ${answer.statusCode}.`));
      let notice = () => {};
      answer.on("data", (piece) => {
        if (String(piece).includes('"alerts"')) notice(performance.now());
      });
      resolve({
        next: () =>
          new Promise((done) => {
            notice = done;
          }),
        close: () => request.destroy(),
      });
    });
    request.on("error", reject);
  });
}
