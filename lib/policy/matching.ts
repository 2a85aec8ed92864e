import { type MatchCondition, type Matcher, type MatchFacts, parseWeekTime } from "@/lib/core/matching";
import { spanEnd } from "@/lib/core/quiet-hours";
import { compareSeverity, SEVERITIES } from "@/lib/core/severity";

type Predicate = (facts: MatchFacts) => boolean;

/**
 * Makes the question whether a matcher takes something. Wildcards are compiled once; a value that makes no sense takes
 * nothing, whether inverted or not: a silence that a mistake widens would keep people from hearing.
 */
export function compileMatcher({ match, conditions }: Matcher): Predicate {
  const predicates = conditions.map(compileCondition);
  if (predicates.length === 0) return () => true;
  return match === "all"
    ? (facts) => predicates.every((takes) => takes(facts))
    : (facts) => predicates.some((takes) => takes(facts));
}

function compileCondition({ field, op, value, not }: MatchCondition): Predicate {
  const takes = predicateOf(field, op, value);
  if (!takes) return () => false;
  return not ? (facts) => !takes(facts) : takes;
}

function predicateOf(field: MatchCondition["field"], op: MatchCondition["op"], value: string): Predicate | null {
  const isLike = op === "matches" ? wildcard(value) : same(value);
  switch (field) {
    case "job":
      return ({ job }) => job !== null && (isLike(job.id) || isLike(job.name) || isLike(job.slug));
    case "client":
      return ({ client }) => client !== null && (isLike(client.id) || isLike(client.name));
    case "channel":
      return ({ channel }) => channel !== null && (isLike(channel.id) || isLike(channel.name));
    case "event":
      return ({ type }) => isLike(type);
    case "name":
      return ({ subject }) => isLike(subject.name);
    case "label":
      return ({ labels }) => labels.some(isLike);
    case "severity":
      return severityPredicate(op, value.toLowerCase());
    case "time":
      return timePredicate(value);
  }
}

function severityPredicate(op: MatchCondition["op"], value: string): Predicate | null {
  const least = SEVERITIES.find((severity) => severity === value);
  if (!least) return null;
  return op === "is" ? ({ severity }) => severity === least : ({ severity }) => compareSeverity(severity, least) >= 0;
}

function timePredicate(value: string): Predicate | null {
  const time = parseWeekTime(value);
  return time && (({ now }) => spanEnd(time, time.timezone ?? "UTC", now) !== null);
}

function same(value: string): (text: string) => boolean {
  const wanted = value.toLowerCase();
  return (text) => text === value || text.toLowerCase() === wanted;
}

/** Parts between stars are looked for from left to right, so that no pattern takes long. */
function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.toLowerCase().split("*");
  if (parts.length === 1 && !pattern.includes("?")) return same(pattern);
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  return (text) => {
    const lower = text.toLowerCase();
    if (last === undefined) return lower.length === first.length && isAt(lower, first, 0);
    if (lower.length < first.length + last.length || !isAt(lower, first, 0)) return false;
    const end = lower.length - last.length;
    if (!isAt(lower, last, end)) return false;
    let at = first.length;
    for (const part of rest) {
      while (at + part.length <= end && !isAt(lower, part, at)) at++;
      if (at + part.length > end) return false;
      at += part.length;
    }
    return true;
  };
}

/** `?` stands for any character. */
function isAt(text: string, part: string, at: number): boolean {
  for (let i = 0; i < part.length; i++) if (part[i] !== "?" && part[i] !== text[at + i]) return false;
  return true;
}
