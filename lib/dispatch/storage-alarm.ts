import { routingNow } from "@/db/queries/dispatch";
import type { ClaimedDelivery } from "@/db/stores/outbox";
import { probeWriting } from "@/db/stores/probe";
import { type Notice, subscribe } from "@/lib/core/bus";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import type { Target } from "@/lib/core/routing";
import { catalogEntry } from "@/lib/events/catalog";
import { compose } from "@/lib/policy/compose";
import { correlate } from "@/lib/policy/correlate";
import { route, targetKey } from "@/lib/policy/route";
import { attempt } from "./attempt";
import { decider, snapshotOf } from "./decider";
import { emit, emitAlreadySent } from "./emit";
import { installationNow } from "./installation";
import { loadChannel, loadedNow } from "./loaded-channel";
import { providerIo } from "./provider-io";
import { onStorageFault } from "./storage-watch";

const log = loggerOf("storage-alarm");

/** How often writing is tried while it fails, and how often the way out is looked up while all is well. */
const PROBE_MS = 5_000;
const REFRESH_MS = 60_000;
/** Changes of channels and settings are gathered so long before the way out is looked up again. */
const GATHER_MS = 1_000;

/**
 * While the database cannot be written nothing can be recorded, so the outbox cannot tell of it. This tells
 * straight from memory: one attempt to each channel last known for `system.error`; and records it when writing works again.
 */
export class StorageAlarm {
  private outage: { draft: EventDraft; told: Set<string> } | null = null;
  private timers: NodeJS.Timeout[] = [];
  private end: () => void = () => undefined;
  private isBusy = false;
  private gathering: NodeJS.Timeout | null = null;

  async start(): Promise<void> {
    const endings = [onStorageFault((error) => void this.begin(error)), subscribe(({ topic }) => this.moved(topic))];
    this.end = () => {
      for (const end of endings) end();
    };
    this.timers = [setInterval(() => void this.probe(), PROBE_MS), setInterval(() => void this.refresh(), REFRESH_MS)];
    await this.refresh();
  }

  stop(): void {
    this.end();
    for (const timer of this.timers) clearInterval(timer);
    if (this.gathering) clearTimeout(this.gathering);
  }

  private moved(topic: Notice["topic"]): void {
    if (topic !== "channels" && topic !== "settings") return;
    this.gathering ??= setTimeout(() => {
      this.gathering = null;
      void this.refresh();
    }, GATHER_MS);
  }

  /** Keeps routing and channels of `system.error` in memory, ready for the moment when they cannot be read. */
  private async refresh(): Promise<void> {
    if (this.outage) return;
    try {
      const snapshot = snapshotOf(await routingNow());
      decider.cached ??= { version: -1, snapshot };
      this.lastKnown = route(draftOf(""), snapshot, []).targets;
      for (const { channelId } of this.lastKnown) await loadChannel(channelId, Date.now());
    } catch (error) {
      log.warn("the way out for emergencies could not be refreshed", { error });
    }
  }
  private lastKnown: Target[] = [];

  private async begin(error: unknown): Promise<void> {
    if (this.outage) return;
    const draft = draftOf(messageOf(error));
    const outage = { draft, told: new Set<string>() };
    this.outage = outage;
    log.error("the database cannot be written; the channels are told from memory", { error });
    await Promise.all(this.lastKnown.map((target) => this.tell(draft, target, outage.told)));
  }

  private async tell(draft: EventDraft, target: Target, told: Set<string>): Promise<void> {
    const channel = loadedNow(target.channelId);
    if (!channel?.enabled) return;
    const entry = catalogEntry(draft.type);
    const at = draft.at ?? Date.now();
    const notification = { ...compose(draft, entry, correlate(draft, entry, []), at), status: "firing" as const };
    const id = `memory_${at}_${target.channelId}`;
    const delivery: ClaimedDelivery = {
      id,
      eventId: id,
      channelId: target.channelId,
      recipient: target.recipient,
      userId: null,
      kind: "initial",
      route: target.route,
      step: 0,
      alertId: null,
      orderKey: null,
      ruleId: null,
      notifyOnRecovery: true,
      remindHours: null,
      notification: null,
      text: null,
      createdAt: at,
      giveUpAt: at,
      attemptCount: 0,
      lastAttemptAt: null,
      foldedCount: 0,
      remaining: null,
    };
    const event = {
      id,
      type: draft.type,
      at,
      subjectName: draft.subject.name,
      runId: null,
      data: draft.data,
      notification,
    };
    const { outcome } = await attempt(delivery, event, channel, providerIo(), installationNow());
    if (outcome.kind === "sent") told.add(targetKey(target.channelId, target.recipient));
    else log.error("a channel could not be told from memory", { channelId: target.channelId, reason: outcome.reason });
  }

  /** Tries whether writing works again; then the outage is recorded as it was told, and its end is told like any other. */
  private async probe(): Promise<void> {
    const { outage } = this;
    if (!outage || this.isBusy) return;
    this.isBusy = true;
    try {
      await probeWriting(Date.now());
      await emitAlreadySent(outage.draft, outage.told);
      await emit({ ...draftOf(""), data: {}, status: "resolved" });
      this.outage = null;
      log.info("the database can be written again");
    } catch {
      // Still out: the next probe tells.
    } finally {
      this.isBusy = false;
    }
  }
}

function draftOf(error: string): EventDraft {
  return {
    type: "system.error",
    subject: { kind: "component", id: "database", name: "Database" },
    data: {
      error: error || "The database cannot be written.",
      advice:
        "Backups and notifications wait until it can. Check free space and permissions of the data folder, or the PostgreSQL server.",
    },
    at: Date.now(),
  };
}
