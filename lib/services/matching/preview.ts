import { z } from "zod";
import { recentEvents } from "@/db/queries/events";
import { transact } from "@/db/transact";
import { toIso } from "@/lib/core/clock";
import { labelsOfEvents } from "@/lib/dispatch/plan/read-situation";
import { compileMatcher } from "@/lib/policy/matching";
import { eventNameOf, hiddenTypes } from "@/lib/services/events/visibility";
import { defineVerb } from "@/lib/services/verb";
import { matcherFields } from "./fields";

const SPAN_MS = 7 * 86_400_000;
/** Events that are looked at, the newest first. */
const AT_MOST = 5_000;
const EXAMPLES = 5;

/** An answer about a matcher that is being written. */
export const matchPreviewSchema = z.object({
  /** Events of the last seven days that it would have matched, of those looked at. */
  matched: z.int(),
  lookedAt: z.int(),
  /** The oldest of those looked at. */
  since: z.iso.datetime(),
  /** It has no condition. */
  isEverything: z.boolean(),
  examples: z.array(z.object({ name: z.string(), subjectName: z.string(), at: z.iso.datetime() })),
});

/**
 * What conditions would have matched in the last seven days. Conditions on channels are left out: which channels an event
 * goes to is decided later.
 */
export const matchingPreview = defineVerb({
  name: "matching.preview",
  permission: "operator",
  changes: false,
  input: z.object({
    match: matcherFields.match.default("all"),
    conditions: matcherFields.conditions.default([]),
  }),
  async run({ actor, now }, { match, conditions }): Promise<z.infer<typeof matchPreviewSchema>> {
    const asked = conditions.filter(({ field }) => field !== "channel");
    const events = await recentEvents({ since: now - SPAN_MS, limit: AT_MOST, hiddenTypes: hiddenTypes(actor) });
    const usesLabels = asked.some(({ field }) => field === "label");
    const labelled = usesLabels ? events.map((draft) => ({ draft })) : [];
    const labels = await transact([], (tx) => labelsOfEvents(tx, labelled));
    const takes = compileMatcher({ match, conditions: asked });
    const matched = events.filter(({ type, severity, subject, data, at }) =>
      takes({
        type,
        severity,
        subject,
        job: data.job ?? null,
        client: data.client ?? null,
        channel: null,
        labels: labels({ subject, data }),
        now: at,
      }),
    );
    return {
      matched: matched.length,
      lookedAt: events.length,
      since: toIso(events.length === AT_MOST ? (events.at(-1)?.at ?? now) : now - SPAN_MS),
      isEverything: conditions.length === 0,
      examples: matched.slice(0, EXAMPLES).map(({ type, subject, at }) => ({
        name: eventNameOf(type),
        subjectName: subject.name,
        at: toIso(at),
      })),
    };
  },
});
