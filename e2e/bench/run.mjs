// How fast Belfry is, how much memory it takes, and what is left of the events when things go wrong.
//   npm run bench                  start, speed, slow, channels, idle, pages, hostile, retry, routing, faults
//   npm run bench -- quick         speed alone
//   npm run bench -- postgres      PostgreSQL beside SQLite, and two workers
//   npm run bench -- engine        backups and restores of a gigabyte
//   npm run bench -- storage       a gigabyte into borg and to S3, and pages while two backups run
//   npm run bench -- history       claims beside ten million settled deliveries
//   npm run bench -- inbox         the inbox with a million rows, in a storm, and with 500 open pages
//   npm run bench -- clients       10,000 clients that report each minute
//   npm run bench -- reports       what other programs report, and 100,000 external jobs
//   npm run bench -- console       every page in Chromium: when it is painted, what moves, and what goes over the wire
//   npm run bench -- pages build   these parts; postgres, engine, storage, history, inbox, clients, reports, console and build only when named: they are slow
//   npm run bench -- hang reset    single faults
// It says what it measured and is no test: it ends with 0 unless it could not measure.
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { build } from "./build.mjs";
import { channels } from "./channels.mjs";
import { clients } from "./clients.mjs";
import { browser } from "./console.mjs";
import { startReceiver } from "./counting.mjs";
import { engine } from "./engine.mjs";
import { FAULT_NAMES, faults } from "./faults.mjs";
import { history, retry, routing } from "./history.mjs";
import { hostile } from "./hostile.mjs";
import { idle } from "./idle.mjs";
import { inbox } from "./inbox.mjs";
import { pages } from "./pages.mjs";
import { postgres } from "./postgres.mjs";
import { ROOT } from "./program.mjs";
import { reports } from "./reports.mjs";
import { slow } from "./slow.mjs";
import { speed } from "./speed.mjs";
import { start } from "./start.mjs";
import { storage } from "./storage.mjs";
import { summary, titles } from "./table.mjs";

const PARTS = {
  start,
  speed,
  slow,
  channels,
  idle,
  pages,
  hostile,
  retry,
  routing,
  postgres,
  engine,
  storage,
  history,
  inbox,
  clients,
  reports,
  console: browser,
  faults,
  build,
};
const USUAL = ["start", "speed", "slow", "channels", "idle", "pages", "hostile", "retry", "routing", "faults"];

async function main(asked) {
  const names = asked.length === 0 ? USUAL : asked.flatMap((name) => (name === "quick" ? ["speed"] : [name]));
  const unknown = names.filter((name) => !(name in PARTS) && !FAULT_NAMES.includes(name));
  if (unknown.length > 0) {
    const known = [...Object.keys(PARTS), "quick", ...FAULT_NAMES].join(", ");
    throw new Error(`There is no part ${unknown.join(", ")}; there are: ${known}.`);
  }
  execFileSync(process.execPath, ["lib/runtime/prepare.mjs", "server"], { cwd: ROOT, stdio: ["ignore", 2, 2] });
  process.stdout.write(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}\n`,
  );
  titles();
  const receiver = await startReceiver();
  for (const [name, part] of Object.entries(PARTS)) if (names.includes(name)) await part(receiver);
  const single = names.filter((name) => FAULT_NAMES.includes(name));
  if (single.length > 0) await faults(receiver, single);
  receiver.stop();
  summary();
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`The measurement could not go on: ${error.stack}\n${error.cause?.stack ?? ""}\n`);
    process.exit(1);
  },
);
