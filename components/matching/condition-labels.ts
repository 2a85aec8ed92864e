import type { ConditionField, MatchCondition, MatchMode } from "@/lib/core/matching";

export const FIELD_LABEL: Record<ConditionField, string> = {
  job: "Job",
  client: "Client",
  event: "Event",
  channel: "Channel",
  severity: "Severity",
  label: "Label",
  name: "Name",
  time: "Time",
};

/** What may stand in the value of a field. */
export const FIELD_HELP: Partial<Record<ConditionField, string>> = {
  job: "Name or id; * stands for any text",
  client: "Name or id",
  event: "For example backup.failed, or backup.*",
  channel: "Name or id",
  label: "key:value, for example env:prod, or env:*",
  name: "Of what the event is about; * stands for any text",
  time: "For example Mon-Fri 08:00-18:00 Europe/Berlin",
};

/** One condition in words: `Job is not “media”`. */
export function conditionText({ field, op, value, not }: MatchCondition): string {
  if (field === "time") return `Time is ${not ? "outside" : "within"} ${value}`;
  if (field === "severity" && op === "matches") return `Severity is ${not ? "below" : "at least"} “${value}”`;
  const verb = op === "is" ? (not ? "is not" : "is") : not ? "does not match" : "matches";
  return `${FIELD_LABEL[field]} ${verb} “${value}”`;
}

/** All conditions in words. */
export function matcherText(match: MatchMode, conditions: readonly MatchCondition[]): string {
  if (conditions.length === 0) return "Everything";
  return conditions.map(conditionText).join(match === "all" ? " and " : " or ");
}
