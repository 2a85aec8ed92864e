// Hands in notes, as a client of the API would. Each time in a process of its own, like a program that has just
// been started; handing-in.mjs runs it.
import http from "node:http";
import { sleep } from "./measure.mjs";

const asked = JSON.parse(process.argv[2]);
const { url, key, run, count, inFlight = 8, together = 1, channels = ["bench"], perSecond, at } = asked;
const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
const headers = { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) };
const outcome = { accepted: [], refused: 0, firstRefusal: "", answerMs: [], tookMs: 0 };
const beganAt = Date.now();
let next = 0;

/** @throws when the connection fails */
function post(body) {
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const options = { method: "POST", agent, headers: { ...headers, "content-length": length } };
    const request = http.request(url, options, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, text: Buffer.concat(pieces).toString() }));
    });
    request.setTimeout(60_000, () => request.destroy(new Error("No answer within 60 s.")));
    request.on("error", reject);
    request.end(body);
  });
}

/** A note whose mark says who it is and when it was handed in. */
function note(seq, now) {
  const mark = `tick.${run}.${seq}.${now}`;
  return JSON.stringify({ title: "Backup failed", message: `job ${seq} ${mark}`, channels, idempotencyKey: mark });
}

async function work() {
  while (next < count) {
    const seqs = Array.from({ length: Math.min(together, count - next) }, (_, index) => next + index);
    next += seqs.length;
    if (perSecond) await sleep(beganAt + (seqs[0] / perSecond) * 1000 - Date.now());
    const notes = seqs.map((seq) => note(seq, at ?? Date.now()));
    const began = performance.now();
    try {
      const { status, text } = await post(together > 1 ? `[${notes.join(",")}]` : notes[0]);
      outcome.answerMs.push(performance.now() - began);
      if (status < 300) outcome.accepted.push(...seqs);
      else refuse(seqs, `${status} ${text}`);
    } catch (error) {
      refuse(seqs, error.message);
    }
  }
}

function refuse(seqs, words) {
  outcome.refused += seqs.length;
  outcome.firstRefusal ||= words.slice(0, 300);
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: inFlight }, work));
outcome.tookMs = performance.now() - startedAt;
process.send(outcome, () => process.exit(0));
