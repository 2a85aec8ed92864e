import { pluralize } from "@/components/format";
import { Note } from "@/components/ui/note";
import { type ReasonCode, reasonSentence } from "@/lib/core/delivery-reason";

export interface RoutingPreviewItem {
  when: "now" | "later" | "reminder" | "escalation" | "recovery";
  /** Of a reminder: hours after the initial notification. */
  afterHours?: number;
  /** Of a step of an escalation: minutes without acknowledgement. */
  afterMinutes?: number;
  channelId: string;
  channelName: string;
  /** A mail address; shown to administrators only. */
  recipient?: string;
  /** Which route leads to the channel. */
  text: string;
  outcome: "notified" | "held" | "suppressed";
  /** Why it is held or suppressed. */
  reasonCode?: ReasonCode;
}

const HEADINGS = {
  now: "Immediately",
  later: "Later",
  reminder: "Reminder",
  escalation: "Escalation",
  recovery: "Recovery",
} as const;
const ORDER = ["now", "later", "escalation", "reminder", "recovery"] as const;

/** Who gets notified at which point, each with the reason. */
export function RoutingPreviewList({
  preview: { entries, notes },
}: {
  preview: { entries: readonly RoutingPreviewItem[]; notes: readonly string[] };
}) {
  return (
    <div className="flex flex-col gap-4">
      {entries.length === 0 && notes.length === 0 && (
        <p className="text-muted">No notifications. The alert appears in the inbox only.</p>
      )}
      {ORDER.map((when) => (
        <Group key={when} heading={HEADINGS[when]} entries={entries.filter((entry) => entry.when === when)} />
      ))}
      {notes.length > 0 && (
        <Note>
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </Note>
      )}
    </div>
  );
}

function delayOf({ afterHours, afterMinutes }: RoutingPreviewItem): string {
  if (afterMinutes !== undefined) return `after ${afterMinutes} min, `;
  return afterHours === undefined ? "" : `after ${pluralize(afterHours, "hour")}, `;
}

function Group({ heading, entries }: { heading: string; entries: readonly RoutingPreviewItem[] }) {
  if (entries.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 font-medium text-muted text-xs">{heading}</h3>
      <ul className="flex flex-col gap-1.5">
        {entries.map((entry) => (
          <li
            key={`${entry.channelId} ${entry.recipient ?? ""} ${entry.reasonCode ?? ""} ${entry.afterMinutes ?? ""}`}
            className="[overflow-wrap:anywhere]"
          >
            <span className={entry.outcome === "suppressed" ? "text-muted line-through" : "font-medium"}>
              {entry.channelName}
            </span>
            {entry.recipient && <span className="text-muted">, {entry.recipient}</span>}
            <span className="block text-muted text-xs">
              {delayOf(entry)}
              {entry.text}
            </span>
            {entry.reasonCode && <span className="block text-warning text-xs">{reasonSentence(entry.reasonCode)}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
