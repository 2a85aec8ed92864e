import { z } from "zod";
import { listSignals } from "@/db/queries/signals";
import { toIso } from "@/lib/core/clock";
import { SIGNAL_STATES } from "@/lib/core/signal";
import { receiverById } from "@/lib/receivers/registry";
import { idField, pageInput, pageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** What a program said about a job, as it arrived. */
export const signalViewSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  /** The protocol that it came by. */
  receiver: z.string(),
  receiverName: z.string(),
  state: z.enum(SIGNAL_STATES),
  runKey: z.string().nullable(),
  exitCode: z.int().nullable(),
  message: z.string().nullable(),
  method: z.string(),
  userAgent: z.string().nullable(),
  address: z.string().nullable(),
  /** The run that it belongs to; null: of none, or not counted yet. */
  runId: z.string().nullable(),
});

/** What programs reported about external jobs, or one of them, newest first. */
export const signalsList = defineVerb({
  name: "signals.list",
  permission: "operator",
  changes: false,
  input: pageInput.extend({ jobId: idField.optional() }),
  async run(_, { jobId, cursor, limit }) {
    const rows = await listSignals({ jobId, cursor, limit: limit + 1 });
    return pageOf(rows, limit, signalView);
  },
});

function signalView(row: Awaited<ReturnType<typeof listSignals>>[number]): z.output<typeof signalViewSchema> {
  const { id, at, receiver, state, runKey, exitCode, message, method, userAgent, address, runId } = row;
  return {
    id,
    at: toIso(at),
    receiver,
    receiverName: receiverById(receiver)?.name ?? receiver,
    state,
    runKey,
    exitCode,
    message,
    method,
    userAgent,
    address,
    runId,
  };
}
