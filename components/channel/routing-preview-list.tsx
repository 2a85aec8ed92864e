import { pluralize } from "@/components/format";
import { Note } from "@/components/ui/note";

export interface RoutingPreviewLine {
  when: "now" | "reminder" | "recovery";
  /** Of a reminder: how long after the first initial. */
  afterHours?: number;
  channelId: string;
  channelName: string;
  /** A mail address; only administrators get to see it. */
  recipient?: string;
  /** Why, in words. */
  text: string;
  /** Why nothing arrives although the settings say so. */
  silenced?: string;
}

const HEADINGS = { now: "When it happens", reminder: "As a reminder", recovery: "When it is over" } as const;

/** RoutingPreview is told when, line by line, each with the reason. */
export function RoutingPreviewList({
  who,
}: {
  who: { entries: readonly RoutingPreviewLine[]; notes: readonly string[] };
}) {
  const { entries, notes } = who;
  return (
    <div className="flex flex-col gap-4">
      {entries.length === 0 && notes.length === 0 && (
        <p className="text-muted">Nobody. It stands on the Overview only.</p>
      )}
      {(["now", "reminder", "recovery"] as const).map((when) => (
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

function Group({ heading, entries }: { heading: string; entries: readonly RoutingPreviewLine[] }) {
  if (entries.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 font-medium text-muted text-xs">{heading}</h3>
      <ul className="flex flex-col gap-1.5">
        {entries.map((entry) => (
          <li
            key={`${entry.channelId} ${entry.recipient ?? ""} ${entry.silenced ?? ""}`}
            className="[overflow-wrap:anywhere]"
          >
            <span className={entry.silenced ? "text-muted line-through" : "font-medium"}>{entry.channelName}</span>
            {entry.recipient && <span className="text-muted">, {entry.recipient}</span>}
            <span className="block text-muted text-xs">
              {entry.afterHours === undefined
                ? entry.text
                : `after ${pluralize(entry.afterHours, "hour")}, ${entry.text}`}
            </span>
            {entry.silenced && <span className="block text-warning text-xs">{entry.silenced}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
