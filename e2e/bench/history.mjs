import { median } from "./measure.mjs";
import { startPostgresServer } from "./postgres-server.mjs";
import { inside } from "./program.mjs";
import { heading, inMs, inSeconds, perSecond, printRow } from "./table.mjs";

const LEAST_RETRY = 0.8;
const MOST_HISTORY = 1.2;
const MOST_ROUTING = 1.15;
const SETTLED = process.env.BENCH_HISTORY ?? 10_000_000;

/** 5,000 deliveries that were all answered 503: written down as quickly as if they had been sent. */
export async function retry() {
  heading("Retry path: 5,000 deliveries claimed and settled in batches of 100, medians of 3 after a warm-up");
  await onBoth((name, env) => {
    const rates = inside("retrying", env);
    const [sent, rescheduled] = [median(rates.sent), median(rates.rescheduled)];
    const ratio = rescheduled / sent;
    printRow(`${name}: sent`, perSecond(sent), { ratio: 1 });
    printRow(`${name}: answered 503, rescheduled`, perSecond(rescheduled), {
      ratio,
      wanted: `${LEAST_RETRY} of sent`,
      isMet: ratio >= LEAST_RETRY,
    });
  });
}

/** What it costs an event that it is compared with every route, and that its job follows a profile. */
export async function routing() {
  heading("Routing: single emits, without and with 200 routes and a profile, medians of 1,200");
  await onBoth((name, env) => {
    const times = inside("routing", env);
    const [without, all] = [median(times.without), median(times.with)];
    const ratio = all / without;
    printRow(`${name}: without`, inMs(without), { ratio: 1 });
    printRow(`${name}: with ${times.routes} routes and a profile`, inMs(all), {
      ratio,
      wanted: `${MOST_ROUTING} of without at most`,
      isMet: ratio <= MOST_ROUTING,
    });
  });
}

/** Years of settled deliveries: a claim finds what waits as quickly as in an empty table. */
export async function history() {
  heading("Long history: a claim of 20 among 1,000 waiting deliveries, medians of 9");
  await onBoth((name, env) => {
    const { filledMs, settled, ...times } = inside("claiming", env, [SETTLED]);
    const [empty, full] = [median(times.empty), median(times.full)];
    const ratio = full / empty;
    printRow(`${name}: in an empty table`, inMs(empty), { ratio: 1 });
    printRow(`${name}: beside ${settled.toLocaleString("en")} settled ones`, inMs(full), {
      ratio,
      wanted: `${MOST_HISTORY} of empty at most`,
      isMet: ratio <= MOST_HISTORY,
    });
    printRow(`${name}: time to fill the table`, inSeconds(filledMs));
  });
}

async function onBoth(measure) {
  measure("SQLite", {});
  const server = await startPostgresServer({ isDurable: true });
  if (!server) return printRow("PostgreSQL", "not installed here");
  measure("PostgreSQL", { BENCH_DATABASE_URL: server.url("postgres") });
  server.stop();
}
