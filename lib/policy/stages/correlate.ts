import type { EventDraft } from "@/lib/core/event";
import type { OpenAlert } from "@/lib/core/routing";
import type { Severity } from "@/lib/core/severity";
import { isProblem, type Tone } from "@/lib/core/tone";
import type { EventType } from "@/lib/events/catalog";

export interface Correlation {
  tone: Tone;
  severity: Severity;
  dedupKey: string | null;
  /** `open` and `count`: a problem. `ends`: notified only as a recovery. `plain`: a fact of its own. */
  effect: "open" | "count" | "ends" | "plain";
  /** The alert that counts up. */
  own: OpenAlert | null;
  /** Open alerts that this event ends, and whether their recipients get a recovery. */
  ended: { alert: OpenAlert; sendsRecovery: boolean }[];
}

/** Keys whose open alerts decide what an event means: to be locked and read before anything is decided. */
export function dedupKeys(draft: EventDraft, entry: EventType): string[] {
  const own = entry.dedupKey(draft);
  const ended = entry.resolves(draft).map(({ key }) => key);
  return own ? [own, ...ended] : ended;
}

/**
 * What an event does to the alerts. A problem opens one or counts it up; a resolving event ends those that
 * the catalogue names, and an event that says `resolved` (or a caller's own that says nothing, with a tone that is no
 * problem) its own.
 */
export function correlate(draft: EventDraft, entry: EventType, open: readonly OpenAlert[]): Correlation {
  const tone = draft.custom?.tone ?? entry.tone;
  const severity = draft.custom?.severity ?? entry.severity;
  const dedupKey = entry.dedupKey(draft);
  const own = dedupKey ? (open.find((alert) => alert.dedupKey === dedupKey) ?? null) : null;
  const ended = entry
    .resolves(draft)
    .flatMap(({ key, sendsRecovery }) =>
      open.filter((alert) => alert.dedupKey === key).map((alert) => ({ alert, sendsRecovery })),
    );
  // What a caller says explicitly counts more than the tone: a problem must not be lost to a colour.
  const isOver = draft.status ? draft.status === "resolved" : draft.custom !== undefined && !isProblem(tone);
  const endsOwn = dedupKey !== null && isOver;
  if (endsOwn) {
    if (own) ended.push({ alert: own, sendsRecovery: true });
    return { tone, severity, dedupKey, effect: "ends", own: null, ended };
  }
  if (dedupKey && (isProblem(tone) || draft.status === "firing"))
    return { tone, severity, dedupKey, effect: own ? "count" : "open", own, ended };
  return { tone, severity, dedupKey, effect: "plain", own: null, ended };
}
