import { channelPause, findChannel, routingNow } from "@/db/queries/dispatch";
import { pauseLane } from "@/db/stores/lanes";
import { type ClaimedDelivery, type ClaimedEvent, settle } from "@/db/stores/outbox";
import { layTests, type TestTarget } from "@/db/stores/test-deliveries";
import { AppError } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { durationText } from "@/lib/core/measure";
import type { Notification } from "@/lib/core/notification";
import { catalogEntry } from "@/lib/events/catalog";
import { compose, composeForUser } from "@/lib/policy/compose";
import { correlate } from "@/lib/policy/correlate";
import { route } from "@/lib/policy/route";
import type { Outcome } from "@/lib/providers/contract";
import { attempt } from "./attempt";
import { snapshotOf } from "./decider";
import { installation } from "./installation";
import { type BrokenChannel, type LoadedChannel, loadChannel, readyChannel } from "./loaded-channel";
import { outgoing } from "./outgoing";
import { audienceOf } from "./stand-in";

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
      deliveryId: string | null;
      message: string;
      advice?: string;
      providerStatus?: number;
      providerBody?: string;
      retryAfterSeconds?: number;
    };

export interface EventTestResult {
  channelId: string;
  channelName: string;
  recipient?: string;
  status: "sent" | "dead";
  error?: string;
  advice?: string;
}

/** One attempt gets this long; the person who pressed Test is waiting. */
const TEST_LIMIT_MS = 15_000;
/** During a pause a Test waits this long at most. */
const PAUSE_PATIENCE_MS = 2_000;

/** Sends a Test through a saved channel. @throws AppError `not_found` */
export async function testChannel(id: string): Promise<TestResult> {
  const now = Date.now();
  const channel = await loadChannel(id, now);
  if (!channel) throw new AppError("not_found", "There is no such channel.");
  return testOne(
    channel,
    { channelId: id, recipient: await firstRecipient(channel, id), userId: null },
    sampleOfChannel(channel.name, now),
    now,
  );
}

/** Sends a Test through a channel that is not saved. @param draft the configuration complete, secrets included */
export async function testDraft(
  draft: { name: string; provider: string; config: Record<string, unknown> },
  fallbackRecipient: string,
): Promise<TestResult> {
  const now = Date.now();
  const channel = await readyChannel({
    id: "draft",
    name: draft.name,
    enabled: true,
    updatedAt: now,
    provider: draft.provider,
    config: draft.config,
    secrets: null,
  });
  const recipient = "broken" in channel ? "" : recipientOf(audienceOf(channel), fallbackRecipient);
  return testOne(channel, { channelId: null, recipient, userId: null }, sampleOfChannel(draft.name, now), now);
}

/**
 * Sends a sample of an event through exactly the channels the event would use, also while it is off.
 * @param tester gets the copy that would go to "the user"
 */
export async function testEvent(
  type: string,
  tester: { id: string; name: string; email: string } | null,
): Promise<EventTestResult[]> {
  const now = Date.now();
  const entry = catalogEntry(type);
  const snapshot = snapshotOf(await routingNow());
  const stored = snapshot.events[type];
  const sample = entry.sample(now);
  const draft: EventDraft = {
    type,
    ...sample,
    data: tester && sample.data.user ? { ...sample.data, user: tester } : sample.data,
    at: now,
  };
  // A switch that is off keeps an event quiet, not its Test.
  const routing = stored
    ? { ...snapshot, events: { ...snapshot.events, [type]: { ...stored, enabled: true } } }
    : snapshot;
  const correlation = correlate(draft, entry, []);
  const targets: TestTarget[] = route(draft, routing, []).targets.map((target) => {
    const channel = snapshot.channels.get(target.channelId);
    return {
      channelId: target.channelId,
      channelName: channel?.name ?? target.channelId,
      provider: channel?.provider ?? "",
      recipient: target.recipient,
      userId: target.userId,
      notification: target.isForUser ? asTest(composeForUser(draft, entry, correlation, now)) : null,
    };
  });
  if (targets.length === 0) return [];
  const { event, deliveries } = await layTests(
    { type, subject: draft.subject, data: draft.data, notification: asTest(compose(draft, entry, correlation, now)) },
    targets,
    now,
  );
  return Promise.all(
    deliveries.map(async (delivery, index) => {
      const target = targets[index] as TestTarget;
      const channel = await loadChannel(target.channelId ?? "", now);
      const result = await trySending(
        delivery,
        event,
        channel ?? {
          id: "",
          name: target.channelName,
          enabled: false,
          updatedAt: 0,
          broken: "The channel was removed.",
        },
      );
      return {
        channelId: target.channelId ?? "",
        channelName: target.channelName,
        ...(target.recipient ? { recipient: target.recipient } : {}),
        status: result.ok ? ("sent" as const) : ("dead" as const),
        ...(result.ok ? {} : { error: result.message, ...(result.advice ? { advice: result.advice } : {}) }),
      };
    }),
  );
}

