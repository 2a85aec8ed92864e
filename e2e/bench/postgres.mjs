import { cpus } from "node:os";
import { handIn, newRun } from "./handing-in.mjs";
import { median, rateOf, sleep } from "./measure.mjs";
import { startPostgresServer } from "./postgres-server.mjs";
import { freePort, install, newFolder, startProgram } from "./program.mjs";
import { heading, perSecond, printRow } from "./table.mjs";

const COUNT = 2_000;
const ROUNDS = 3;
const CHANNELS = Array.from({ length: 8 }, (_, index) => `bench${index}`);
/** Every process on one database has the same key. */
const SECRET = "a key for measurements, which is long enough";
/** A second worker needs a core of its own, beside those of the first, the database, the client and the receiver. */
const CORES_FOR_TWO = 4;

/** PostgreSQL beside SQLite: how many events are accepted per second, and what a second worker adds. */
export async function postgres(receiver) {
  heading(`PostgreSQL beside SQLite: ${COUNT.toLocaleString("en")} events, medians of ${ROUNDS} after a warm-up`);
  const server = await startPostgresServer({ isDurable: true });
  if (!server) return printRow("PostgreSQL", "not installed here");
  server.psql("postgres", "create database bench");
  const env = { DATABASE_URL: server.url("bench"), BELFRY_SECRET_KEY: SECRET };
  const lite = await install(receiver, CHANNELS);
  const large = await install(receiver, CHANNELS, env);
  await sleep(2_000);
  await accepting(receiver, lite, large);
  await lite.program.stop();
  await workers(receiver, large, env);
  await large.program.stop();
  server.stop();
}

async function accepting(receiver, lite, large) {
  const rates = { liteSingle: [], largeSingle: [], liteFifty: [], largeFifty: [] };
  // In turns, so that whatever else the machine does falls on both alike.
  for (let round = 0; round <= ROUNDS; round++) {
    const measured = {
      liteSingle: await acceptRate(receiver, lite, 1),
      largeSingle: await acceptRate(receiver, large, 1),
      liteFifty: await acceptRate(receiver, lite, 50),
      largeFifty: await acceptRate(receiver, large, 50),
    };
    if (round > 0) for (const [name, rate] of Object.entries(measured)) rates[name].push(rate);
  }
  report("accepted one at a time, 8 in flight", median(rates.liteSingle), median(rates.largeSingle), 0.5);
  report("accepted 50 at a time", median(rates.liteFifty), median(rates.largeFifty), 0.7);
}

/** Events accepted per second, from the first request to the last answer, while they are delivered too. */
async function acceptRate(receiver, { program, notify }, together) {
  const run = newRun();
  await receiver.renew();
  const { accepted, firstRefusal, tookMs } = await handIn({
    ...notify,
    run,
    count: COUNT,
    together,
    channels: CHANNELS.slice(0, 1),
  });
  if (accepted.length < COUNT) throw new Error(`Of ${COUNT} notes ${accepted.length} were accepted: ${firstRefusal}`);
  if (!(await receiver.waitFor(run, COUNT))) throw new Error("Notes are missing at the receiver.");
  await program.settled();
  return COUNT / (tookMs / 1000);
}

function report(figure, lite, large, least) {
  printRow(`SQLite: ${figure}`, perSecond(lite), { ratio: 1 });
  const ratio = large / lite;
  printRow(`PostgreSQL: ${figure}`, perSecond(large), { ratio, wanted: `${least} of SQLite`, isMet: ratio >= least });
}

/** Events through eight channels, by one process and by two that share them. */
async function workers(receiver, large, env) {
  const one = await deliverRates(receiver, large);
  const second = await startProgram({
    dataDir: newFolder(),
    port: await freePort(),
    env: { ...env, BELFRY_ROLE: "worker" },
  });
  const two = await deliverRates(receiver, large);
  await second.stop();
  const ratio = two / one;
  printRow(`delivered to ${CHANNELS.length} channels by one worker`, perSecond(one), { ratio: 1 });
  const cores = cpus().length;
  const isJudged = cores >= CORES_FOR_TWO;
  printRow(`delivered to ${CHANNELS.length} channels by two workers`, perSecond(two), {
    ratio,
    wanted: isJudged ? "1.5 of one worker" : `not judged on ${cores} cores`,
    ...(isJudged && { isMet: ratio >= 1.5 }),
  });
}

async function deliverRates(receiver, { program, notify }) {
  const rates = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const run = newRun();
    await receiver.renew();
    await handIn({ ...notify, run, count: COUNT / CHANNELS.length, together: 50, channels: CHANNELS });
    if (!(await receiver.waitFor(run, COUNT))) throw new Error("Notes are missing at the receiver.");
    await program.settled();
    if (round > 0) rates.push(rateOf((await receiver.report(run)).notes));
  }
  return median(rates);
}
