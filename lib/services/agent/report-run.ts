import { z } from "zod";
import { findRun } from "@/db/queries/runs";
import type { RunRow } from "@/db/stores/runs";
import { requireCurrentClient } from "@/lib/auth/access/client-token";
import { AppError } from "@/lib/core/errors";
import { RUN_STATUSES } from "@/lib/core/run";
import { takeReport } from "@/lib/jobs/client-runs/take-report";
import { redactor } from "@/lib/secrets/redact";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Characters of a log in one report; more comes in several. */
const MAX_LOG = 200_000;
const countField = z.int().min(0).max(9_000_000_000_000_000);

/** What a client says of one of its runs. */
export const runReportBody = z.object({
  status: z.enum(["running", "success", "warning", "failure"]),
  attempt: z
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: "Which attempt this is about, as the run was handed out; the current one when left out" }),
  bytes: countField.optional().meta({ description: "Size of what was stored" }),
  files: countField.max(2_000_000_000).optional(),
  error: z.string().max(20_000).optional().meta({ description: "What went wrong, or needs attention" }),
  archive: z.string().max(500).optional().meta({ description: "Name of the archive that was made" }),
  log: z.string().max(MAX_LOG, "At most 200,000 characters: send more in several reports.").optional(),
  logFrom: countField.optional().meta({
    description: "Where this piece begins in the whole log, in bytes: what is sent again is stored once",
  }),
});

/** What became known of the run by it. */
export const runReportAnswer = z.object({
  status: z.enum(RUN_STATUSES),
  /** The client is to stop it: a person canceled it, or its time is over. */
  cancel: z.boolean(),
});

/** A client reports on a run that it executes. The same report again changes nothing. */
export const agentReportRun = defineVerb({
  name: "agent.reportRun",
  permission: "anyone",
  changes: false,
  input: runReportBody.extend({ runId: idField, token: z.string().max(200) }),
  async run(_, { token, runId, ...said }): Promise<z.infer<typeof runReportAnswer>> {
    const client = await requireCurrentClient(token);
    const read = async () => ofClient(await findRun(runId), client.id);
    const run = await read();
    if (!run) throw new AppError("not_found", "There is no such run of this client.");
    await takeReport(
      run,
      {
        status: said.status,
        attempt: said.attempt,
        bytes: said.bytes ?? null,
        files: said.files ?? null,
        error: said.error ?? null,
        archive: said.archive ?? null,
        log: said.log === undefined ? null : { text: said.log, from: said.logFrom ?? null },
        redact: redactor([token]),
      },
      read,
    );
    const now = (await read()) ?? run;
    return { status: now.status, cancel: now.status === "canceled" || now.cancelRequestedAt !== null };
  },
});

function ofClient(run: RunRow | null, clientId: string): RunRow | null {
  return run?.executor === "client" && run.clientId === clientId ? run : null;
}
