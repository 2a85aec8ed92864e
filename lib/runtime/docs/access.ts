import { EVENT_DATA_VISIBILITY, EVENT_VISIBILITY, type EventVisibility } from "@/lib/auth/access/visibility/events";
import { METRIC_LABELS } from "@/lib/auth/access/visibility/metric-labels";
import { NOTICE_ROLES } from "@/lib/auth/access/visibility/notices";
import type { Least, Rule } from "@/lib/auth/access/visibility/rule";
import { ENTITIES } from "@/lib/auth/access/visibility/table";
import { allProviders } from "@/lib/providers/registry";
import { cell, markdownTable } from "./markdown";

const INTRODUCTION = `# Who sees what

Generated from \`lib/auth/access/visibility\` by \`npm run docs\`. The same table decides what pages, API, actions and the live stream show.

- *Everybody* is every account and every API key; *operator* includes administrators, who see everything. Secrets are shown to nobody.
- A value that a role may not see is null, or left out, or a sentence in its place that says who sees it. Texts that may contain what a role may
  not see (the words of tools and services, messages about failures) are hidden as a whole.
- What a role may not see at all does not exist for it: it is missing in lists, no filter finds it, and asking for it by its id answers 404.
- What the table does not name reaches administrators only.
`;

/** docs/access.md: the table of fields and roles as a page. */
export function accessPage(): string {
  return [INTRODUCTION, ...entitySections(), eventSection(), dataSection(), serviceSection(), otherSection()].join(
    "\n",
  );
}

function roleText(least: Least): string {
  if (typeof least !== "string") return least.text;
  return least === "viewer" || least === "anyone" ? "everybody" : least;
}

function entitySections(): string[] {
  return Object.values(ENTITIES).map(({ title, row, fields }) => {
    const lines = linesOf(fields);
    const all = lines.filter(([, who]) => who === "everybody").map(([name]) => `\`${name}\``);
    const rows = lines.filter(([, who]) => who !== "everybody").map(([name, who]) => [`\`${name}\``, cell(who)]);
    return [
      `## ${title}`,
      "",
      `Who sees that there is one: ${roleText(row)}.`,
      ...(all.length > 0 ? ["", `Everybody who does sees ${all.join(", ")}.`] : []),
      "",
      ...(rows.length > 0 ? [markdownTable(["Field", "Who sees it"], rows), ""] : []),
    ].join("\n");
  });
}

/** Each value with who sees it, by its path. */
function linesOf(fields: Readonly<Record<string, Rule>>, path = ""): [string, string][] {
  return Object.entries(fields).flatMap(([name, rule]) => linesOfRule(rule, path + name));
}

function linesOfRule(rule: Rule, path: string): [string, string][] {
  switch (rule.kind) {
    case "value":
      return [[path, roleText(rule.least) + (rule.isOwn ? ", and the person" : "")]];
    case "group":
      return linesOf(rule.fields, `${path}.`);
    case "list":
      return linesOfRule(rule.item, `${path}[]`);
    case "entity":
      return [[path, `as ${ENTITIES[rule.name]?.title ?? rule.name}`]];
  }
}

const PARTS: readonly (keyof EventVisibility)[] = ["row", "subject", "title", "message", "facts", "payload"];

function eventSection(): string {
  const rows = Object.entries(EVENT_VISIBILITY).map(([type, known]) => [
    `\`${type}\``,
    ...PARTS.map((part) => roleText(known[part])),
  ]);
  const headings = [
    "Event",
    "That it happened",
    "Its subject",
    "Title",
    "Message",
    "Facts",
    "What is sent and answered",
  ];
  return ["## By event", "", markdownTable(headings, rows), ""].join("\n");
}

function dataSection(): string {
  const rows = Object.entries(EVENT_DATA_VISIBILITY).map(([path, role]) => [`\`${path}\``, roleText(role)]);
  const text = "A test fills every event with marks, and compares where they are with the table above.";
  return ["## What events are made of", "", text, "", markdownTable(["Data", "Who may read it"], rows), ""].join("\n");
}

function serviceSection(): string {
  const names = allProviders().flatMap(({ namesPeople, label }) => (namesPeople ? [label] : []));
  const text = `What is sent through these, and what they answer, may name people by address or number: ${names.join(", ")}.`;
  return ["## Services that may name people", "", text, ""].join("\n");
}

function otherSection(): string {
  const topics = Object.entries(NOTICE_ROLES).map(([topic, role]) => [`\`${topic}\``, roleText(role)]);
  const labels = Object.entries(METRIC_LABELS).map(([label, role]) => [`\`${label}\``, roleText(role)]);
  return [
    "## Live stream and metrics",
    "",
    "The live stream carries topics and ids. Metrics carry numbers, with these labels.",
    "",
    markdownTable(["Topic", "Who is notified"], topics),
    "",
    markdownTable(["Label", "Who sees it"], labels),
    "",
  ].join("\n");
}
