import type { Role } from "@/lib/core/role";
import type { Permission } from "../permission";

/** An answer's row: what the fields beside a field say. */
export type AnswerRow = Readonly<Record<string, unknown>>;

/** What the table must know of declarations that it may not import. */
export interface VisibilityFacts {
  /** True when messages or answers of a service may name people; also for one that is not known. */
  namesPeople(provider: string): boolean;
}

/** A least role that depends on the row. */
export interface RoleCondition {
  /** How, for the documentation. */
  text: string;
  leastOf(row: AnswerRow, facts: VisibilityFacts): Role;
}

export type Least = Permission | RoleCondition;

/** One value. A value with parts is seen or hidden as a whole. */
interface ValueRule {
  kind: "value";
  least: Least;
  /** Takes its place where it is hidden; null by default. */
  hidden: unknown | ((row: AnswerRow, least: Role) => unknown);
  /** The person whom the row is about sees it too. */
  isOwn: boolean;
  /** True: the value has parts, which share this rule. */
  isWhole: boolean;
}

/** A group of values within a row. */
interface GroupRule {
  kind: "group";
  fields: Readonly<Record<string, Rule>>;
}

interface ListRule {
  kind: "list";
  item: Rule;
}

/** A row of the table. */
interface EntityRule {
  kind: "entity";
  name: string;
}

export type Rule = ValueRule | GroupRule | ListRule | EntityRule;

interface ValueOptions {
  hidden?: unknown | ((row: AnswerRow, least: Role) => unknown);
  isOwn?: boolean;
}

/** A value that callers of the least role see; others get null, or what `hidden` says. */
export function value(least: Least, { hidden = null, isOwn = false }: ValueOptions = {}): Rule {
  return { kind: "value", least, hidden, isOwn, isWhole: false };
}

/** A value with parts, seen or hidden as a whole. */
export function whole(least: Least, { hidden = null, isOwn = false }: ValueOptions = {}): Rule {
  return { kind: "value", least, hidden, isOwn, isWhole: true };
}

/** What stands in place of a text that the caller may not see. */
const HIDDEN_TEXTS: Record<Role, string> = {
  viewer: "",
  operator: "Shown to operators and administrators.",
  admin: "Shown to administrators.",
};

/** A text of somebody's own words: those who may not see its parts get a sentence in place of the whole. */
export function text(least: Least): Rule {
  return value(least, { hidden: (_: AnswerRow, role: Role) => HIDDEN_TEXTS[role] });
}

export function group(fields: Readonly<Record<string, Rule>>): Rule {
  return { kind: "group", fields };
}

export function list(item: Rule): Rule {
  return { kind: "list", item };
}

/** @param name of an entity of the table */
export function entity(name: string): Rule {
  return { kind: "entity", name };
}

/** The answer of a list. */
export function pageOfEntity(name: string): Rule {
  return group({ items: list(entity(name)), nextCursor: value("viewer") });
}
