// Ten thousand clients that report each minute: what a heartbeat takes, and what watching all of them costs.
import { median, memoryOf, quantile } from "./measure.mjs";
import { startPostgresServer } from "./postgres-server.mjs";
import { call, inside, install } from "./program.mjs";
import { heading, inMegabytes, inMs, printRow } from "./table.mjs";

const CLIENTS = 10_000;
const JOBS = 10_000;
const SECONDS = 60;
const CREATED_TOGETHER = 8;
const MOST_HEARTBEAT_MS = 5;
const MOST_MEMORY_MB = 400;
const MOST_LOOK_MS = 1_000;

export async function clients(receiver) {
  heading(`Clients: ${CLIENTS.toLocaleString("en")}, each with a heartbeat a minute`);
  const { program, key } = await install(receiver, ["bench"]);
  const tokens = await createAll(program, key);
  const times = await beatAll(program, tokens);
  const most = memoryOf(program.pid).most;
  const half = median(times);
  printRow(
    `heartbeat, ${times.length.toLocaleString("en")} of them`,
    `p50 ${inMs(half)}, p99 ${inMs(quantile(times, 0.99))}`,
    {
      wanted: `p50 ${MOST_HEARTBEAT_MS} ms at most`,
      isMet: half <= MOST_HEARTBEAT_MS,
    },
  );
  printRow("memory, the most", inMegabytes(most), {
    wanted: `${MOST_MEMORY_MB} MB at most`,
    isMet: most <= MOST_MEMORY_MB,
  });
  const { items } = await call(program, key, "GET", "/clients?status=offline&limit=1");
  printRow("clients that were taken to be offline", String(items.length), { wanted: "0", isMet: items.length === 0 });
  await program.stop();
  await watching();
}

/** What the monitor costs each time, and the heartbeats of all written at once. */
async function watching() {
  const reportJobs = (name, env) => {
    const times = inside("job-watching", env, [String(JOBS)]);
    const look = median(times.looking);
    printRow(`${name}: a look at ${JOBS.toLocaleString("en")} jobs`, inMs(look), {
      wanted: `${MOST_LOOK_MS} ms at most`,
      isMet: look <= MOST_LOOK_MS,
    });
    printRow(`${name}: counting their health`, inMs(median(times.counting)));
    printRow(`${name}: the worst of them, a page`, inMs(median(times.listing)));
  };
  const report = (name, env) => {
    const times = inside("watching", env, [String(CLIENTS)]);
    const look = median(times.looking);
    printRow(`${name}: a look at all of them`, inMs(look), {
      wanted: `${MOST_LOOK_MS} ms at most`,
      isMet: look <= MOST_LOOK_MS,
    });
    printRow(`${name}: writing the heartbeats of all`, inMs(median(times.writing)));
  };
  report("SQLite", {});
  reportJobs("SQLite", {});
  const server = await startPostgresServer({ isDurable: true });
  if (!server) return printRow("PostgreSQL", "not installed here");
  report("PostgreSQL", { BENCH_DATABASE_URL: server.url("postgres") });
  reportJobs("PostgreSQL", { BENCH_DATABASE_URL: server.url("postgres") });
  server.stop();
}

async function createAll(program, key) {
  const tokens = [];
  let next = 0;
  const create = async () => {
    while (next < CLIENTS) {
      const { token } = await call(program, key, "POST", "/clients", { name: `machine-${next++}` });
      tokens.push(token);
    }
  };
  await Promise.all(Array.from({ length: CREATED_TOGETHER }, create));
  return tokens;
}

/** Two rounds, so that the second finds all of them online; each is spread over its time. */
async function beatAll(program, tokens) {
  const times = [];
  for (const seconds of [SECONDS / 2, SECONDS]) {
    times.length = 0;
    const began = performance.now();
    const under = new Set();
    for (const [index, token] of tokens.entries()) {
      const ahead = began + (index * seconds * 1_000) / tokens.length - performance.now();
      if (ahead > 0) await new Promise((done) => setTimeout(done, ahead));
      const one = beat(program, token).then((ms) => times.push(ms));
      under.add(one);
      void one.finally(() => under.delete(one));
    }
    await Promise.all(under);
  }
  return times;
}

async function beat(program, token) {
  const from = performance.now();
  const disks = [{ mount: "/", totalBytes: 1e12, freeBytes: 4e11 }];
  const answer = await fetch(`${program.url}/api/v1/agent/heartbeat`, {
    method: "POST",
    // As an agent does: it is another process each time.
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", connection: "close" },
    body: JSON.stringify({ intervalSeconds: 60, hostname: "machine", version: "1", disks }),
  });
  if (!answer.ok) throw new Error(`A heartbeat was answered with ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return performance.now() - from;
}