async function testOne(
  channel: LoadedChannel | BrokenChannel,
  where: { channelId: string | null; recipient: string; userId: string | null },
  sample: Notification,
  now: number,
): Promise<TestResult> {
  const provider =
    "broken" in channel
      ? (where.channelId && (await findChannel(where.channelId))?.provider) || ""
      : channel.providerId;
  const { event, deliveries } = await layTests(
    {
      type: sample.type,
      subject: { kind: "channel", id: where.channelId ?? "draft", name: channel.name },
      data: {},
      notification: sample,
    },
    [{ ...where, channelName: channel.name, provider, notification: null }],
    now,
  );
  const [delivery] = deliveries;
  if (!delivery) throw new AppError("internal", "The Test could not be recorded.");
  return trySending(delivery, event, channel);
}

/** The very path of real notifications: one attempt, settled like any other; never raises `channel.failing`. */
async function trySending(
  delivery: ClaimedDelivery,
  event: ClaimedEvent,
  channel: LoadedChannel | BrokenChannel,
): Promise<TestResult> {
  if ("broken" in channel) return conclude(delivery, { kind: "rejected", reason: channel.broken }, null);
  const pausedFor = delivery.channelId ? await waitOutPause(delivery.channelId) : 0;
  if (pausedFor > 0) {
    const words = `The service asked for silence; ${durationText(pausedFor)} are left of it.`;
    return conclude(delivery, { kind: "retry", reason: words, afterMs: pausedFor }, null);
  }
  const limit = new Promise<Outcome>((resolve) =>
    setTimeout(
      () => resolve({ kind: "retry", reason: "There was no answer within 15 seconds." }),
      TEST_LIMIT_MS,
    ).unref(),
  );
  const began = Date.now();
  const tried = attempt(delivery, event, channel, outgoing(), await installation(began));
  const outcome = await Promise.race([tried.then((result) => result.outcome), limit]);
  const result = await Promise.race([tried, Promise.resolve(null)]);
  return conclude(delivery, outcome, result, result?.record);
}

async function conclude(
  delivery: ClaimedDelivery,
  outcome: Outcome,
  sent: { payload: unknown } | null,
  record?: Awaited<ReturnType<typeof attempt>>["record"],
): Promise<TestResult> {
  const now = Date.now();
  // The service means everybody, not only who tried.
  if (outcome.kind === "retry" && outcome.afterMs !== undefined && delivery.channelId && record) {
    await pauseLane(delivery.channelId, now, outcome.afterMs, outcome.reason);
  }
  await settle([
    {
      delivery,
      status: outcome.kind === "sent" ? "sent" : "dead",
      dueAt: null,
      reason: outcome.kind === "sent" ? null : outcome.reason,
      receipt: outcome.kind === "sent" ? (outcome.receipt ?? null) : null,
      payload: sent?.payload ?? null,
      remaining: null,
      attempt: record ?? null,
      now,
    },
  ]);
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

/** Waits at most two seconds for a pause to end. @returns what is left of it, milliseconds */
async function waitOutPause(channelId: string): Promise<number> {
  const until = await channelPause(channelId);
  const left = until === null ? 0 : until - Date.now();
  if (left <= 0) return 0;
  if (left > PAUSE_PATIENCE_MS) return left;
  await new Promise((done) => setTimeout(done, left));
  return 0;
}

async function firstRecipient(channel: LoadedChannel | BrokenChannel, id: string): Promise<string> {
  if ("broken" in channel) return "";
  const snapshot = snapshotOf(await routingNow());
  return recipientOf(audienceOf(channel), snapshot.channels.get(id)?.toAdmins ? (snapshot.admins[0]?.email ?? "") : "");
}

function recipientOf(audience: { fixed: string[]; admins: boolean }, fallback: string): string {
  return audience.fixed[0] ?? (audience.admins ? fallback : "");
}

function sampleOfChannel(name: string, now: number): Notification {
  return {
    type: "channel.test",
    typeName: "Test",
    tone: "info",
    severity: "info",
    title: `Test: ${name}`,
    message: "This is a Test from Belfry. When you can read it, notifications get through.",
    fields: [
      { label: "Channel", value: name, short: true },
      { label: "Sent by", value: "Belfry", short: true },
    ],
    at: now,
    isTest: true,
  };
}

function asTest(notification: Notification): Notification {
  return { ...notification, title: `Test: ${notification.title}`, isTest: true };
}
