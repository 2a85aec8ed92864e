import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listenForNotices } from "@/db/listen";
import { newId } from "@/lib/core/id";
import { runtimeValue } from "@/lib/core/runtime";
import { FollowUps } from "@/lib/dispatch/follow-ups";
import { setProviderIo } from "@/lib/dispatch/provider-io";
import { StorageAlarm } from "@/lib/dispatch/storage-alarm";
import { WarmUp } from "@/lib/dispatch/warm-up";
import { Worker } from "@/lib/dispatch/worker";
import type { Env } from "@/lib/env";
import { createCommands } from "@/lib/providers/commands";
import { createHttp } from "@/lib/providers/http";
import { createMail } from "@/lib/providers/mail";
import { CleanUp } from "@/lib/schedule/clean-up";
import { SelfCheck } from "@/lib/schedule/self-check";
import { endExpiredLocks, forgetOldGuards } from "@/lib/services/session/end-expired-locks";
import type { Part } from "./parts";

const LOCKS_MS = 5_000;
const GUARDS_MS = 3_600_000;

/** The way out that every role has: connections for Tests and for the worker. */
export function providerIoPart(env: Env): Part {
  const http = createHttp({ egress: env.egress, userAgent: "Belfry" });
  const mail = createMail({ egress: env.egress });
  const commands = createCommands({ egress: env.egress, commandsFile: env.commandsFile });
  return {
    name: "providerIo connections",
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
export function selfCheckPart(env: Env): Part {
  const check = new SelfCheck({
    dataDir: env.dataDir,
    hasScheduler: env.role !== "web",
    lastCrash: runtimeValue("crashRecord"),
    processId: env.databaseUrl ? processName(env.dataDir) : null,
  });
  return { name: "self-check", start: () => check.start(), stop: () => check.stop() };
}

export function deliveryParts(env: Env): Part[] {
  const worker = new Worker({ owner: processName(env.dataDir), isAlone: !env.databaseUrl });
  const alarm = new StorageAlarm();
  const cleanUp = new CleanUp();
  const followUps = new FollowUps();
  const warmUp = new WarmUp();
  return [
    { name: "deliveries", start: () => worker.start(), stop: () => worker.stop() },
    { name: "follow-ups", start: () => followUps.start(), stop: () => followUps.stop() },
    { name: "warm-up", start: () => warmUp.start(), stop: () => warmUp.stop() },
    { name: "storage alarm", start: () => alarm.start(), stop: () => alarm.stop() },
    { name: "clean-up", start: () => cleanUp.start(), stop: () => cleanUp.stop() },
    every("sign-in locks", LOCKS_MS, () => endExpiredLocks(Date.now())),
    every("sign-in counters", GUARDS_MS, () => forgetOldGuards(Date.now())),
  ];
}

/** Small work at an interval; one that fails is tried again with the next. */
function every(name: string, ms: number, work: () => Promise<unknown>): Part {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();
  return {
    name,
    start: () => {
      timer = setInterval(() => {
        running = work().catch(() => undefined);
      }, ms);
    },
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** A name for this process that a restart keeps, so that it takes up at once what it held. */
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
