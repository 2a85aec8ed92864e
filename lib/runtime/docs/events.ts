import type { EventDraft } from "@/lib/core/event";
import { CATALOG, CATEGORIES, type EventType } from "@/lib/events/catalog";
import { cell, markdownTable } from "./markdown";

/** Any time: only the texts matter. */
const NOW = Date.UTC(2026, 0, 15, 2, 30);

function startText({ audience, startsEnabled, fallsBackToGlobal }: EventType): string {
  if (audience !== "job") return startsEnabled ? "on" : "off";
  return `the job's rules decide${fallsBackToGlobal ? "; a job without a matching rule: global channels" : ""}`;
}

/** docs/events.md: the catalogue as a page. */
export function eventsPage(): string {
  const sections = CATEGORIES.map((category) => {
    const entries = CATALOG.filter((entry) => entry.category === category);
    return [`## ${category}`, "", ...entries.flatMap(sectionOf)].join("\n");
  });
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

const INTRODUCTION = `# Events

Every event that Belfry can notify about, generated from \`lib/events/catalog.ts\` by \`npm run docs\`. An event is a fact and never
changes. A *problem* (tone failure or warning, with a key) opens an alert or counts up the open one of the same key; the event that *ends* it
notifies everyone who was notified of the problem, unless their rule or the event's setting says otherwise.

- **Tone** is its look, **severity** its importance.
- **Starts** is the switch in Settings → Notifications on a new installation. Events of jobs have no switch: the rules in each job's
  Notifications tab decide.
- **Repeat** is how often an open problem is notified: at every occurrence, or the first time until it is resolved. Rules and settings change it.
- **Mailed to administrators** is how the switch in Settings → Email starts; every other event can be switched on there.
`;

function sectionOf(entry: EventType): string[] {
  const draft = sampleOf(entry);
  const { title, message } = entry.text(draft);
  const facts: [string, string][] = [
    ["Tone, severity", entry.audience === "caller" ? "the caller's" : `${entry.tone}, ${entry.severity}`],
    ["Starts", startText(entry)],
    ["Repeat", entry.repeat === "first" ? "first time until it is over" : "every time"],
    ["Key", keyOf(entry, draft)],
    ["Ends", endsOf(entry, draft)],
    ["Mailed to administrators", entry.mailAdmins ? "yes, until switched off" : ""],
    ["Can notify the user", entry.canNotifyUser ? "yes, by mail" : ""],
    ["Reads like", `${title}. ${message.split("\n")[0] ?? ""}`.trim()],
  ];
  const rows = facts.filter(([, value]) => value).map(([name, value]) => [name, cell(value)]);
  return [`### \`${entry.type}\`: ${entry.name}`, "", `${entry.description}.`, "", markdownTable(["", ""], rows), ""];
}

function sampleOf(entry: EventType): EventDraft {
  const { custom, ...rest } = entry.sample(NOW);
  const keyed = custom ? { custom: { ...custom, dedupKey: "your-key" }, apiKeyId: "api-key" } : {};
  return { type: entry.type, ...rest, ...keyed };
}

/** The key with the kind of its subject in place of the sample's id. */
function keyOf(entry: EventType, draft: EventDraft): string {
  const key = entry.dedupKey(draft);
  if (!key || (entry.resolves(draft).length > 0 && entry.tone !== "warning" && entry.tone !== "failure")) return "";
  return `\`${key.replace(draft.subject.id, `{${draft.subject.kind}}`).replace(draft.data.address ?? "\0", "{address}")}\``;
}

function endsOf(entry: EventType, draft: EventDraft): string {
  return entry
    .resolves(draft)
    .map(({ key, sendsRecovery }) => {
      const [type] = key.split(":");
      return `\`${type}\`${sendsRecovery ? "" : " (without a separate message)"}`;
    })
    .join(", ");
}
