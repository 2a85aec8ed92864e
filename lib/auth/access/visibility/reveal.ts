import { AppError } from "@/lib/core/errors";
import type { MaybeActor } from "../actor";
import { hasRole, type Permission } from "../permission";
import type { AnswerRow, Least, Rule, VisibilityFacts } from "./rule";
import { ANSWERS, ENTITIES } from "./table";

/** In place of a row that the caller does not see. */
const GONE = Symbol("gone");

interface Reader {
  actor: MaybeActor;
  facts: VisibilityFacts;
}

/**
 * The answer of a verb as its caller may see it, by the table. What the table does not name is left out for everyone but
 * administrators, who see everything.
 * @param verb its name
 * @throws AppError `not_found` when the caller may not see the row at all; `internal` for a verb that the table does not name
 */
export function reveal<T>(verb: string, answer: T, actor: MaybeActor, facts: VisibilityFacts): T {
  if (hasRole(actor, "admin")) return answer;
  const rule = ANSWERS[verb];
  if (!rule) throw new AppError("internal", `Nothing says who may see the answer of ${verb}.`);
  const shown = show(rule, answer, {}, { actor, facts });
  if (shown === GONE) throw new AppError("not_found", "There is no such thing.");
  return shown as T;
}

/** Whether the caller sees a value of that least role in a row. */
export function sees(actor: MaybeActor, least: Least, row: AnswerRow, facts: VisibilityFacts): boolean {
  const role = leastIn(least, row, facts);
  return role === "anyone" || hasRole(actor, role);
}

function show(rule: Rule, value: unknown, row: AnswerRow, reader: Reader): unknown {
  if (value === null || value === undefined) return value;
  switch (rule.kind) {
    case "value":
      return showValue(rule, value, row, reader);
    case "group":
      return showGroup(rule.fields, value as AnswerRow, row, reader);
    case "list":
      return (value as unknown[]).map((item) => show(rule.item, item, row, reader)).filter((item) => item !== GONE);
    case "entity": {
      const found = ENTITIES[rule.name];
      const own = value as AnswerRow;
      if (!found || !sees(reader.actor, found.row, own, reader.facts)) return GONE;
      return showGroup(found.fields, own, own, reader);
    }
  }
}

function showValue(
  rule: Extract<Rule, { kind: "value" }>,
  value: unknown,
  row: AnswerRow,
  { actor, facts }: Reader,
): unknown {
  const least = leastIn(rule.least, row, facts);
  const isAllowed: boolean = least === "anyone" || hasRole(actor, least);
  if (isAllowed) return value;
  if (rule.isOwn && actor?.kind === "user" && actor.id === row.id) return value;
  return typeof rule.hidden === "function" ? rule.hidden(row, least) : rule.hidden;
}

function showGroup(
  fields: Readonly<Record<string, Rule>>,
  value: AnswerRow,
  row: AnswerRow,
  reader: Reader,
): AnswerRow {
  const shown: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!rule) continue;
    const seen = show(rule, part, row, reader);
    if (seen !== undefined) shown[name] = seen === GONE ? null : seen;
  }
  return shown;
}

function leastIn(least: Least, row: AnswerRow, facts: VisibilityFacts): Permission {
  return typeof least === "string" ? least : least.leastOf(row, facts);
}

/** Paths within an answer that the table does not name. Empty when every part has its rule. */
export function undeclaredIn(rule: Rule, value: unknown, path = ""): string[] {
  if (value === null || value === undefined) return [];
  switch (rule.kind) {
    case "value":
      return typeof value === "object" && !rule.isWhole ? [`${path}: has parts`] : [];
    case "list":
      return Array.isArray(value) ? value.flatMap((item) => undeclaredIn(rule.item, item, `${path}[]`)) : [path];
    case "group":
    case "entity": {
      const fields = rule.kind === "group" ? rule.fields : (ENTITIES[rule.name]?.fields ?? {});
      return Object.entries(value).flatMap(([name, part]) => {
        const found = Object.hasOwn(fields, name) ? fields[name] : undefined;
        return found ? undeclaredIn(found, part, `${path}.${name}`) : [`${path}.${name}`];
      });
    }
  }
}
