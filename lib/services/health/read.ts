import { z } from "zod";
import { type Backlog, readBacklog } from "@/db/queries/backlog";
import { toIso } from "@/lib/core/clock";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { processState } from "@/lib/core/process-state";
import { peekSingleton } from "@/lib/core/singletons";
import { defineVerb } from "../verb";

const log = loggerOf("health");

export interface Health {
  /** `ok` is the only one that means ready. */
  status: "ok" | "starting" | "stopping" | "unavailable";
  database: "sqlite" | "postgres" | null;
  /** When the scheduler last checked for due work, ISO 8601; null on a process without one. */
  lastTickAt: string | null;
  backlog: { pending: number; oldestSeconds: number };
}

/** Anyone may call this, so frequent calls must be cheap. */
const CACHE_MS = 500;
let cached: { at: number; backlog: Promise<Backlog | null> } | undefined;

/** Whether this process is ready, and the backlog of the outbox. Never throws: an unreachable database is reported as such. */
export const readHealth = defineVerb({
  name: "health.read",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run({ now }): Promise<Health> {
    const stage = processState();
    const backlog = stage === "starting" ? null : await latestBacklog(now);
    return {
      status: stage !== "ready" ? stage : backlog ? "ok" : "unavailable",
      database: backlog?.database ?? null,
      lastTickAt: toIso(peekSingleton<number | null>("scheduler.lastTickAt")),
      backlog: {
        pending: backlog?.pending ?? 0,
        oldestSeconds: backlog?.oldestDueAt ? Math.max(0, Math.floor((now - backlog.oldestDueAt) / 1_000)) : 0,
      },
    };
  },
});

function latestBacklog(now: number): Promise<Backlog | null> {
  if (!cached || now - cached.at > CACHE_MS) cached = { at: now, backlog: queryBacklog(now) };
  return cached.backlog;
}

async function queryBacklog(now: number): Promise<Backlog | null> {
  try {
    return await readBacklog(now);
  } catch (error) {
    log.warn("database unreachable", { reason: messageOf(error) });
    return null;
  }
}
