import { findChannel, routingNow } from "@/db/queries/dispatch";
import { insertTests, type TestTarget } from "@/db/stores/test-deliveries";
import { AppError } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import { eventType } from "@/lib/events/catalog";
import { CHANNEL_TEST } from "@/lib/events/channel-test";
import type { Plan } from "@/lib/policy/plan";
import type { Audience } from "@/lib/providers/contract";
import { snapshotOf } from "../plan/routing-snapshot";
import { hypotheticalPlan } from "../preview/hypothetical-plan";
import { type BrokenChannel, type LoadedChannel, loadChannel, readyChannel } from "./loaded-channel";
import { audienceOf } from "./resolve-provider";
import { type TestResult, trySending } from "./try-test";

export type { TestResult } from "./try-test";

export interface EventTestResult {
  channelId: string;
  channelName: string;
  provider: string;
  recipient?: string;
  status: "sent" | "partial" | "dead";
  error?: string;
  advice?: string;
}

/** As many targets of one channel are tried at once. */
const TARGETS_MAX = 10;

/** Sends a Test through a saved channel. @throws AppError `not_found` */
export async function testChannel(id: string): Promise<TestResult> {
  const now = Date.now();
  const channel = await loadChannel(id);
  if (!channel) throw new AppError("not_found", "There is no such channel.");
  return testOne(
    channel,
    { channelId: id, recipients: await channelRecipients(channel, id) },
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
  const recipients = "broken" in channel ? [""] : eachTarget(audienceOf(channel), fallbackRecipient);
  return testOne(channel, { channelId: null, recipients }, sampleOfChannel(draft.name, now), now);
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
  const entry = eventType(type);
  // Silences are about what happens, not about Tests.
  const snapshot = { ...snapshotOf(await routingNow()), silences: [] };
  const stored = snapshot.events[type];
  const sample = entry.sample(now);
  const draft: EventDraft = {
    type,
    ...sample,
    data: tester && sample.data.user ? { ...sample.data, user: tester } : sample.data,
    at: now,
  };
  // An event that is disabled sends nothing; its Test does.
  const routing = stored
    ? { ...snapshot, events: { ...snapshot.events, [type]: { ...stored, enabled: true } } }
    : snapshot;
  const plan = hypotheticalPlan(draft, routing);
  return tryPlan(draft, plan, { mark: asTest, now });
}

/**
 * Sends an event's text at once through exactly the channels the event would use, without the event: one attempt for each.
 * What it is says its text, not the word Test.
 */
export async function sendNow(draft: EventDraft): Promise<EventTestResult[]> {
  const plan = hypotheticalPlan(draft, snapshotOf(await routingNow()));
  return tryPlan(draft, plan, { mark: (notification) => notification, now: draft.at ?? Date.now() });
}

async function tryPlan(
  { type, subject, data }: EventDraft,
  plan: Plan,
  { mark, now }: { mark(notification: Notification): Notification; now: number },
): Promise<EventTestResult[]> {
  const targets: TestTarget[] = plan.deliveries
    .filter(({ suppressed, kind }) => !suppressed && kind === "initial")
    .map(({ channel, target, notification }) => ({
      channelId: channel.id,
      channelName: channel.name,
      provider: channel.provider,
      recipient: target.recipient,
      userId: target.userId,
      notification: target.isForUser && notification ? mark(notification) : null,
    }));
  if (targets.length === 0) return [];
  const { event, deliveries } = await insertTests(
    { type, subject, data, notification: mark(plan.notification) },
    targets,
    now,
  );
  return Promise.all(
    deliveries.map(async (delivery, index) => {
      const target = targets[index] as TestTarget;
      const channel = await loadChannel(target.channelId ?? "");
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
        provider: target.provider,
        ...(target.recipient ? { recipient: target.recipient } : {}),
        status: result.ok ? ("sent" as const) : result.isPartial ? ("partial" as const) : ("dead" as const),
        ...(result.ok ? {} : { error: result.message, ...(result.advice ? { advice: result.advice } : {}) }),
      };
    }),
  );
}

async function testOne(
  channel: LoadedChannel | BrokenChannel,
  where: { channelId: string | null; recipients: readonly string[] },
  sample: Notification,
  now: number,
): Promise<TestResult> {
  const provider =
    "broken" in channel
      ? (where.channelId && (await findChannel(where.channelId))?.provider) || ""
      : channel.providerId;
  const { event, deliveries } = await insertTests(
    {
      type: sample.type,
      subject: { kind: "channel", id: where.channelId ?? "draft", name: channel.name },
      data: {},
      notification: sample,
    },
    where.recipients.map((recipient) => ({
      channelId: where.channelId,
      recipient,
      userId: null,
      channelName: channel.name,
      provider,
      notification: null,
    })),
    now,
  );
  const results = await Promise.all(
    deliveries.map(async (delivery) => ({
      recipient: delivery.recipient,
      result: await trySending(delivery, event, channel),
    })),
  );
  const [first] = results;
  if (!first) throw new AppError("internal", "The Test could not be recorded.");
  // Fine is only what is fine for every target.
  const failed = results.find(({ result }) => !result.ok);
  if (!failed || failed.result.ok) return first.result;
  if (results.length === 1) return failed.result;
  return { ...failed.result, message: `${failed.recipient}: ${failed.result.message}` };
}

async function channelRecipients(channel: LoadedChannel | BrokenChannel, id: string): Promise<string[]> {
  if ("broken" in channel) return [""];
  const snapshot = snapshotOf(await routingNow());
  return eachTarget(audienceOf(channel), snapshot.channels.get(id)?.toAdmins ? (snapshot.admins[0]?.email ?? "") : "");
}

/** Every target of the channel's own, within reason; of the administrators one. */
function eachTarget(audience: Audience, fallback: string): string[] {
  if (audience.fixed.length > 0) return audience.fixed.slice(0, TARGETS_MAX);
  return [audience.admins ? fallback : ""];
}

function sampleOfChannel(name: string, now: number): Notification {
  return {
    type: CHANNEL_TEST,
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
