import Database from "better-sqlite3";
import { handIn, newRun } from "./handing-in.mjs";
import { median, quantile } from "./measure.mjs";
import { inside, install, newFolder } from "./program.mjs";
import { heading, inMs, printRow } from "./table.mjs";

const COUNT = 300;

/** How long single events take on a system that has nothing else to do. */
export async function idle(receiver) {
  heading(`One event at a time on an idle system (${COUNT} of them)`);
  const raw = { commit: commitMs(), post: await rawPostMs(receiver) };
  const { program, notify } = await install(receiver, ["bench"]);
  await spaced(receiver, notify);
  const { answerMs, notes } = await spaced(receiver, notify);
  await program.stop();
  const arrival = notes.map((note) => note.takenAt - note.handedInAt);
  const [p50, p99] = [quantile(arrival, 0.5), quantile(arrival, 0.99)];
  printRow("raw: one post into the receiver, median", inMs(raw.post));
  printRow("raw: one synced SQLite commit, median", inMs(raw.commit));
  const emits = inside("emitting");
  const ofEmit = { p50: quantile(emits, 0.5), p99: quantile(emits, 0.99) };
  printRow("emit alone: one event on disk, median", inMs(ofEmit.p50), { ratio: ofEmit.p50 / raw.commit });
  printRow("emit alone: one event on disk, p99", inMs(ofEmit.p99));
  printRow("handed in to arrived, p50", inMs(p50), { wanted: "20 ms at most", isMet: p50 <= 20 });
  printRow("handed in to arrived, p99", inMs(p99), { wanted: "100 ms at most", isMet: p99 <= 100 });
  const answer = median(answerMs);
  const ratio = answer / (raw.post + raw.commit);
  printRow("accepted: the whole answer, median", inMs(answer), { ratio, wanted: "2 ms at most", isMet: answer <= 2 });
}

async function spaced(receiver, where) {
  const run = newRun();
  await receiver.renew();
  const { answerMs } = await handIn({ ...where, run, count: COUNT, inFlight: 1, perSecond: 50 });
  await receiver.waitFor(run, COUNT);
  return { answerMs, notes: (await receiver.report(run)).notes };
}

async function rawPostMs(receiver) {
  const { answerMs } = await spaced(receiver, { url: `${receiver.url}/raw` });
  return median(answerMs);
}

/** What the disk itself asks for one durable row. */
function commitMs() {
  const database = new Database(`${newFolder()}/raw.db`);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec("create table rows (id integer primary key, text text)");
  const insert = database.prepare("insert into rows (text) values (?)");
  const times = Array.from({ length: 500 }, () => {
    const began = performance.now();
    insert.run("a row of about the size of a small event".repeat(10));
    return performance.now() - began;
  });
  database.close();
  return median(times);
}
