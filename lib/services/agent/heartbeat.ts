import { z } from "zod";
import { databaseNow } from "@/db/database-clock";
import { requireClient } from "@/lib/auth/access/client-token";
import { machinesOfToken, noteMachine } from "@/lib/core/client-machines";
import { handOut } from "@/lib/jobs/client-runs/hand-out";
import { giveUpUnknownRun } from "@/lib/jobs/client-runs/take-report";
import { clientJobField } from "@/lib/services/clients/fields";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { bufferHeartbeat, takeHeartbeat } from "./heartbeat-buffer";

const bytesField = z.int().min(0).max(9_000_000_000_000_000);

/** What the agent of a client says of its machine. */
export const heartbeatBody = z.object({
  intervalSeconds: z
    .int()
    .min(1)
    .max(3_600)
    .meta({ description: "How often it reports from now on: what the last answer asked for" }),
  hostname: z.string().trim().max(255),
  version: z.string().trim().max(50).meta({ description: "Of the agent" }),
  uptimeSeconds: z.int().min(0).max(2_000_000_000).optional().meta({ description: "Of the machine" }),
  disks: z
    .array(
      z.object({
        mount: z.string().max(1_000),
        totalBytes: bytesField,
        freeBytes: bytesField.meta({ description: "What may still be written" }),
        usedBytes: bytesField.optional().meta({ description: "As df says it; left out: all that is not free" }),
      }),
    )
    .max(100, "At most 100 disks.")
    .default([]),
  jobs: z
    .array(clientJobField)
    .max(200, "At most 200 jobs.")
    .default([])
    .meta({ description: "Names of the jobs that its own configuration allows" }),
  runs: z
    .array(idField)
    .max(100, "At most 100 runs.")
    .optional()
    .meta({ description: "Ids of the runs that it executes, or whose end it has yet to report" }),
});

/** What the agent is to do. */
export const heartbeatAnswer = z.object({
  /** How often it is to report. */
  intervalSeconds: z.int(),
  /** Runs that it is to begin. */
  work: z.array(z.object({ runId: z.string(), job: z.string(), attempt: z.int().optional() })),
  /** Of the runs that it executes: those that it is to stop. Left out for none. */
  cancel: z.array(z.string()).optional(),
});

/**
 * A client reports. Who calls is known by the client's own token, so no account is needed; what it says of itself is no
 * change that a person made, so there is no audit row.
 */
export const agentHeartbeat = defineVerb({
  name: "agent.heartbeat",
  permission: "anyone",
  changes: false,
  input: heartbeatBody.extend({ token: z.string().max(200) }),
  async run(_, { token, uptimeSeconds = null, runs, ...said }): Promise<z.infer<typeof heartbeatAnswer>> {
    const { id: clientId, name, intervalSeconds, isOnline } = await requireClient(token);
    const beat = { ...said, clientId, uptimeSeconds, at: databaseNow() };
    if (isOnline) bufferHeartbeat(beat);
    else await takeHeartbeat(beat);
    const passed = performance.now();
    noteMachine(clientId, beat, passed);
    const { work, cancel, unknown } = await handOut(clientId, runs, beat.at);
    // Another machine with the same token knows nothing of what this one executes.
    const givenUp = machinesOfToken(clientId, passed) === null ? unknown : [];
    for (const run of givenUp) await giveUpUnknownRun(run, beat.at, name);
    return { intervalSeconds, work, ...(cancel.length > 0 && { cancel }) };
  },
});
