import { handIn, newRun } from "./handing-in.mjs";
import { median, memoryOf, rateOf, sleep } from "./measure.mjs";
import { install } from "./program.mjs";
import { heading, inMegabytes, perSecond, printRow } from "./table.mjs";

const COUNT = 2_000;
const ROUNDS = 3;

/** One run through `url`; ends when all were taken. @throws when some were not */
async function runOnce(receiver, options) {
  const run = newRun();
  await receiver.renew();
  const { refused, firstRefusal } = await handIn({ run, count: COUNT, ...options });
  if (refused > 0) throw new Error(`${refused} of ${COUNT} notes were refused: ${firstRefusal}`);
  if (!(await receiver.waitFor(run, COUNT))) throw new Error("Notes are missing at the receiver.");
  return rateOf((await receiver.report(run)).notes);
}

/** Events per second to one webhook channel, beside the same client straight into the receiver; and memory. */
export async function speed(receiver) {
  heading(`Speed: ${COUNT.toLocaleString("en")} events to one webhook, medians of ${ROUNDS} after a warm-up`);
  const { program, notify } = await install(receiver, ["bench"]);
  await sleep(2_000);
  const idle = memoryOf(program.pid).now;
  const rates = { raw: [], fifty: [], single: [] };
  // The rounds go in turns, so that whatever else the machine does falls on all three alike.
  for (let round = 0; round <= ROUNDS; round++) {
    const raw = await runOnce(receiver, { url: `${receiver.url}/raw` });
    const fifty = await runOnce(receiver, { ...notify, together: 50 });
    await program.settled();
    const single = await runOnce(receiver, notify);
    await program.settled();
    if (round === 0) continue;
    rates.raw.push(raw);
    rates.fifty.push(fifty);
    rates.single.push(single);
  }
  const { most } = memoryOf(program.pid);
  await program.stop();
  const raw = median(rates.raw);
  printRow("raw: straight into the receiver, 8 in flight", perSecond(raw), { ratio: 1 });
  reportRate("handed in 50 at a time", median(rates.fifty), raw, 1, 0.7);
  reportRate("handed in one at a time, 8 in flight", median(rates.single), raw, 0.45, 0.3);
  printRow("memory, idle", inMegabytes(idle), { wanted: "200 MB at most", isMet: idle <= 200 });
  printRow("memory, the most under this load", inMegabytes(most), { wanted: "350 MB at most", isMet: most <= 350 });
}

function reportRate(figure, rate, raw, wanted, least) {
  const ratio = rate / raw;
  printRow(figure, perSecond(rate), { ratio, wanted: `${wanted} (not done below ${least})`, isMet: ratio >= wanted });
}
