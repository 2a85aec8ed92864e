import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listenForNotices } from "@/db/listen";
import { announceListener, retireListener } from "@/db/stores/listeners";
import { ownerName } from "@/db/stores/workers";
import { newId } from "@/lib/core/id";
import { Loop } from "@/lib/core/loop";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { followUpLoop } from "@/lib/dispatch/send/follow-ups";
import { mailTokenStore } from "@/lib/dispatch/send/mail-token-store";
import { setProviderIo } from "@/lib/dispatch/send/provider-io";
import { ringingLoop } from "@/lib/dispatch/send/ringing";
import { StorageAlarm } from "@/lib/dispatch/send/storage-alarm";
import { unheardLoop } from "@/lib/dispatch/send/unheard-watch";
import { warmUpLoop } from "@/lib/dispatch/send/warm-up";
import { Worker } from "@/lib/dispatch/send/worker";
import type { Env } from "@/lib/env";
import { createCommands } from "@/lib/providers/kit/commands/commands";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { createTokenSource } from "@/lib/providers/kit/oauth2-token";
import { cleanUpLoop } from "@/lib/schedule/clean-up";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { Heartbeats } from "@/lib/services/health/heartbeats";
import { deleteOldLoginGuards, endExpiredLocks } from "@/lib/services/session/end-expired-locks";
import type { Part } from "./part";

const LOCKS_MS = 5_000;
const GUARDS_MS = 3_600_000;
const LISTENER_MS = 5_000;
const HEARTBEAT_MS = 15_000;
/** A monitor may be slow to answer; what it answers then is of no use. */
const HEARTBEAT_STOP_MS = 2_000;

/** Connections to services, which every role has: for Tests and for the worker. */
export function providerIoPart(env: Env): Part {
  const http = createHttp({
    egress: env.egress,
    userAgent: "Belfry",
    proxies: env.proxies,
    authorities: env.authorities,
  });
  const tokens = createTokenSource({ http, store: mailTokenStore });
  const mail = createMail({ tokens, egress: env.egress, authorities: env.authorities });
  const commands = createCommands({
    egress: env.egress,
    commandsFile: env.commandsFile,
    proxies: env.proxies,
    authorities: env.authorities,
  });
  return {
    name: "provider connections",
    start: () => setProviderIo({ http, mail, commands }),
    stop: async () => {
      await Promise.all([http.close(), mail.close()]);
    },
  };
}

/** Notices of the other processes on the same database. */
export function noticesPart(): Part {
  let end: () => Promise<void> = async () => undefined;
  return {
    name: "notices",
    start: () => {
      end = listenForNotices();
    },
    stop: () => end(),
  };
}

/** Every role can crash, and has a data folder that can fill up. */
export function monitorsPart(env: Env): Part {
  return new Monitors({
    dataDir: env.dataDir,
    hasScheduler: env.role !== "web",
    lastCrash: peekRuntimeValue("crashRecord") ?? null,
    startedAt: Date.now(),
    processId: env.databaseUrl ? processName(env.dataDir) : null,
  });
}

/** Says that this process takes the reports of clients: those that watch them judge no silence while none does. */
export function listenerPart(dataDir: string): Part {
  const owner = ownerName(processName(dataDir), newId("life"));
  const loop = new Loop({ name: "listener", intervalMs: LISTENER_MS, runsAtStart: true }, () =>
    announceListener(owner),
  );
  return {
    name: loop.name,
    start: () => loop.start(),
    stop: async () => {
      await loop.stop();
      await retireListener(owner);
    },
  };
}

/** Heartbeats of Belfry itself to a monitor, while one is chosen. */
function heartbeatPart(owner: string): Part {
  const heartbeats = new Heartbeats(owner);
  const options = { name: "heartbeat", intervalMs: HEARTBEAT_MS, topics: ["settings"] as const, gatherMs: 500 };
  const loop = new Loop(options, () => heartbeats.look());
  return {
    name: loop.name,
    start: () => loop.start(),
    stop: () => Promise.race([loop.stop(), new Promise<void>((done) => setTimeout(done, HEARTBEAT_STOP_MS).unref())]),
  };
}

/** @param owner names this life of the process among the owners of queues */
export function deliveryParts(env: Env, owner: string): Part[] {
  const worker = new Worker({ owner, isAlone: !env.databaseUrl });
  const alarm = new StorageAlarm();
  const followUps = followUpLoop();
  const ringing = ringingLoop();
  const unheard = unheardLoop();
  const warmUp = warmUpLoop();
  return [
    { name: "deliveries", start: () => worker.start(), stop: () => worker.stop() },
    { name: "follow-ups", start: () => followUps.start(), stop: () => followUps.stop() },
    { name: "left ringing", start: () => ringing.start(), stop: () => ringing.stop() },
    { name: unheard.name, start: () => unheard.start(), stop: () => unheard.stop() },
    { name: "warm-up", start: () => warmUp.start(), stop: () => warmUp.stop() },
    { name: "storage alarm", start: () => alarm.start(), stop: () => alarm.stop() },
    heartbeatPart(owner),
    cleanUpLoop(),
    new Loop({ name: "sign-in locks", intervalMs: LOCKS_MS }, () => endExpiredLocks(Date.now())),
    new Loop({ name: "sign-in counters", intervalMs: GUARDS_MS }, () => deleteOldLoginGuards(Date.now())),
  ];
}

/** A name for this process that a restart keeps, so that it reclaims at once what it held. */
export function processName(dataDir: string): string {
  const file = join(dataDir, "worker-id");
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    const name = newId("wrk");
    writeFileSync(file, `${name}\n`, { mode: 0o600 });
    return name;
  }
}
