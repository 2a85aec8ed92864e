// What other programs report: how many reports are stored a second, how long one waits, and what 100,000 external jobs cost.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { median, quantile } from "./measure.mjs";
import { call, inside, install, newFolder } from "./program.mjs";
import { heading, inMs, printRow } from "./table.mjs";

const JOBS = 100_000;
const TOGETHER = 32;
const SECONDS = 5;
const PACE = 500;
const LEAST_RATIO = 0.3;
const MOST_P99_MS = 50;
const MOST_RUN_MS = 250;
const MOST_LOOK_MS = 500;
const MOST_PAGE_MS = 100;
const agent = new Agent({ keepAlive: true, maxSockets: 256 });

export async function reports(receiver) {
  heading("Reports of other programs");
  const bare = await startBare();
  const { program, key } = await install(receiver, ["bench"]);
  const job = { kind: "external", name: "nas", schedule: { periodMinutes: 60 }, graceMinutes: 10 };
  const { urls, token } = await call(program, key, "POST", "/jobs", job);
  const own = urls?.plain?.startsWith("http") ? urls.plain : `${program.url}/in/${token}`;
  const bareUrl = `http://127.0.0.1:${bare.port}`;
  // First what needs a server without a backlog.
  printRow("17 requests to the bare server", inMs(await failingRun(bareUrl)));
  const run = await failingRun(own);
  printRow("17 requests of a failing borgmatic", inMs(run), {
    wanted: `${MOST_RUN_MS} ms at most`,
    isMet: run <= MOST_RUN_MS,
  });
  const bareTimes = await storePaced(`${bareUrl}/`);
  printRow(
    `${PACE} a second to the bare server`,
    `p50 ${inMs(median(bareTimes))}, p99 ${inMs(quantile(bareTimes, 0.99))}`,
  );
  const times = await storePaced(own);
  const late = quantile(times, 0.99);
  printRow(`${PACE} reports a second`, `p50 ${inMs(median(times))}, p99 ${inMs(late)}`, {
    wanted: `p99 ${MOST_P99_MS} ms at most`,
    isMet: late <= MOST_P99_MS,
  });
  const raw = await storeAll(`${bareUrl}/`);
  const stored = await storeAll(own);
  printRow("a bare server with one insert", `${Math.round(raw)} a second`);
  printRow("reports stored", `${Math.round(stored)} a second`, {
    ratio: stored / raw,
    wanted: `ratio ${LEAST_RATIO} at least`,
    isMet: stored / raw >= LEAST_RATIO,
  });
  bare.child.kill();
  await program.stop();
  const { looking, listing } = inside("expected-reports", {}, [String(JOBS)]);
  const rows = [
    ["a look for missed reports", looking, MOST_LOOK_MS],
    ["a page of the list", listing, MOST_PAGE_MS],
  ];
  for (const [name, values, most] of rows)
    printRow(`${JOBS.toLocaleString("en")} external jobs: ${name}`, inMs(median(values)), {
      wanted: `${most} ms at most`,
      isMet: median(values) <= most,
    });
}

async function startBare() {
  const file = join(newFolder(), "bare.db");
  const child = spawn(process.execPath, [join(import.meta.dirname, "bare-insert.mjs"), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return { child, port: Number(line) };
}

/** @returns how many a second */
async function storeAll(url) {
  let count = 0;
  const began = performance.now();
  const end = began + SECONDS * 1_000;
  const send = async () => {
    while (performance.now() < end) {
      await post(url, "a line of a log\n");
      count++;
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, send));
  return (count * 1_000) / (performance.now() - began);
}

/** @returns how long each took, milliseconds */
async function storePaced(url) {
  const began = performance.now();
  const under = [];
  for (let index = 0; index < PACE * SECONDS; index++) {
    const ahead = began + (index * 1_000) / PACE - performance.now();
    if (ahead > 0) await new Promise((done) => setTimeout(done, ahead));
    under.push(post(url, "a line of a log\n"));
  }
  return await Promise.all(under);
}

const LOG = "Creating archive\nRepository does not exist.\n".repeat(40);

const loki = (line) =>
  JSON.stringify({ streams: [{ stream: { app: "borgmatic" }, values: [[`${Date.now()}000000`, line]] }] });

const zabbix = (value) =>
  JSON.stringify({ jsonrpc: "2.0", method: "history.push", params: { itemid: 1, value }, id: 1 });

/** What the hooks of a failing run send one after the other, each on a connection of its own. @returns milliseconds */
async function failingRun(own) {
  const message = "A borgmatic FAIL event happened";
  const requests = [
    ["/cronitor/run", ""],
    ["/start", ""],
    ["/loki", loki("Started backup")],
    ["/kuma?status=up&msg=start", ""],
    ["/watchgoose/start", ""],
    ["/zabbix", zabbix("start")],
    ["/log", LOG],
    ["/watchgoose/log", LOG],
    ["/json", JSON.stringify({ version: "1.0", title: message, message, type: "failure" })],
    ["/cronitor/fail", ""],
    ["/fail", LOG],
    ["/loki", loki("Failed backup")],
    ["/ntfy", JSON.stringify({ topic: "backups", title: message, message })],
    ["/kuma?status=down&msg=fail", ""],
    ["/watchgoose/fail", LOG],
    ["/zabbix", zabbix("fail")],
    ["/cronhub/fail/x", ""],
  ];
  const began = performance.now();
  for (const [path, body] of requests) await post(`${own}${path}`, body, false);
  return performance.now() - began;
}

function post(url, body, keepsOpen = agent) {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", agent: keepsOpen }, (answer) => {
      answer.resume();
      answer.on("end", () =>
        answer.statusCode < 300
          ? resolve(performance.now() - began)
          : reject(new Error(`A report was answered with ${answer.statusCode}: ${url}`)),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
