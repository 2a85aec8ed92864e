import { z } from "zod";
import { databaseNow } from "@/db/database-clock";
import { type Backlog, readBacklog } from "@/db/queries/backlog";
import { toIso } from "@/lib/core/clock";
import { loggerOf } from "@/lib/core/logger";
import { processState } from "@/lib/core/process-state";
import { topicCache } from "@/lib/core/topic-cache";
import { defineVerb } from "../verb";
import { type Progress, problemsOf, readProgress } from "./problems";

const log = loggerOf("health");

export interface Health {
  /** Only `ok` means ready. */
  status: "ok" | "starting" | "stopping" | "unavailable";
  database: "sqlite" | "postgres" | null;
  /** What is wrong, one sentence each; empty when nothing is. */
  problems: string[];
  /** When the scheduler that leads, in whichever process, last looked for due work, ISO 8601; null: none ever did. */
  lastTickAt: string | null;
  /** Age of the oldest slot of a schedule that is due; 0 when none is. */
  oldestSlotSeconds: number;
  backlog: { pending: number; oldestSeconds: number };
}

/** Anybody may ask, so frequent requests must cost nothing. */
const latest = topicCache([], readLatest, { maxAgeMs: 500 });

interface Facts {
  backlog: Backlog;
  progress: Progress;
}

/**
 * Whether this process is ready and the installation works, and the backlog of the outbox. Never throws: an unreachable
 * database is reported as such.
 */
export const readHealth = defineVerb({
  name: "health.read",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run(): Promise<Health> {
    const stage = processState();
    const facts = stage === "starting" ? null : await latest.read();
    const now = databaseNow();
    const problems = facts ? problemsOf(facts.progress, now) : [];
    if (!facts && stage === "ready") problems.push("The database does not answer.");
    const secondsSince = (at: number | null | undefined) => (at ? Math.max(0, Math.floor((now - at) / 1_000)) : 0);
    return {
      status: stage !== "ready" ? stage : problems.length === 0 ? "ok" : "unavailable",
      problems: stage === "ready" ? problems : [],
      database: facts?.backlog.database ?? null,
      lastTickAt: toIso(facts?.progress.lastTickAt ?? null),
      oldestSlotSeconds: secondsSince(facts?.progress.oldestSlotAt),
      backlog: {
        pending: facts?.backlog.pending ?? 0,
        oldestSeconds: secondsSince(facts?.backlog.oldestDueAt),
      },
    };
  },
});

async function readLatest(): Promise<Facts | null> {
  try {
    const [backlog, progress] = await Promise.all([readBacklog(databaseNow()), readProgress()]);
    return { backlog, progress };
  } catch (error) {
    log.warn("the database does not answer", { error });
    return null;
  }
}
