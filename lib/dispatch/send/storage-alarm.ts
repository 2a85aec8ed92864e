import { findChannel, routingNow } from "@/db/queries/dispatch";
import { newDelivery } from "@/db/stores/new-delivery";
import { probeWriting } from "@/db/stores/probe";
import { noteThreads, RINGING_LOCK } from "@/db/stores/ringing";
import { transact } from "@/db/transact";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import { emptyRouting } from "@/lib/core/routing";
import { systemError } from "@/lib/events/system-error";
import type { Plan, PlannedDelivery } from "@/lib/policy/plan";
import { targetKey } from "@/lib/policy/rules";
import { emit, emitAlreadySent } from "../emit";
import { snapshotOf } from "../plan/routing-snapshot";
import { hypotheticalPlan } from "../preview/hypothetical-plan";
import { attempt } from "./attempt";
import { installationInMemory } from "./installation";
import { channelInMemory, loadChannel } from "./loaded-channel";
import { providerIo } from "./provider-io";
import { onStorageFault } from "./storage-watch";

const log = loggerOf("storage-alarm");

/** How often writing is tried while it fails, and how often the emergency routing is refreshed while it works. */
const PROBE_MS = 5_000;
const REFRESH_MS = 60_000;
/** Changes of channels and settings are gathered so long before the emergency routing is read again. */
const GATHER_MS = 1_000;

/** An error that could not be recorded, and who was notified of it from memory. */
interface Outage {
  draft: EventDraft;
  sent: Set<string>;
  /** What rings on until it is stopped. */
  ringing: { channelId: string; threadId: string; recipient: string }[];
}

/**
 * While the database cannot be written nothing can be recorded, so the outbox cannot report it. This sends straight
 * from memory: one attempt to each channel last known for `system.error`; and records it when writing works again.
 */
export class StorageAlarm {
  private outage: Outage | null = null;
  private lastKnown: Plan | null = null;
  private endListening: () => void = () => undefined;
  private readonly loops = [
    new Loop({ name: "storage probe", intervalMs: PROBE_MS }, () => this.probe()),
    new Loop(
      {
        name: "emergency routing",
        intervalMs: REFRESH_MS,
        topics: ["channels", "settings"],
        gatherMs: GATHER_MS,
        runsAtStart: true,
      },
      () => this.refresh(),
    ),
  ];

  async start(): Promise<void> {
    this.endListening = onStorageFault((error) => void this.begin(error));
    for (const loop of this.loops) await loop.start();
  }

  async stop(): Promise<void> {
    this.endListening();
    for (const loop of this.loops) await loop.stop();
  }

  /** Keeps routing and channels of `system.error` in memory, for the moment when they cannot be read. */
  private async refresh(): Promise<void> {
    if (this.outage) return;
    try {
      // No silence is about an outage of Belfry's own.
      const routing = { ...snapshotOf(await routingNow()), silences: [] };
      const plan = hypotheticalPlan(storageError(""), routing);
      for (const { channel } of messagesOf(plan)) await loadChannel(channel.id);
      this.lastKnown = plan;
    } catch (error) {
      log.warn("could not refresh emergency routing", { error });
    }
  }

  private async begin(error: unknown): Promise<void> {
    if (this.outage) return;
    const outage: Outage = { draft: storageError(messageOf(error)), sent: new Set<string>(), ringing: [] };
    this.outage = outage;
    log.error("database cannot be written, notifying channels from memory", { error });
    if (!this.lastKnown) return;
    await Promise.all(messagesOf(this.lastKnown).map((planned) => sendFromMemory(outage, planned)));
  }

  /** Tries whether writing works again; then the outage is recorded as it was sent, and its end is sent like any other. */
  private async probe(): Promise<void> {
    const { outage } = this;
    if (!outage) return;
    try {
      await probeWriting(Date.now());
      await emitAlreadySent(outage.draft, outage.sent);
      await emit({ ...storageError(""), data: {}, status: "resolved" });
      await stopRinging(outage);
    } catch {
      // Still out: the next probe tries again.
      return;
    }
    this.outage = null;
    log.info("database can be written again");
  }
}

/** An emergency is not held back: nothing could remember what is held. */
function messagesOf(plan: Plan): PlannedDelivery[] {
  return plan.deliveries.filter(({ suppressed, kind }) => !suppressed && kind === "initial");
}

/** Leaves it to the loop that stops what no delivery knows of. */
async function stopRinging({ ringing }: Outage): Promise<void> {
  for (const { channelId, ...thread } of ringing) {
    const row = await findChannel(channelId);
    if (row) await transact([RINGING_LOCK], (tx) => noteThreads(tx, row, [thread], Date.now()));
  }
}

async function sendFromMemory(
  { draft, sent, ringing }: Outage,
  { channel: { id }, target }: PlannedDelivery,
): Promise<void> {
  const channel = channelInMemory(id);
  if (!channel?.enabled) return;
  const at = draft.at ?? Date.now();
  // Nothing about this attempt is written, so its ids name no rows.
  const eventId = `memory_${at}_${id}`;
  const notification = { ...textOf(draft, at), status: "firing" as const };
  const delivery = newDelivery({
    id: eventId,
    eventId,
    channelId: id,
    recipient: target.recipient,
    kind: "initial",
    status: "sending",
    route: target.route,
    channelName: channel.name,
    provider: channel.providerId,
    title: notification.title,
    tone: notification.tone,
    severity: notification.severity,
    createdAt: at,
  });
  const event = {
    id: eventId,
    type: draft.type,
    at,
    subject: draft.subject,
    runId: null,
    data: draft.data,
    notification,
  };
  const { outcome } = await attempt(delivery, event, channel, providerIo(), installationInMemory());
  if (outcome.kind === "sent") {
    const { recipient } = target;
    sent.add(targetKey(id, recipient));
    if (outcome.receipt && channel.provider.stopRinging) ringing.push({ channelId: id, threadId: eventId, recipient });
  } else log.error("failed to notify a channel from memory", { channelId: id, reason: outcome.reason });
}

function textOf(draft: EventDraft, at: number) {
  return hypotheticalPlan({ ...draft, at }, emptyRouting()).notification;
}

function storageError(error: string): EventDraft {
  return systemError.draft({
    subject: { kind: "component", id: "database", name: "Database" },
    data: {
      error: error || "The database cannot be written.",
      advice:
        "Backups and notifications wait until it can. Check free space and permissions of the data folder, or the PostgreSQL server.",
    },
    at: Date.now(),
  });
}
