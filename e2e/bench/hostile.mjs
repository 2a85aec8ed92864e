import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { memoryOf, quantile, sleep } from "./measure.mjs";
import { call, createKey, freePort, newFolder, ROOT, startProgram } from "./program.mjs";
import { signIn } from "./sign-in.mjs";
import { longestWaitsDuring } from "./stall.mjs";
import { heading, inMegabytes, inMs, printRow } from "./table.mjs";

const STRANGERS = 12;
/** The longest message that notify takes. */
const LONGEST = "a".repeat(100_000);
const WARM_ROUNDS = 60;
const ROUNDS = 100;

/** What people without credentials can do to everyone else: memory, event loop, and the answers of an admin. */
export async function hostile() {
  heading(
    `Hostile: ${STRANGERS} strangers upload without end while a viewer reads the longest message and an admin works`,
  );
  const program = await startProgram({ dataDir: newFolder(), port: await freePort() });
  const key = await createKey(program.dataDir);
  const viewer = await call(program, key, "POST", "/api-keys", { name: "viewer", role: "viewer" });
  await call(program, key, "POST", "/notify", { title: "Longest", message: LONGEST, tone: "failure" });
  const cookie = await signIn(program);
  const bare = await startBareServer();
  const people = { program, bare, key, viewer: viewer.key, cookie };

  await work(people, WARM_ROUNDS);
  const alone = await measure(people);
  const strangers = startStrangers(program.port);
  await sleep(500);
  const beside = await measure(people);
  const { answers, megabytes } = await strangers.stop();
  await program.stop();
  bare.stop();

  const grown = beside.most - alone.most;
  const refused = Object.entries(answers).map(([status, times]) => `${times} × ${status}`);
  printRow("uploads of strangers, answers", refused.join(", ") || "none", {
    wanted: "401 alone",
    isMet: Object.keys(answers).join() === "401",
  });
  printRow("what they sent", inMegabytes(megabytes));
  printRow("memory grown by them", inMegabytes(grown), { wanted: "64 MB at most", isMet: grown <= 64 });
  printRow("longest wait without them, bare server", `${inMs(alone.stall)}, ${inMs(alone.bare)}`);
  printRow("longest wait beside them, bare server", `${inMs(beside.stall)}, ${inMs(beside.bare)}`, {
    wanted: "100 ms more than bare at most",
    isMet: beside.stall - beside.bare <= 100,
  });
  for (const [name, times] of Object.entries(beside.times)) {
    const before = quantile(alone.times[name], 0.95);
    printRow(`${name}, p95`, `${inMs(before)} → ${inMs(quantile(times, 0.95))}`);
  }
}

async function measure(people) {
  const { pid } = people.program;
  let most = memoryOf(pid).now;
  const watching = setInterval(() => {
    most = Math.max(most, memoryOf(pid).now);
  }, 20);
  let times = {};
  const urls = [`${people.program.url}/api/v1/notify`, people.bare.url];
  const [stall, bare] = await longestWaitsDuring(urls, async () => {
    times = await work(people, ROUNDS);
  });
  clearInterval(watching);
  return { most, stall, bare, times };
}

/** A viewer and an admin, each one thing after the other. @returns times by what was done, milliseconds */
async function work({ program, key, viewer, cookie }, rounds) {
  const times = {};
  const timed = async (name, run) => {
    const began = performance.now();
    const answer = await run();
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${name} was answered with ${answer.status}: ${text.slice(0, 300)}`);
    times[name] = [...(times[name] ?? []), performance.now() - began];
  };
  const api = (path, as, init) =>
    fetch(`${program.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
    });
  const reading = async () => {
    for (let round = 0; round < rounds; round++)
      await timed("viewer, the longest message", () => api("/events", viewer));
  };
  const working = async () => {
    for (let round = 0; round < rounds; round++) {
      await timed("admin, a page", () => fetch(`${program.url}/jobs`, { headers: { cookie, accept: "text/html" } }));
      await timed("admin, a list", () => api("/jobs", key));
      const body = JSON.stringify({ name: `Bench ${round}` });
      await timed("admin, a change", () => api("/settings/general", key, { method: "PATCH", body }));
    }
  };
  await Promise.all([reading(), working()]);
  return times;
}

/** A process that does nothing but answer: what a request waits there, it waits for the machine. */
async function startBareServer() {
  const code =
    'require("http").createServer((_, answer) => answer.end()).listen(0, "127.0.0.1", function () { console.log(this.address().port) })';
  const server = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(server.stdout, "data");
  return { url: `http://127.0.0.1:${Number(port)}/`, stop: () => server.kill() };
}

function startStrangers(port) {
  let said;
  const ended = new Promise((resolve, reject) => {
    const args = [join(ROOT, "e2e/bench/strangers.mjs"), String(port), String(STRANGERS)];
    said = execFile(process.execPath, args, (error, stdout) => (error ? reject(error) : resolve(JSON.parse(stdout))));
  });
  return {
    stop() {
      said.kill("SIGTERM");
      return ended;
    },
  };
}
