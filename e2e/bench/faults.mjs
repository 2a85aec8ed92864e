import { handIn, newRun } from "./handing-in.mjs";
import { doublesOf, sleep } from "./measure.mjs";
import { copyOf, freePort, install, startProgram } from "./program.mjs";
import { heading, inSeconds, printRow } from "./table.mjs";

const COUNT = 2_000;

/** What goes wrong under 2,000 events, and until when the receiver is out of order. */
const FAULTS = {
  outage: { manner: { kind: "answer", status: 500, lastsMs: 10_000 }, together: 50 },
  err500: { manner: { kind: "answer", status: 500, lastsMs: 10_000 } },
  rate429: { manner: { kind: "limit", perSecond: 200, pauseSeconds: 1 } },
  hang: { manner: { kind: "hang", lastsMs: 5_000 } },
  reset: { manner: { kind: "cut", lastsMs: 5_000 } },
  flaky: { manner: { kind: "unsure", share: 0.3, status: 503, lastsMs: 20_000 } },
  killpending: { manner: { kind: "answer", status: 500, lastsMs: 6_000 }, killAfterMs: 3_000 },
  killflight: {
    manner: { kind: "answer", status: 200, afterMs: 300 },
    killAfterMs: 2_500,
    perSecond: COUNT / 5,
  },
  repost: { manner: { kind: "answer", status: 200, afterMs: 0 }, isHandedInTwice: true },
};
export const FAULT_NAMES = Object.keys(FAULTS);

/** Each fault on a fresh copy of one installation. @param names which of them; none: all */
export async function faults(receiver, names = FAULT_NAMES) {
  heading(`Faults under ${COUNT.toLocaleString("en")} events: nothing that was accepted may be missing`);
  const { program, key } = await install(receiver, ["bench"]);
  await program.stop();
  for (const name of names) reportFault(name, await runFault(receiver, program.dataDir, key, FAULTS[name]));
}

async function runFault(receiver, ready, key, fault) {
  const where = { dataDir: copyOf(ready), port: await freePort() };
  let program = await startProgram(where);
  const run = newRun();
  const { together, perSecond } = fault;
  await receiver.renew();
  await receiver.behave(fault.manner);
  const beganAt = Date.now();
  let underWayAtKill = 0;
  const killed = (async () => {
    if (!fault.killAfterMs) return;
    await sleep(fault.killAfterMs);
    underWayAtKill = (await receiver.report(run)).underWay;
    await program.stop("SIGKILL");
    await sleep(1_000);
    program = await startProgram(where);
  })();
  const url = `${program.url}/api/v1/notify`;
  const options = { url, key, run, count: COUNT, together, perSecond, at: fault.isHandedInTwice ? beganAt : undefined };
  const { accepted, refused, firstRefusal } = await handIn(options);
  if (fault.isHandedInTwice) await handIn(options);
  await killed;
  await receiver.waitFor(run, accepted.length, 60_000);
  // For doubles that come late.
  await sleep(3_000);
  const { notes, requests, answers, insidePause } = await receiver.report(run);
  await program.stop();
  const arrived = new Set(notes.filter((note) => note.taken > 0).map((note) => note.seq));
  const lastTakenAt = notes.reduce((most, note) => Math.max(most, note.takenAt), 0);
  return {
    missing: accepted.filter((seq) => !arrived.has(seq)).length,
    doubles: doublesOf(notes),
    perEvent: requests / accepted.length,
    afterRecovery: fault.manner.lastsMs ? lastTakenAt - beganAt - fault.manner.lastsMs : null,
    took: lastTakenAt - beganAt,
    insidePause,
    underWayAtKill,
    refused,
    firstRefusal,
    answers,
    isLimited: fault.manner.kind === "limit",
    isKilled: fault.killAfterMs !== undefined,
    mayDouble: fault.killAfterMs !== undefined || fault.manner.kind === "hang",
  };
}

function reportFault(name, result) {
  const { missing, doubles, perEvent, afterRecovery, insidePause, underWayAtKill, refused, answers } = result;
  printRow(`${name}: accepted, but missing`, String(missing), { wanted: "0", isMet: missing === 0 });
  if (result.mayDouble) {
    const value = result.isKilled ? `${doubles}, in flight at the kill: ${underWayAtKill}` : String(doubles);
    printRow(`${name}: doubles`, value, { wanted: "in flight or not yet settled" });
  } else printRow(`${name}: doubles`, String(doubles), { wanted: "0", isMet: doubles === 0 });
  if (result.isLimited)
    printRow(`${name}: requests inside a pause`, String(insidePause), { wanted: "0", isMet: insidePause === 0 });
  const perEventAsked = name === "outage" || name === "err500" ? { wanted: "2 at most", isMet: perEvent <= 2 } : {};
  printRow(`${name}: requests per event`, perEvent.toFixed(2), perEventAsked);
  if (afterRecovery === null) printRow(`${name}: all arrived after`, inSeconds(result.took));
  else {
    const asked =
      name === "outage" || name === "err500" ? { wanted: "15 s at most", isMet: afterRecovery <= 15_000 } : {};
    printRow(`${name}: all arrived, after recovery`, inSeconds(afterRecovery), asked);
  }
  const said = Object.entries(answers).map(([label, count]) => `${label}: ${count}`);
  const turnedAway = refused > 0 ? `; turned away while down: ${refused}` : "";
  process.stdout.write(`    answers ${said.join(", ")}${turnedAway}\n`);
}
