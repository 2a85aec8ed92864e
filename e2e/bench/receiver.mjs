// Takes what Belfry sends, counts it, and misbehaves when asked to. It runs as a process of its own, so that it
// shares no thread with what is measured; counting.mjs starts it and speaks to it over the process channel.
import http from "node:http";

const MARK = /tick\.([a-z0-9]+)\.(\d+)\.(\d{13})/g;
/** What was under way when a pause was announced could not have known of it. */
const UNDER_WAY_MS = 50;

const well = { kind: "answer", status: 200, afterMs: 0 };

const counted = { notes: new Map(), requests: 0, answers: {}, insidePause: 0 };
let manner = well;
let deliveryRulesExpiry = 0;
const pause = { from: 0, until: 0 };
let bucket = { tokens: 0, at: 0 };
let underWay = 0;

/** What to do with a request now: an answer, silence, or a cut line. */
function act(now) {
  if (deliveryRulesExpiry && now > deliveryRulesExpiry) {
    manner = well;
    deliveryRulesExpiry = 0;
  }
  if (manner.kind === "unsure") {
    return Math.random() < manner.share ? { status: manner.status, words: "not now" } : { status: 200, words: "ok" };
  }
  if (manner.kind === "limit") return drawToken(now);
  if (manner.kind !== "answer") return { end: manner.kind };
  return { status: manner.status, words: manner.status < 300 ? "ok" : "out of order", afterMs: manner.afterMs };
}

function drawToken(now) {
  const { perSecond, pauseSeconds } = manner;
  bucket = {
    tokens: Math.min(perSecond, bucket.tokens + ((now - bucket.at) / 1000) * perSecond),
    at: now,
  };
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return { status: 200, words: "ok" };
  }
  // A pause that is running already only grows longer.
  if (now >= pause.until) pause.from = now;
  pause.until = Math.max(pause.until, now + pauseSeconds * 1000);
  return { status: 429, words: "slow down", headers: { "retry-after": String(pauseSeconds) } };
}

function count(path, text, isTaken, now) {
  for (const [, run, seq, handedInAt] of text.matchAll(MARK)) {
    const key = `${path} ${run} ${seq}`;
    let note = counted.notes.get(key);
    if (!note) {
      note = { path, run, seq: Number(seq), handedInAt: Number(handedInAt), tries: 0, taken: 0, takenAt: 0 };
      counted.notes.set(key, note);
    }
    note.tries++;
    if (!isTaken) continue;
    note.taken++;
    note.takenAt ||= now;
  }
}

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("error", () => undefined);
  request.on("end", () => {
    const now = Date.now();
    counted.requests++;
    underWay++;
    response.once("close", () => underWay--);
    if (now > pause.from + UNDER_WAY_MS && now < pause.until) counted.insidePause++;
    const { status, words, headers, afterMs, end } = act(now);
    const label = end ?? String(status);
    counted.answers[label] = (counted.answers[label] ?? 0) + 1;
    // A mark may stand in any part of a request.
    const text = `${Buffer.concat(pieces).toString("utf8")}\n${JSON.stringify(request.headers)}\n${request.url}`;
    count(request.url, text, status < 300, now);
    if (end === "cut") request.socket.destroy();
    if (end) return;
    const answer = () => response.writeHead(status, { "content-type": "text/plain", ...headers }).end(words);
    if (afterMs) setTimeout(answer, afterMs);
    else answer();
  });
});
server.keepAliveTimeout = 65_000;

const asked = {
  behave({ lastsMs, ...wanted }) {
    manner = wanted;
    deliveryRulesExpiry = lastsMs ? Date.now() + lastsMs : 0;
    bucket = { tokens: wanted.perSecond ?? 0, at: Date.now() };
  },
  taken: ({ run }) => [...counted.notes.values()].filter((note) => note.run === run && note.taken > 0).length,
  report({ run }) {
    const { requests, answers, insidePause } = counted;
    const notes = [...counted.notes.values()].filter((note) => note.run === run);
    return { notes, requests, answers, insidePause, underWay };
  },
};

process.on("message", ({ number, ask, facts }) => {
  process.send?.({ number, answer: asked[ask](facts ?? {}) ?? null });
});
process.on("disconnect", () => process.exit(0));
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.send?.({ port: server.address().port }));
