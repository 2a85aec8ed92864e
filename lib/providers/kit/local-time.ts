interface Writers {
  day: Intl.DateTimeFormat;
  names: Intl.DateTimeFormat[];
}

const writers = new Map<string, Writers>();

function writersOf(timezone: string): Writers {
  let known = writers.get(timezone);
  if (known) return known;
  try {
    const name = (locale: string) => new Intl.DateTimeFormat(locale, { timeZone: timezone, timeZoneName: "short" });
    known = {
      day: new Intl.DateTimeFormat("en-GB", {
        timeZone: timezone,
        day: "numeric",
        month: "long",
        year: "numeric",
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      }),
      names: [name("en-GB"), name("en-US"), name("en-AU"), name("en-IN")],
    };
  } catch {
    known = timezone === "UTC" ? undefined : writersOf("UTC");
  }
  if (!known) throw new Error("This runtime knows no time zones.");
  writers.set(timezone, known);
  return known;
}

/**
 * `20 November 2026, 03:09 CET`: a time in the reader's zone, with the zone's abbreviation.
 * An unknown zone is written as UTC. @param at milliseconds @param timezone IANA name
 */
export function localTimeText(at: number, timezone: string): string {
  const { day, names } = writersOf(timezone);
  const parts = new Map(day.formatToParts(at).map((part) => [part.type, part.value]));
  const date = `${parts.get("day")} ${parts.get("month")} ${parts.get("year")}`;
  return `${date}, ${parts.get("hour")}:${parts.get("minute")} ${zoneName(names, at)}`;
}

/** Each English region names its own zones; the first that has more than an offset wins. */
function zoneName(names: Intl.DateTimeFormat[], at: number): string {
  let offset = "UTC";
  for (const writer of names) {
    const name = writer.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "UTC";
    if (!/^(GMT|UTC)[+-]/.test(name)) return name;
    offset = name;
  }
  return offset;
}
