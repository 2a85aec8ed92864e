import type { z } from "zod";
import { closestName } from "./did-you-mean";

const TYPES: Record<string, string> = {
  string: "Enter a text.",
  number: "Enter a number.",
  int: "Enter a whole number.",
  boolean: "Enter true or false.",
  array: "Enter a list.",
  object: "Enter an object.",
  record: "Enter an object.",
  null: "Enter null.",
};

const FORMATS: Record<string, string> = {
  email: "Enter an email address.",
  url: "Enter an address such as https://example.org.",
  datetime: "Enter a time such as 2026-11-20T07:00:00Z.",
  date: "Enter a date such as 2026-11-20.",
  time: "Enter a time such as 07:00.",
  base64: "Send it in base64.",
  ipv4: "Enter an IPv4 address.",
  ipv6: "Enter an IPv6 address.",
};

const UNITS: Record<string, [one: string, many: string]> = {
  string: ["character", "characters"],
  array: ["entry", "entries"],
  set: ["entry", "entries"],
  file: ["byte", "bytes"],
};

/** The sentence for an issue where a schema says none of its own: zod's own texts name types and patterns. */
export const inputSentence: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "This field must be filled in.";
      return TYPES[issue.expected] ?? "This is not valid.";
    case "invalid_value":
      return oneOf(issue.values.map(String), issue.input);
    case "too_big":
      return size("At most", issue.maximum, issue.origin, issue.inclusive ?? true);
    case "too_small":
      return size("At least", issue.minimum, issue.origin, issue.inclusive ?? true);
    case "not_multiple_of":
      return `Enter a multiple of ${issue.divisor}.`;
    case "invalid_format":
      return FORMATS[issue.format] ?? "This does not have the right form.";
    case "unrecognized_keys":
      return `Not known here: ${issue.keys.join(", ")}.`;
    case "invalid_key":
      return "This name is not valid.";
    case "invalid_union":
      return issue.input === undefined
        ? "This field must be filled in."
        : "This has none of the forms that are possible here.";
    default:
      return "This is not valid.";
  }
};

function oneOf(allowed: readonly string[], input: unknown): string {
  if (allowed.length === 1) return `Only “${allowed[0]}” is possible here.`;
  const meant = typeof input === "string" ? closestName(input, allowed) : null;
  return `Choose one of: ${allowed.join(", ")}.${meant ? ` Did you mean “${meant}”?` : ""}`;
}

function size(least: string, limit: number | bigint, origin: string, isInclusive: boolean): string {
  const unit = UNITS[origin];
  const name = unit ? ` ${Number(limit) === 1 ? unit[0] : unit[1]}` : "";
  const number = limit.toLocaleString("en-US");
  if (isInclusive) return `${least} ${number}${name}.`;
  return `${least === "At most" ? "Less than" : "More than"} ${number}${name}.`;
}
