import { performance } from "node:perf_hooks";
import { database } from "@/db/client";
import { claimQueues, type QueueLease } from "@/db/stores/channel-queue";
import { type ClaimedDelivery, claim, type Settlement, settle } from "@/db/stores/outbox";
import { emitAll } from "@/lib/dispatch/emit";
import { addWebhook, customEvent, startPipeline } from "@/lib/dispatch/pipeline-fixture";

const COUNT = 5_000;
/** As many as a queue claims and a settler writes at once under load. */
const TOGETHER = 100;
const ROUNDS = 3;
const HOUR_MS = 3_600_000;
const WORDS = "503 Service Unavailable: the service is overloaded, try again later";

const settled = { receipt: null, payload: null, remaining: null, refused: null };
const attempt = { latencyMs: 12, advice: null, retryAfterMs: null };

function sent(delivery: ClaimedDelivery, now: number): Settlement {
  const record = { ...attempt, at: now, outcome: "sent" as const, status: 200, error: null, answer: "ok" };
  return { ...settled, delivery, now, status: "sent", dueAt: null, reason: null, reasonCode: null, attempt: record };
}

function rescheduled(delivery: ClaimedDelivery, now: number): Settlement {
  const record = { ...attempt, at: now, outcome: "retry" as const, status: 503, error: WORDS, answer: WORDS };
  return {
    ...settled,
    delivery,
    now,
    status: "pending",
    dueAt: now + HOUR_MS,
    reason: WORDS,
    reasonCode: null,
    attempt: record,
  };
}

/** Deliveries per second from claimed to settled. */
async function rateOf(lease: QueueLease, settlementOf: typeof sent): Promise<number> {
  const channelIds = [lease.channelId];
  const drafts = Array.from({ length: COUNT }, (_, index) => customEvent(`note ${index}`, { channelIds }));
  for (let at = 0; at < COUNT; at += TOGETHER) {
    await emitAll(drafts.slice(at, at + TOGETHER).map((draft) => ({ draft })));
  }
  const began = performance.now();
  for (let done = 0; done < COUNT; ) {
    const now = Date.now();
    const claimed = await claim(lease, { limit: TOGETHER, now, leaseUntil: now + HOUR_MS, isProbe: false });
    if (claimed.length === 0) throw new Error(`Only ${done} of ${COUNT} deliveries could be claimed.`);
    await settle(claimed.map((delivery) => settlementOf(delivery, now)));
    done += claimed.length;
  }
  return COUNT / ((performance.now() - began) / 1000);
}

const pipeline = await startPipeline({ withWorker: false });
const channelId = await addWebhook("bench", "http://127.0.0.1:9/hook");
const [lease] = await claimQueues([channelId], "wrk_bench");
if (!lease) throw new Error("The queue of the channel could not be had.");
const rates = { sent: [] as number[], rescheduled: [] as number[] };
// In turns, the first to warm up.
for (let round = 0; round <= ROUNDS; round++) {
  const one = await rateOf(lease, sent);
  const other = await rateOf(lease, rescheduled as typeof sent);
  const { orm, t } = database();
  await orm.delete(t.deliveries);
  await orm.delete(t.attempts);
  if (round > 0) rates.sent.push(one);
  if (round > 0) rates.rescheduled.push(other);
}
await pipeline.stop();
process.stdout.write(JSON.stringify(rates));
