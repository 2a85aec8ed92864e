import { z } from "zod";
import { listSignals } from "@/db/queries/signals";
import { toIso } from "@/lib/core/clock";
import { SIGNAL_STATES } from "@/lib/core/signal";
import { defineVerb } from "@/lib/services/verb";
import { checkIdField, findCheck } from "./find-check";

/** As many as Healthchecks answers at once. */
const MAX_PINGS = 1_000;

/** What was reported of a check, as it arrived. */
export const checkPingSchema = z.object({
  /** Counted from the oldest that is kept. */
  n: z.int(),
  at: z.iso.datetime(),
  state: z.enum(SIGNAL_STATES),
  address: z.string().nullable(),
  method: z.string(),
  userAgent: z.string().nullable(),
  runKey: z.string().nullable(),
  durationMs: z.number().nullable(),
});

/** What programs reported of a check, newest first. */
export const healthchecksPings = defineVerb({
  name: "healthchecks.pings",
  permission: "operator",
  changes: false,
  input: z.object({ id: checkIdField }),
  async run(_, { id }) {
    const { jobId, pings } = await findCheck(id);
    const rows = await listSignals({ jobId, limit: MAX_PINGS });
    return {
      pings: rows.map(({ at, state, address, method, userAgent, runKey, durationMs }, index) => ({
        // One may have come since they were counted.
        n: Math.max(pings, rows.length) - index,
        at: toIso(at),
        state,
        address,
        method,
        userAgent,
        runKey,
        durationMs,
      })),
    };
  },
});
