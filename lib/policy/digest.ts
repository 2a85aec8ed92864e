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

/** How the service takes digests. */
export interface DigestRoom {
  /** Whether the service gets the whole text of this notification. */
  fits(notification: Notification): boolean;
  /** What does not fit into so many messages is counted. */
  maxMessages: number;
}

/** What a digest says of all that it carries. */
export interface DigestHeading {
  /** The title of a digest that is one message. */
  title: string;
  /** The title of one that is several; which of them follows. */
  count: string;
  /** The first sentence. */
  summary: string;
}

function stormHeading(lines: readonly DigestLine[]): DigestHeading {
  const problems = lines.filter((line) => isProblem(line.tone)).length;
  const count = pluralize(lines.length, "notification");
  const summary = problems ? `${pluralize(problems, "problem")} among them.` : "No problem among them.";
  return { title: `${count} at once`, count, summary };
}

/** Characters of one line. */
const MAX_LINE = 160;
/** Longer texts nobody reads, whatever the service takes. */
const MAX_CHARACTERS = 20_000;

/**
 * A storm as few messages: the worst and the still open first, as many messages as the service's room asks for, and at
 * the end of the last one a count of those that it does not name.
 */
export function foldStorm(
  lines: readonly DigestLine[],
  room: DigestRoom,
  at: number,
  heading: DigestHeading = stormHeading(lines),
): Digest[] {
  const ordered = [...lines].sort(
    (a, b) =>
      compareSeverity(b.severity, a.severity) ||
      Number(isProblem(b.tone)) - Number(isProblem(a.tone)) ||
      (a.id < b.id ? -1 : 1),
  );
  const all = digestOf({ named: ordered, unnamed: 0, heading, at });
  if (isWhole(all, room)) return [{ notification: all, lineIds: ordered.map(({ id }) => id) }];
  const pages: { named: DigestLine[]; rest: DigestLine[] }[] = [];
  let from = 0;
  while (from < ordered.length) {
    const left = ordered.slice(from);
    const mayCount = pages.length === room.maxMessages - 1;
    const named = left.slice(0, howManyFit(left, pages.length, mayCount, heading, room, at));
    const rest = mayCount ? left.slice(named.length) : [];
    pages.push({ named, rest });
    from += named.length + rest.length;
  }
  return pages.map(({ named, rest }, index) => ({
    lineIds: [...named, ...rest].map(({ id }) => id),
    notification: digestOf({
      named,
      unnamed: rest.length,
      heading,
      page: pages.length > 1 ? { index, count: pages.length } : undefined,
      at,
    }),
  }));
}

/** How many lines one message names: at least one, which the service then cuts. */
function howManyFit(
  left: readonly DigestLine[],
  index: number,
  mayCount: boolean,
  heading: DigestHeading,
  room: DigestRoom,
  at: number,
): number {
  const page = room.maxMessages > 1 ? { index, count: room.maxMessages } : undefined;
  const fits = (count: number) => {
    const named = left.slice(0, count);
    const unnamed = mayCount ? left.length - count : 0;
    return isWhole(digestOf({ named, unnamed, heading, page, at }), room);
  };
  if (fits(left.length)) return left.length;
  // The last count that fits, between one that does and one that does not.
  let [most, tooMany] = [1, left.length];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    if (fits(middle)) most = middle;
    else tooMany = middle;
  }
  return most;
}

function isWhole(notification: Notification, room: DigestRoom): boolean {
  return notification.message.length <= MAX_CHARACTERS && room.fits(notification);
}

interface DigestParts {
  named: readonly DigestLine[];
  unnamed: number;
  heading: DigestHeading;
  /** Of several messages. */
  page?: { index: number; count: number };
  at: number;
}

function digestOf({ named, unnamed, heading, page, at }: DigestParts): Notification {
  const worst = named[0] as DigestLine;
  const isFirst = !page || page.index === 0;
  return {
    type: "digest",
    typeName: "Digest",
    tone: worst.tone,
    severity: worst.severity,
    title: page ? `${heading.count} (${page.index + 1} of ${page.count})` : heading.title,
    message: [
      ...(isFirst ? [heading.summary] : []),
      ...named.map((line) => `${markOf(line)} ${cut(line.title)}`),
      ...(unnamed ? [`… and ${unnamed} more in the delivery log.`] : []),
    ].join("\n"),
    fields: [],
    link: { label: "Open delivery log", url: "/deliveries" },
    at,
  };
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
