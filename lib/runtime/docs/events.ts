import type { EventDraft } from "@/lib/core/event";
import { CATALOG, CATEGORIES, type CatalogEntry } from "@/lib/events/catalog";
import { cell, markdownTable } from "./markdown";

/** Any moment: only the words matter. */
const NOW = Date.UTC(2026, 0, 15, 2, 30);

const STARTS: Record<CatalogEntry["default"], string> = {
  on: "on",
  off: "off",
  job: "the job's rows decide",
};

/** docs/events.md: the catalogue as a page. */
export function eventsPage(): string {
  const sections = CATEGORIES.map((category) => {
    const entries = CATALOG.filter((entry) => entry.category === category);
    return [`## ${category}`, "", ...entries.flatMap(sectionOf)].join("\n");
  });
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

const INTRODUCTION = `# Events

All events that Belfry can emit, generated from \`lib/events/catalog.ts\` by \`npm run docs\`. An event is a fact: it happened, and never
changes. A *problem* (tone failure or warning, with a key) opens an alert or counts up the open one of the same key; the event that *ends*
it notifies the recipients of the problem, unless their rule or the event's setting says otherwise.

- **Tone** decides the color and icon, **severity** the urgency.
- **Starts** is the switch in Settings → Notifications on a new installation. Events of jobs have no switch: the rules of each job's
  Notifications tab decide.
- **Repeat** is how often an open problem is notified: at every occurrence, or once until it is resolved. Rules and settings change it.
`;

function sectionOf(entry: CatalogEntry): string[] {
  const draft = sampleOf(entry);
  const { title, message } = entry.text(draft);
  const facts: [string, string][] = [
    ["Tone, severity", entry.category === "Custom" ? "the caller's" : `${entry.tone}, ${entry.severity}`],
    [
      "Starts",
      STARTS[entry.default] + (entry.fallsBackToGlobal ? "; a job without a row that takes it: global channels" : ""),
    ],
    ["Repeat", entry.repeat === "first" ? "first time until it is over" : "every time"],
    ["Key", keyOf(entry, draft)],
    ["Ends", endsOf(entry, draft)],
    ["Can notify the user", entry.canNotifyUser ? "yes, by mail" : ""],
    ["Reads like", `${title}. ${message.split("\n")[0] ?? ""}`.trim()],
  ];
  const rows = facts.filter(([, value]) => value).map(([name, value]) => [name, cell(value)]);
  return [`### \`${entry.type}\`: ${entry.name}`, "", `${entry.description}.`, "", markdownTable(["", ""], rows), ""];
}

function sampleOf(entry: CatalogEntry): EventDraft {
  const { custom, ...rest } = entry.sample(NOW);
  const keyed = custom ? { custom: { ...custom, dedupKey: "your-key" }, apiKeyId: "api-key" } : {};
  return { type: entry.type, ...rest, ...keyed };
}

/** The key with the kind of its subject in place of the sample's id. */
function keyOf(entry: CatalogEntry, draft: EventDraft): string {
  const key = entry.dedupKey?.(draft);
  if (!key || (entry.resolves && entry.tone !== "warning" && entry.tone !== "failure")) return "";
  return `\`${key.replace(draft.subject.id, `{${draft.subject.kind}}`).replace(draft.data.address ?? "\0", "{address}")}\``;
}

function endsOf(entry: CatalogEntry, draft: EventDraft): string {
  const ends = entry.resolves?.(draft) ?? [];
  return ends
    .map(({ key, sendsRecovery }) => {
      const [type] = key.split(":");
      return `\`${type}\`${sendsRecovery ? "" : " (without a message of its own)"}`;
    })
    .join(", ");
}
