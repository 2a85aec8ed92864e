import { handIn, newRun } from "./handing-in.mjs";
import { rateOf } from "./measure.mjs";
import { install } from "./program.mjs";
import { heading, perSecond, printRow } from "./table.mjs";

const COUNT = 2_000;
const CHANNELS = ["slow1", "slow2", "slow3"];

/** Three channels that each take their time to answer: an event is through when all three have it. */
export async function slow(receiver) {
  heading(`Slow channels: ${COUNT.toLocaleString("en")} events, each to three channels that answer in 50 ms`);
  const { program, notify } = await install(receiver, CHANNELS);
  const run = newRun();
  await receiver.renew();
  await receiver.behave({ kind: "answer", status: 200, afterMs: 50 });
  await handIn({ ...notify, run, count: COUNT, together: 50, channels: CHANNELS });
  const isWhole = await receiver.waitFor(run, COUNT * CHANNELS.length);
  const { notes } = await receiver.report(run);
  await program.stop();
  const rate = rateOf(notes) / CHANNELS.length;
  printRow("events through all three", perSecond(rate), { wanted: "300/s", isMet: isWhole && rate >= 300 });
}
