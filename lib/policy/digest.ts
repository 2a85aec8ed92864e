import { pluralize } from "@/lib/core/format-units";
import type { Notification } from "@/lib/core/notification";
import { compareSeverity, type Severity } from "@/lib/core/severity";
import { isProblem, type Tone } from "@/lib/core/tone";

/** One waiting initial, as a digest names it. */
export interface DigestLine {
  id: string;
  title: string;
  tone: Tone;
  severity: Severity;
}

export interface Digest {
  notification: Notification;
  lineIds: string[];
}

/** Beyond this many messages a digest only counts. */
const MAX_MESSAGES = 5;
/** Characters of one line; the service's own limit decides how many fit. */
const MAX_LINE = 160;

/**
 * A storm as few messages: the worst and the still open first, as many messages as the service's limit needs
 * but at most five, then a count.
 * @param maxCharacters how much text one message of the service takes
 */
export function foldStorm(lines: readonly DigestLine[], maxCharacters: number, at: number): Digest[] {
  const ordered = [...lines].sort(
    (a, b) =>
      compareSeverity(b.severity, a.severity) ||
      Number(isProblem(b.tone)) - Number(isProblem(a.tone)) ||
      (a.id < b.id ? -1 : 1),
  );
  const room = Math.max(400, maxCharacters - 200);
  const pages: DigestLine[][] = [];
  let page: DigestLine[] = [];
  let used = 0;
  for (const line of ordered) {
    const length = Math.min(line.title.length, MAX_LINE) + 14;
    if (page.length && used + length > room) {
      pages.push(page);
      page = [];
      used = 0;
    }
    page.push(line);
    used += length;
  }
  if (page.length) pages.push(page);
  const kept = pages.slice(0, MAX_MESSAGES);
  const rest = pages.slice(MAX_MESSAGES).flat();
  return kept.map((named, index) => {
    const unnamed = index === kept.length - 1 ? rest : [];
    const worst = named[0] as DigestLine;
    const failures = lines.filter((line) => isProblem(line.tone)).length;
    return {
      lineIds: [...named, ...unnamed].map((line) => line.id),
      notification: {
        type: "digest",
        typeName: "Digest",
        tone: worst.tone,
        severity: worst.severity,
        title:
          kept.length > 1
            ? `${pluralize(lines.length, "notification")} (${index + 1} of ${kept.length})`
            : `${pluralize(lines.length, "notification")} at once`,
        message: [
          ...(index === 0
            ? [failures ? `${pluralize(failures, "problem")} among them.` : "No problem among them."]
            : []),
          ...named.map((line) => `${markOf(line)} ${cut(line.title)}`),
          ...(unnamed.length ? [`… and ${unnamed.length} more in the delivery log.`] : []),
        ].join("\n"),
        fields: [],
        link: { label: "Open delivery log", url: "/deliveries" },
        at,
      },
    };
  });
}

function markOf(line: DigestLine): string {
  return line.severity === "critical" ? "[critical]" : line.severity === "warning" ? "[warning]" : "[info]";
}

function cut(title: string): string {
  const flat = title.replace(/\s+/g, " ");
  return flat.length > MAX_LINE
    ? `${Array.from(flat)
        .slice(0, MAX_LINE - 1)
        .join("")}…`
    : flat;
}
