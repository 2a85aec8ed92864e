import { z } from "zod";
import { reportsOfJob } from "@/db/queries/healthchecks";
import { toIso } from "@/lib/core/clock";
import { SIGNAL_STATES } from "@/lib/core/signal";
import { linkBase } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { checkIdField, findCheck } from "./find-check";
import { checkView } from "./view";

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
  /** Its text can be asked for. */
  hasText: z.boolean(),
});

/** What programs reported of a check, newest first. */
export const healthchecksPings = defineVerb({
  name: "healthchecks.pings",
  permission: "operator",
  changes: false,
  input: z.object({ id: checkIdField }),
  async run({ now }, { id }) {
    const row = await findCheck(id);
    const [rows, base] = await Promise.all([reportsOfJob(row.jobId, MAX_PINGS), linkBase(undefined)]);
    // One may have come since they were counted.
    const last = Math.max(row.pings, rows.length);
    return {
      updateUrl: checkView(row, base ?? "", now).updateUrl,
      pings: rows.map(({ at, ...report }, index) => ({ n: last - index, at: toIso(at), ...report })),
    };
  },
});
