import { z } from "zod";
import { REPORT_PERIODS } from "@/lib/core/report";
import { ROLES } from "@/lib/core/role";
import { RUN_KINDS } from "@/lib/core/run";

/** What a report says. Times in milliseconds. Lists hold as many as a message names; the counts are of all. */
export const reportData = z.object({
  period: z.enum(REPORT_PERIODS),
  /** Whole days of the zone; `to` is outside. */
  from: z.number(),
  to: z.number(),
  /** IANA name. */
  timezone: z.string(),
  /** Whose sight it has, and so who may get it; absent in reports of older versions. */
  role: z.enum(ROLES).optional(),
  /** Who sent it by hand; absent: it was due. */
  sentBy: z.string().optional(),
  /** Jobs that are enabled. */
  jobs: z.number(),
  /** Runs that ended in the span, but those of the configuration. */
  succeeded: z.number(),
  /** Succeeded, but with warnings. */
  warned: z.number(),
  failed: z.number(),
  canceled: z.number(),
  /** Slots in the span that no run was made for. */
  missed: z.number(),
  /** Runs of the span that have not ended. */
  unfinished: z.number(),
  failures: z.object({
    count: z.number(),
    items: z.array(
      z.object({ name: z.string(), kind: z.enum(RUN_KINDS), times: z.number(), error: z.string().optional() }),
    ),
  }),
  misses: z.object({ count: z.number(), items: z.array(z.object({ name: z.string(), slots: z.number() })) }),
  /** Open alerts at the time of the report. */
  open: z.object({ count: z.number(), items: z.array(z.object({ title: z.string(), since: z.number() })) }),
  /** What is kept from running or notifying at the time of the report. */
  quiet: z.object({
    count: z.number(),
    items: z.array(
      z.object({
        what: z.enum(["job", "channel", "mute", "silence"]),
        name: z.string(),
        /** Absent: until a person ends it. */
        until: z.number().optional(),
      }),
    ),
  }),
  /** Jobs that stored more than in the span before; none there: `before` is 0. Bytes. */
  growth: z.array(z.object({ name: z.string(), bytes: z.number(), before: z.number() })),
});
export type ReportData = z.output<typeof reportData>;
