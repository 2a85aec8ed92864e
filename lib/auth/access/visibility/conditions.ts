import { quotesService, type ReasonCode, reasonSentence } from "@/lib/core/delivery-reason";
import type { Role } from "@/lib/core/role";
import { highest } from "../permission";
import { type EventVisibility, eventVisibility } from "./events";
import type { AnswerRow, RoleCondition } from "./rule";

type Part = keyof EventVisibility;

/** The type of the event that a row is, or is about. */
function typeOf(row: AnswerRow): string {
  return String(row.eventType ?? row.type);
}

function roleOf(type: unknown, part: Part): Role {
  const found = eventVisibility(String(type));
  return highest(found[part], found.row);
}

/** What a digest carries, as far as the row says: one that says nothing, or not everything, is for administrators. */
function carried(row: AnswerRow, part: Part): Role {
  const count = typeof row.foldedCount === "number" ? row.foldedCount : 0;
  if (count === 0) return "viewer";
  const known = Array.isArray(row.carries) ? (row.carries as AnswerRow[]) : [];
  if (known.length < count) return "admin";
  return known.map(({ eventType }) => roleOf(eventType, part)).reduce(highest, "viewer");
}

/** By the type of the event, as the table of events says. */
export function ofEvent(part: Part): RoleCondition {
  return { text: `by the event: its ${part}`, leastOf: (row) => roleOf(typeOf(row), part) };
}

/** The text that was sent: a digest names others than its own event. */
export function ofMessage(part: "message" | "facts"): RoleCondition {
  return {
    text: `by the event: its ${part}; of a digest, also by the titles that it names`,
    leastOf: (row) => highest(roleOf(typeOf(row), part), carried(row, "title")),
  };
}

/** A digest's title is a number. */
export const titleOfDelivery: RoleCondition = {
  text: "by the event: its title; of a digest, everybody",
  leastOf: (row) => (row.kind === "digest" ? "viewer" : roleOf(typeOf(row), "title")),
};

/** Of a service that names people, everything that it is sent and says may hold their addresses. */
export const ofService: RoleCondition = {
  text: "operator; admin where the service may name people",
  leastOf: (row, { namesPeople }) => (namesPeople(String(row.provider)) ? "admin" : "operator"),
};

/** What was sent, and what the service said to it, which may repeat it. */
export const ofPayload: RoleCondition = {
  text: "operator; admin where the service may name people, and by the events that it carries: their payload",
  leastOf: (row, facts) =>
    [roleOf(typeOf(row), "payload"), carried(row, "payload"), ofService.leastOf(row, facts)].reduce(highest, "viewer"),
};

/** Only some reasons quote the service. */
export const ofReason: RoleCondition = {
  text: `everybody, without the service's words; these: ${ofPayload.text}`,
  leastOf: (row, facts) => (quotesService(reasonCodeOf(row)) ? ofPayload.leastOf(row, facts) : "viewer"),
};

/** The reason without the service's words. */
export function plainReason(row: AnswerRow): string | null {
  const code = reasonCodeOf(row);
  return code === null ? null : reasonSentence(code);
}

function reasonCodeOf({ reasonCode }: AnswerRow): ReasonCode | null {
  return (reasonCode as ReasonCode | null | undefined) ?? null;
}

/** A key that says more than its type and its subject: a recipient, an address, a caller's own word. */
export const ofKey: RoleCondition = {
  text: "everybody; one with more than type and subject: by the event, its message",
  leastOf: (row) => {
    const { id } = row.subject as { id: string };
    return row.dedupKey === `${row.type}:${id}` && roleOf(row.type, "subject") === "viewer"
      ? "viewer"
      : highest("operator", roleOf(row.type, "message"));
  },
};

/** A restore is named by the path or the database that it goes to. */
export const ofRunName: RoleCondition = {
  text: "everybody; of a restore, operator",
  leastOf: ({ kind }) => (kind === "restore" ? "operator" : "viewer"),
};

/** Nothing but the word of Belfry stands there for a canceled run. */
export const ofRunError: RoleCondition = {
  text: "operator; that a run was canceled, everybody",
  leastOf: ({ error }) => (error === "Canceled." ? "viewer" : "operator"),
};

/** Backups of the configuration are for administrators, and so is that they are made. */
export const ofRun: RoleCondition = {
  text: "everybody; backups of the configuration, admin",
  leastOf: ({ kind }) => (kind === "config_backup" ? "admin" : "viewer"),
};

/** The role that the view found for a backup. */
export const ofArtifact: RoleCondition = {
  text: "everybody; backups of the configuration and of Belfry's own database, admin",
  leastOf: ({ leastRole }) => (leastRole === "viewer" || leastRole === "operator" ? leastRole : "admin"),
};
