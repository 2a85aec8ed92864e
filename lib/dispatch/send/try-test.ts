import { databaseNow } from "@/db/database-clock";
import { channelPause } from "@/db/queries/dispatch";
import { pauseChannel } from "@/db/stores/channel-queue";
import { type ClaimedDelivery, type ClaimedEvent, settle } from "@/db/stores/outbox";
import { formatDuration, pluralize } from "@/lib/core/format-units";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { SendResult } from "@/lib/providers/contract";
import { attempt } from "./attempt";
import { readInstallation } from "./installation";
import type { BrokenChannel, LoadedChannel } from "./loaded-channel";
import { providerIo } from "./provider-io";
import { refusalText } from "./refusals";

export type TestResult =
  | {
      ok: true;
      deliveryId: string;
      latencyMs: number;
      receipt?: string;
      /** What to look at when nothing arrives although the service took it. */
      advice?: string;
    }
  | {
      ok: false;
      /** Some recipients have it. */
      isPartial?: boolean;
      deliveryId: string | null;
      message: string;
      advice?: string;
      providerStatus?: number;
      providerBody?: string;
      retryAfterSeconds?: number;
    };

/** One attempt gets this long; the person who pressed Test is waiting. Mail servers hold off strangers for half a minute. */
const TEST_LIMIT_MS = { http: 15_000, command: 15_000, smtp: 50_000 };
/** During a pause a Test waits this long at most. */
const PAUSE_PATIENCE_MS = 2_000;

/** The same path as a real notification: one attempt, settled like any other; never raises `channel.failing`. */
export async function trySending(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel | BrokenChannel,
): Promise<TestResult> {
  if ("broken" in channel) return settleTest(delivery, { kind: "rejected", reason: channel.broken }, null);
  const pausedFor = delivery.channelId ? await waitOutPause(delivery.channelId) : 0;
  if (pausedFor > 0) {
    const reason = `The service asked to pause; ${formatDuration(pausedFor)} are left.`;
    return settleTest(delivery, { kind: "retry", reason, afterMs: pausedFor }, null);
  }
  const limit = new Promise<SendResult>((resolve) => {
    const limitMs = TEST_LIMIT_MS[channel.provider.transport];
    const isMail = channel.provider.transport === "smtp";
    const reason = `There was no answer within ${formatDuration(limitMs)}.${isMail ? " The mail may still arrive." : ""}`;
    setTimeout(() => resolve({ kind: "retry", reason }), limitMs).unref();
  });
  const tried = attempt(delivery, event, channel, providerIo(), await readInstallation());
  const outcome = await Promise.race([tried.then((result) => result.outcome), limit]);
  const result = await Promise.race([tried, Promise.resolve(null)]);
  return settleTest(delivery, outcome, result, result?.record);
}

async function settleTest(
  delivery: ClaimedDelivery,
  outcome: SendResult,
  sent: { payload: unknown } | null,
  record?: Awaited<ReturnType<typeof attempt>>["record"],
): Promise<TestResult> {
  const now = databaseNow();
  // The service asks every sender, not only this one.
  if (outcome.kind === "retry" && outcome.afterMs !== undefined && delivery.channelId && record) {
    await pauseChannel(delivery.channelId, now, outcome.afterMs, outcome.reason);
  }
  const refused = outcome.kind === "sent" && outcome.refused?.length ? outcome.refused : null;
  await settle([
    {
      delivery,
      status: outcome.kind === "sent" ? "sent" : "dead",
      dueAt: null,
      reason: outcome.kind === "sent" ? refused && refusalText(refused) : outcome.reason,
      reasonCode: outcome.kind === "sent" ? refused && "sent_in_part" : "test_failed",
      receipt: outcome.kind === "sent" ? (outcome.receipt ?? null) : null,
      payload: sent?.payload ?? null,
      remaining: null,
      refused,
      attempt: record ?? null,
      now,
    },
  ]);
  if (refused) return inPart(delivery.id, refused);
  if (outcome.kind === "sent") {
    return {
      ok: true,
      deliveryId: delivery.id,
      latencyMs: record?.latencyMs ?? 0,
      ...(outcome.receipt ? { receipt: outcome.receipt } : {}),
      ...(outcome.advice ? { advice: outcome.advice } : {}),
    };
  }
  return {
    ok: false,
    deliveryId: delivery.id,
    message: outcome.reason,
    ...(outcome.advice ? { advice: outcome.advice } : {}),
    ...(outcome.status !== undefined ? { providerStatus: outcome.status } : {}),
    ...(record?.answer ? { providerBody: record.answer } : {}),
    ...(outcome.kind === "retry" && outcome.afterMs !== undefined
      ? { retryAfterSeconds: Math.ceil(outcome.afterMs / 1000) }
      : {}),
  };
}

/** Fine is only what is fine for every recipient. */
function inPart(deliveryId: string, refused: readonly RefusedRecipient[]): TestResult {
  const addresses = pluralize(refused.length, "recipient");
  return {
    ok: false,
    isPartial: true,
    deliveryId,
    message: `The Test was sent, but the service refused ${addresses}. ${refusalText(refused)}`,
    advice: refused.every((one) => one.retryable)
      ? "It refused them for now only: test again in some minutes. Notifications are tried again for 24 hours."
      : "Correct the addresses in the channel, or remove them. All other recipients have the Test.",
  };
}

/** Waits at most two seconds for a pause to end. @returns what is left of it, milliseconds */
async function waitOutPause(channelId: string): Promise<number> {
  const until = await channelPause(channelId);
  const left = until === null ? 0 : until - databaseNow();
  if (left <= 0) return 0;
  if (left > PAUSE_PATIENCE_MS) return left;
  await new Promise((done) => setTimeout(done, left));
  return 0;
}
