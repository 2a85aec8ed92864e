import { newDelivery } from "@/db/stores/new-delivery";
import type { ClaimedEvent } from "@/db/stores/outbox";
import { newId } from "@/lib/core/id";
import type { Notification } from "@/lib/core/notification";
import { backupCompleted } from "@/lib/events/backup-completed";
import { backupFailed } from "@/lib/events/backup-failed";
import { attempt } from "./attempt";
import { type Installation, installationInMemory, readInstallation } from "./installation";
import { channelInMemory, channelToSendThrough, type LoadedChannel } from "./loaded-channel";
import { providerIo } from "./provider-io";

/** Whether a heartbeat was taken. */
export interface HeartbeatResult {
  /** The reason with its advice; null: it was. */
  error: string | null;
  latencyMs: number;
}

const LIMIT_MS = 15_000;
/** What stands for a job in the service's address and texts: `{{job.slug}}`. */
const SLUG = "belfry";

/**
 * Sends one heartbeat of Belfry itself to a monitor, as the end of a run: success while everything works, failure with the reasons
 * otherwise. Past the queue, which is among what is watched, and without the database where that does not answer. Never throws.
 * @param problems what does not work, a sentence each
 */
export async function sendHeartbeat(channelId: string, problems: readonly string[]): Promise<HeartbeatResult> {
  const channel = await findMonitor(channelId);
  if (typeof channel === "string") return { error: channel, latencyMs: 0 };
  const installation = await readInstallation().catch(installationInMemory);
  const now = Date.now();
  const event = heartbeatEvent(installation, problems, now);
  const { title, tone, severity } = event.notification;
  const delivery = newDelivery({
    eventId: event.id,
    channelId,
    recipient: "",
    kind: "initial",
    status: "sending",
    route: "test",
    channelName: channel.name,
    provider: channel.providerId,
    title,
    tone,
    severity,
    createdAt: now,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LIMIT_MS);
  });
  const result = await Promise.race([attempt(delivery, event, channel, providerIo(), installation), late]);
  clearTimeout(timer);
  if (result === null) return { error: "There was no answer within 15 seconds.", latencyMs: LIMIT_MS };
  const { outcome, record } = result;
  const reason = outcome.kind === "sent" ? null : [outcome.reason, outcome.advice].filter(Boolean).join(" ");
  return { error: reason, latencyMs: record.latencyMs };
}

/** @returns a sentence when there is no such monitor to send through */
async function findMonitor(id: string): Promise<LoadedChannel | string> {
  let channel: Awaited<ReturnType<typeof channelToSendThrough>>;
  try {
    channel = await channelToSendThrough(id);
  } catch {
    return channelInMemory(id) ?? "The channel cannot be read, because the database does not answer.";
  }
  if (!channel) return "The channel was removed. Choose another one.";
  if ("broken" in channel) return channel.broken;
  if (!channel.enabled) return "The channel is disabled. Enable it, or choose another one.";
  return channel;
}

/** Monitors know runs only: it is one, of a job that stands for this installation. */
function heartbeatEvent(installation: Installation, problems: readonly string[], at: number): ClaimedEvent {
  const { type } = problems.length === 0 ? backupCompleted : backupFailed;
  const id = newId("evt");
  const job = { id: SLUG, name: installation.name, slug: SLUG };
  const error = problems.join(" ");
  return {
    id,
    type,
    at,
    subject: { kind: "job", id: job.id, name: job.name },
    runId: null,
    data: { job, ...(error !== "" && { error }) },
    notification: heartbeatText(type, installation.name, error, at),
  };
}

function heartbeatText(type: string, name: string, error: string, at: number): Notification {
  const isHealthy = error === "";
  return {
    type,
    typeName: "Heartbeat",
    tone: isHealthy ? "success" : "failure",
    severity: isHealthy ? "info" : "critical",
    title: isHealthy ? `${name} works` : `${name} does not work`,
    message: isHealthy ? "The scheduler, the notifications and the database work." : error,
    fields: [],
    at,
  };
}
