import { z } from "zod";
import { pluralize } from "@/lib/core/format-units";
import { missedSlotsData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const data = z.object({
  missed: missedSlotsData.optional(),
  /** Whose reports they are: channels and people, by name. */
  owners: z.array(z.string()).optional(),
});

/** Owners that a message names. */
const NAMED = 10;

/** One for all reports that came due at the same outage: as many messages as reports would say no more. */
export const reportMissed = defineEvent({
  type: "report.missed",
  name: "Report Missed",
  category: "Schedules",
  description: "A due report was not sent in time",
  tone: "warning",
  severity: "warning",
  data,
  audience: "system",
  startsEnabled: true,
  repeat: "every",
  problem: "subject",
  times: ({ data: { missed } }) => (missed ? [{ label: "First due", at: missed.firstDueAt }] : []),
  text: ({ data: { missed, owners = [] } }) => ({
    title: "Missed Schedule: reports",
    message: [
      `${pluralize(missed?.count ?? 1, "due report")} ${missed && missed.count > 1 ? "were" : "was"} not sent in time.`,
      missed?.reason,
    ]
      .filter(Boolean)
      .join(" "),
    fields: fieldList(["For", namesOf(owners)]),
  }),
  sample: (now) => ({
    subject: { kind: "component", id: "report-schedule", name: "Reports" },
    data: {
      missed: {
        count: 2,
        firstDueAt: now - 7_200_000,
        lastDueAt: now - 7_200_000,
        graceMinutes: 5,
        reason: "Belfry was not running then; the newest of each is sent now.",
      },
      owners: ["ops", "Ana"],
    },
  }),
});

function namesOf(owners: readonly string[]): string | null {
  if (owners.length === 0) return null;
  const more = owners.length - NAMED;
  return `${owners.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
