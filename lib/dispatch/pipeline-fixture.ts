import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { database } from "@/db/client";
import { listenForNotices } from "@/db/listen";
import type { ChannelRow } from "@/db/stores/channels";
import type { JobNotificationRuleRow } from "@/db/stores/jobs";
import { NOTIFICATION_SETTINGS } from "@/db/stores/routing";
import { bumpRouting, putSetting } from "@/db/stores/settings";
import { deliveriesUnderWay, freshDatabase } from "@/db/testing";
import { step, transact } from "@/db/transact";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import type { Condition } from "@/lib/core/job";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { forgetRouting } from "./plan/routing-snapshot";
import { setProviderIo } from "./send/provider-io";
import { Worker } from "./send/worker";

/** What a receiver got: one parsed webhook body. */
export interface Received {
  title: string;
  message: string;
  tone: string;
  status?: string;
  type: string;
  at: number;
  path: string;
}

/** A receiver on loopback that records what it accepted and answers as the test asks. */
export async function startReceiver() {
  const received: Received[] = [];
  const requests: { path: string; at: number }[] = [];
  let answer: (path: string, response: ServerResponse) => boolean = () => true;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const path = request.url ?? "/";
      requests.push({ path, at: Date.now() });
      if (!answer(path, response)) return;
      received.push({ ...JSON.parse(Buffer.concat(chunks).toString()), path, at: Date.now() });
      response.writeHead(200).end("ok");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    requests,
    url: (path = "/hook") => `http://127.0.0.1:${port}${path}`,
    /** @param next true: take it and answer 200; false: the function has answered (or hangs) */
    answerWith(next: (path: string, response: ServerResponse) => boolean) {
      answer = next;
    },
    at: (path: string) => received.filter((one) => one.path === path),
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/**
 * A database, a worker and the way out, as in a running program.
 * @param options.slowAfterMs after so long a send keeps nothing else back
 */
export async function startPipeline(options: { withWorker?: boolean; slowAfterMs?: number } = {}) {
  const drop = await freshDatabase();
  // Versions of another database mean nothing here.
  forgetRouting();
  const http = createHttp({ egress: "any", userAgent: "Belfry" });
  const slow = options.slowAfterMs === undefined ? {} : { slowAfterMs: options.slowAfterMs };
  const mail = createMail({ egress: "any", ...slow });
  setProviderIo({ http, mail });
  const endListening = listenForNotices();
  let worker = new Worker({ owner: "wrk_test", isAlone: true, ...slow });
  if (options.withWorker !== false) await worker.start();
  return {
    async restartWorker() {
      await worker.stop();
      worker = new Worker({ owner: "wrk_test", isAlone: true, ...slow });
      await worker.start();
    },
    async stopWorker() {
      await worker.stop();
    },
    async stop() {
      await worker.stop();
      await endListening();
      await http.close();
      await mail.close();
      await drop();
    },
  };
}

type ChannelMore = Partial<
  Pick<ChannelRow, "enabled" | "subscriptions" | "minSeverity" | "mutedUntil" | "rateLimit" | "texts">
>;

export async function addWebhook(name: string, url: string, more: ChannelMore = {}): Promise<string> {
  return addChannel(name, "webhook", { url }, more);
}

export async function addChannel(
  name: string,
  provider: string,
  config: Record<string, unknown>,
  more: ChannelMore = {},
): Promise<string> {
  const id = newId("chn");
  await transact([], function* (tx) {
    yield* step(
      tx.orm.insert(tx.t.channels).values({
        id,
        name,
        provider,
        enabled: true,
        config,
        secrets: null,
        subscriptions: [],
        ...more,
        createdAt: Date.now(),
        updatedAt: Date.now(),
      }),
    );
    yield* bumpRouting(tx);
    tx.notices.push({ topic: "channels", ids: [id] });
  });
  return id;
}

export async function setNotifications(value: {
  globalChannels?: string[];
  events?: Record<string, Record<string, unknown>>;
  acknowledgeLinks?: boolean;
  fallbackChannels?: string[];
  fallbackAfterMinutes?: number;
}): Promise<void> {
  await transact([], function* (tx) {
    yield* putSetting(tx, NOTIFICATION_SETTINGS, value);
    yield* bumpRouting(tx);
    tx.notices.push({ topic: "settings" });
  });
}

export async function addRule(
  jobId: string,
  channelId: string,
  condition: Condition,
  more: Partial<Omit<JobNotificationRuleRow, "id" | "jobId" | "channelId" | "condition">> = {},
): Promise<string> {
  const id = newId("rule");
  await transact([], function* (tx) {
    yield* step(
      tx.orm.insert(tx.t.jobNotifications).values({
        id,
        jobId,
        channelId,
        position: 0,
        condition,
        repeat: "every",
        notifyOnRecovery: true,
        includeLog: false,
        logLimit: 10_000,
        ...more,
      }),
    );
    yield* bumpRouting(tx);
  });
  return id;
}

/** A finished run of a job as its runner would report it. */
export function runEvent(
  type: "backup.completed" | "backup.warning" | "backup.failed" | "backup.started" | "backup.missed",
  jobId = "job_a",
  error?: string,
): EventDraft {
  const job = { id: jobId, name: jobId.replace("job_", "job "), slug: jobId };
  const now = Date.now();
  return {
    type,
    subject: { kind: "job", id: jobId, name: job.name },
    data: {
      job,
      run: {
        id: newId("run"),
        status: "failure",
        startedAt: now - 1_000,
        finishedAt: now,
        bytes: 10,
        files: 1,
        attempts: 1,
      },
      ...(error ? { error } : {}),
      ...(type === "backup.missed" ? { missed: { count: 1, firstDueAt: now, lastDueAt: now, graceMinutes: 10 } } : {}),
    },
  };
}

export function customEvent(
  title: string,
  custom: Partial<NonNullable<EventDraft["custom"]>> = {},
  status?: EventDraft["status"],
): EventDraft {
  return {
    type: "custom.notification",
    subject: { kind: "custom", id: "test", name: title },
    data: {},
    ...(status ? { status } : {}),
    custom: { title, message: "", tone: "info", severity: "info", ...custom },
    apiKeyId: "key_test",
  };
}

export async function deliveriesOf(channelId: string) {
  const { orm, t } = database();
  const rows = await orm.select().from(t.deliveries).orderBy(t.deliveries.id);
  return rows.filter((row) => row.channelId === channelId);
}

export async function openAlerts() {
  const { orm, t } = database();
  return (await orm.select().from(t.alerts).orderBy(t.alerts.id)).filter((alert) => alert.status !== "resolved");
}

/**
 * Waits until a condition holds, by the wall: a test may stop the clock. What has taken long is asked for less often: the answers
 * of the database would take the processor from what is waited for.
 * @throws Error after the limit, milliseconds
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs = 120_000,
  what = "the condition",
): Promise<void> {
  const began = process.hrtime.bigint();
  while (!(await holds())) {
    const waitedMs = Number(process.hrtime.bigint() - began) / 1e6;
    if (waitedMs > limitMs) throw new Error(`${what} did not come true within ${limitMs} ms`);
    await new Promise((done) => setTimeout(done, Math.min(100, Math.max(10, waitedMs / 10))));
  }
}

/** So long it is waited for what is being sent, and for what is due, by the wall: a test may stop the clock. */
const SENDING_MS = 15_000;
const DUE_MS = 300;

/**
 * Waits until no message is on its way, so that a test may let its clock leap: an attempt that a leap falls into is taken for lost,
 * and its message is sent twice. Of a channel that does not work some may stay due: for those it waits only a moment.
 */
export async function nothingUnderWay(): Promise<void> {
  const began = process.hrtime.bigint();
  for (;;) {
    const { sending, due } = await deliveriesUnderWay(Date.now());
    const limitMs = sending > 0 ? SENDING_MS : DUE_MS;
    const waitedMs = Number(process.hrtime.bigint() - began) / 1e6;
    if (sending + due === 0 || waitedMs > limitMs) return;
    await new Promise((done) => setTimeout(done, Math.min(50, Math.max(5, waitedMs / 10))));
  }
}

export const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));
