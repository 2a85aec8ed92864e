import { z } from "zod";
import { type Backlog, readBacklog } from "@/db/queries/backlog";
import { toIso } from "@/lib/core/clock";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { processState } from "@/lib/core/process-state";
import { runtimeValue } from "@/lib/core/runtime";
import { topicCache } from "@/lib/core/topic-cache";
import { defineVerb } from "../verb";

const log = loggerOf("health");

export interface Health {
  /** Only `ok` means ready. */
  status: "ok" | "starting" | "stopping" | "unavailable";
  database: "sqlite" | "postgres" | null;
  /** When the scheduler last looked for due work, ISO 8601; null on a process without one. */
  lastTickAt: string | null;
  backlog: { pending: number; oldestSeconds: number };
}

/** Anybody may ask, so frequent requests must cost nothing. */
const latestBacklog = topicCache([], readLatestBacklog, { maxAgeMs: 500 });

/** Whether this process is ready, and the backlog of the outbox. Never throws: an unreachable database is reported as such. */
export const readHealth = defineVerb({
  name: "health.read",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run({ now }): Promise<Health> {
    const stage = processState();
    const backlog = stage === "starting" ? null : await latestBacklog.read();
    return {
      status: stage !== "ready" ? stage : backlog ? "ok" : "unavailable",
      database: backlog?.database ?? null,
      lastTickAt: toIso(runtimeValue("lastTickAt")),
      backlog: {
        pending: backlog?.pending ?? 0,
        oldestSeconds: backlog?.oldestDueAt ? Math.max(0, Math.floor((now - backlog.oldestDueAt) / 1_000)) : 0,
      },
    };
  },
});

async function readLatestBacklog(): Promise<Backlog | null> {
  try {
    return await readBacklog(Date.now());
  } catch (error) {
    log.warn("the database does not answer", { reason: messageOf(error) });
    return null;
  }
}
