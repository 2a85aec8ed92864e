import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { median, sleep } from "./measure.mjs";
import { call, inside, install } from "./program.mjs";
import { heading, inMs, printRow } from "./table.mjs";
import { TWENTY } from "./twenty.mjs";

const ROUNDS = 8;
/** Long enough that no service's own pace holds a message back. */
const BETWEEN_MS = 2_500;
/** Packages that must wait until somebody needs them. */
const HEAVY = ["twilio", "nodemailer"];

/** Twenty services notified at once, what their registry adds to a start, and how long each takes to render. */
export async function channels(receiver) {
  await together(receiver);
  loading();
  rendering();
}

async function together(receiver) {
  heading(`One event to ${TWENTY.length} channels of different services that answer in 50 ms (${ROUNDS} events)`);
  const services = fork(fileURLToPath(new URL("twenty-receivers.mjs", import.meta.url)), [], { execArgv: [] });
  const [{ ports }] = await once(services, "message");
  const ask = async (what) => {
    services.send(what);
    const [{ arrivals }] = await once(services, "message");
    return arrivals;
  };
  const { program, key } = await install(receiver, []);
  for (const [index, { provider, config }] of TWENTY.entries()) {
    const values = config(`http://127.0.0.1:${ports[index]}`);
    await call(program, key, "POST", "/channels", { name: provider, provider, config: values });
  }
  const spans = [];
  for (let round = 0; round <= ROUNDS; round++) spans.push(await spanOf(program, key, ask));
  await program.stop();
  services.disconnect();
  const [first, ...later] = spans;
  const most = Math.max(...later);
  printRow("the very first after the start, first to last", inMs(first));
  printRow("first to last arrival, median", inMs(median(later)), {
    wanted: "150 ms at most",
    isMet: median(later) <= 150,
  });
  printRow("first to last arrival, the longest", inMs(most), { wanted: "150 ms at most", isMet: most <= 150 });
}

/** Milliseconds from the first of the twenty to have its message to the last. @throws when one stays without */
async function spanOf(program, key, ask) {
  await sleep(BETWEEN_MS);
  await ask("begin");
  const channels = TWENTY.map(({ provider }) => provider);
  const note = { title: "Backup failed", message: "The destination could not be reached.", tone: "failure", channels };
  await call(program, key, "POST", "/notify", note);
  const giveUpAt = Date.now() + 20_000;
  let arrivals = {};
  while (Object.keys(arrivals).length < TWENTY.length) {
    if (Date.now() > giveUpAt) {
      const missing = channels.filter((name) => !(name in arrivals));
      throw new Error(`No message came to ${missing.join(", ")}.`);
    }
    await sleep(50);
    arrivals = await ask("report");
  }
  const times = Object.values(arrivals);
  return Math.max(...times) - Math.min(...times);
}

function loading() {
  heading("Loading the registry of providers in a new process, median of 5");
  const loads = Array.from({ length: 5 }, () => inside("loading"));
  const ms = median(loads.map((load) => load.ms));
  const early = HEAVY.filter((name) => loads.some(({ packages }) => packages.includes(name)));
  printRow("added to a start", inMs(ms), { wanted: "30 ms at most", isMet: ms <= 30 });
  printRow("heavy packages loaded with it", early.join(", ") || "none", { wanted: "none", isMet: early.length === 0 });
}

function rendering() {
  heading("Rendering a failure with 10 kB of log, medians of 1,000");
  for (const { label, transport, medianUs, p99Us } of inside("rendering")) {
    const limitMs = transport === "smtp" ? 2 : 0.2;
    const value = `${(medianUs / 1000).toFixed(3)} ms (p99 ${(p99Us / 1000).toFixed(2)})`;
    printRow(label, value, { wanted: `${limitMs} ms at most`, isMet: medianUs / 1000 <= limitMs });
  }
}
