import { group, type Least, type Rule, value, whole } from "../rule";

/** What answers are made of. */
export interface Entity {
  /** For the documentation. */
  title: string;
  /** Who sees that there is such a row. */
  row: Least;
  fields: Readonly<Record<string, Rule>>;
}

/** The answers of verbs, by the verb's name. */
export type Answers = Readonly<Record<string, Rule>>;

export const all = value("viewer");
export const operators = value("operator");
export const admins = value("admin");
export const wholly = whole("viewer");

/** Several values that everybody sees. */
export function shown(...names: string[]): Record<string, Rule> {
  return Object.fromEntries(names.map((name) => [name, all]));
}

export const own = { isOwn: true };
export const onlyId = group({ id: all });
export const runStarted = group({ runId: all });
