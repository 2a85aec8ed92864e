import { and, eq, gte, inArray, isNotNull, isNull, lt, notInArray, or, type SQL, sql } from "drizzle-orm";
import type { AlertStatus } from "@/lib/core/alert";
import type { SubjectKind } from "@/lib/core/event";
import { idsSince } from "@/lib/core/id";
import type { EntryStatus } from "@/lib/core/inbox";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { databaseHandle, type Tables } from "../client";
import { type ClientLimit, isAboutClients } from "./client-scope";
import { jsonText } from "./json-text";
import { textHas } from "./name-has";

type Alerts = Tables["alerts"];
type Events = Tables["events"];
type Reads = Tables["inboxReads"];

/** An entry of the inbox: an alert, or an event that touched none. */
export interface InboxEntry {
  id: string;
  type: string;
  title: string;
  message: string;
  subjectKind: SubjectKind;
  subjectId: string;
  subjectName: string;
  tone: Tone;
  severity: Severity;
  count: number;
  /** Milliseconds. */
  firstAt: number;
  lastAt: number;
  /** Null: it is an event. */
  alertStatus: AlertStatus | null;
  snoozedUntil: number | null;
  /** Where to read on, as a path in the console; null for an alert. */
  link: string | null;
  isRead: boolean;
}

/** Who reads, and up to when that reader has read everything, milliseconds. */
export interface InboxReader {
  id: string;
  readUpTo: number;
}

/** What a reader may not see, as types of events: at all, and by the part of the text that a search would give away. */
export interface HiddenFromReader {
  types: readonly string[];
  subjects: readonly string[];
  titles: readonly string[];
  messages: readonly string[];
  /** Everything but what is about these clients and their jobs; null: no limit. */
  clientIds?: ClientLimit;
}

export interface InboxFilters {
  /** `open`: alerts that are not resolved. */
  status?: EntryStatus | "open";
  severity?: Severity;
  /** Types of events. */
  types?: readonly string[];
  subject?: { kind: SubjectKind; id: string };
  subjectName?: string;
  /** In title, message or the subject's name. */
  text?: string;
}

// The conditions of the partial indexes, as they stand there: SQLite uses one only for a query that repeats it.
export const isOpenAlert = (a: Alerts) => sql`${a.status} <> 'resolved'`;
export const isResolvedAlert = (a: Alerts) => sql`${a.status} = 'resolved'`;
export const isEntryEvent = (e: Events) =>
  databaseHandle().kind === "sqlite"
    ? sql`${e.alertId} is null and ${e.isTest} = 0`
    : sql`${e.alertId} is null and not ${e.isTest}`;

export const PREFIX = { alerts: "alr", events: "evt" } as const;

/** The first id that the watermark does not cover. Created, not occurred: an event may be dated back. */
export function firstUnread(part: keyof typeof PREFIX, readUpTo: number): string {
  return idsSince(PREFIX[part], readUpTo + 1);
}

/** The join with the entries that a reader has read one by one. */
export function readBy(r: Reads, { id }: InboxReader, item: Alerts | Events): SQL | undefined {
  return and(eq(r.readerId, id), eq(r.itemId, item.id));
}

export function isUnread(r: Reads, reader: InboxReader, part: keyof typeof PREFIX, item: Alerts | Events) {
  return and(gte(item.id, firstUnread(part, reader.readUpTo)), isNull(r.itemId));
}

export function isReadAlready(r: Reads, reader: InboxReader, part: keyof typeof PREFIX, item: Alerts | Events) {
  return or(lt(item.id, firstUnread(part, reader.readUpTo)), isNotNull(r.itemId));
}

export function alertColumns(a: Alerts, r: Reads) {
  const { id, type, title, message, subjectKind, subjectId, subjectName, tone, severity, count, snoozedUntil } = a;
  return {
    id,
    type,
    title,
    message,
    subjectKind,
    subjectId,
    subjectName,
    tone,
    severity,
    count,
    snoozedUntil,
    firstAt: a.openedAt,
    lastAt: a.lastAt,
    alertStatus: a.status,
    readItem: r.itemId,
  };
}

/** Without the facts of the event: a list shows hundreds of rows. */
export function eventColumns(e: Events, r: Reads) {
  const { id, type, at, subjectKind, subjectId, subjectName, tone, severity, notification } = e;
  return { id, type, at, subjectKind, subjectId, subjectName, tone, severity, notification, readItem: r.itemId };
}

type RowOf<C extends Record<string, { _: { data: unknown } }>> = { [K in keyof C]: C[K]["_"]["data"] };
export type AlertEntryRow = Omit<RowOf<ReturnType<typeof alertColumns>>, "snoozedUntil" | "readItem"> & {
  snoozedUntil: number | null;
  readItem: string | null;
};
export type EventEntryRow = Omit<RowOf<ReturnType<typeof eventColumns>>, "readItem"> & { readItem: string | null };

export function entryOfAlert({ readItem, ...row }: AlertEntryRow, reader: InboxReader): InboxEntry {
  return { ...row, link: null, isRead: readItem !== null || row.id < firstUnread("alerts", reader.readUpTo) };
}

export function entryOfEvent({ readItem, at, notification, ...row }: EventEntryRow, reader: InboxReader): InboxEntry {
  return {
    ...row,
    title: notification.title,
    message: notification.message,
    count: 1,
    firstAt: at,
    lastAt: at,
    alertStatus: null,
    snoozedUntil: null,
    link: notification.link?.url ?? null,
    isRead: readItem !== null || row.id < firstUnread("events", reader.readUpTo),
  };
}

/** What a reader may see of alerts or events, and asked for. */
export function matches(
  part: keyof typeof PREFIX,
  item: Alerts | Events,
  filters: InboxFilters,
  hidden: HiddenFromReader,
): SQL | undefined {
  const { severity, types, subject, subjectName, text } = filters;
  return and(
    isAboutClients(item, hidden.clientIds),
    without(item, hidden.types),
    severity && eq(item.severity, severity),
    types && (types.length > 0 ? inArray(item.type, [...types]) : sql`1 = 0`),
    subject && and(eq(item.subjectKind, subject.kind), eq(item.subjectId, subject.id), without(item, hidden.subjects)),
    subjectName ? and(textHas(item.subjectName, subjectName), without(item, hidden.subjects)) : undefined,
    text ? hasText(part, item, text, hidden) : undefined,
  );
}

function without(item: Alerts | Events, types: readonly string[]): SQL | undefined {
  return types.length > 0 ? notInArray(item.type, [...types]) : undefined;
}

/** A search finds nothing by a text that its reader does not see. */
function hasText(part: keyof typeof PREFIX, item: Alerts | Events, text: string, hidden: HiddenFromReader) {
  const [title, message] = textsOf(part, item);
  return or(
    and(textHas(item.subjectName, text), without(item, hidden.subjects)),
    and(textHas(title, text), without(item, hidden.titles)),
    and(textHas(message, text), without(item, hidden.messages)),
  );
}

function textsOf(part: keyof typeof PREFIX, item: Alerts | Events) {
  if (part === "alerts") {
    const { title, message } = item as Alerts;
    return [title, message] as const;
  }
  const { notification } = item as Events;
  return [jsonText(notification, "title"), jsonText(notification, "message")] as const;
}
