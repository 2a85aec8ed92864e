import { and, count, desc, eq, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { InboxPreferences } from "@/lib/core/inbox";
import { compareSeverity, type Severity } from "@/lib/core/severity";
import { database } from "../client";
import {
  alertColumns,
  entryOfAlert,
  entryOfEvent,
  eventColumns,
  type HiddenFromReader,
  type InboxEntry,
  type InboxFilters,
  type InboxReader,
  isEntryEvent,
  isOpenAlert,
  isReadAlready,
  isResolvedAlert,
  isUnread,
  matches,
  readBy,
} from "./inbox-entries";

export type { HiddenFromReader, InboxEntry, InboxFilters, InboxReader } from "./inbox-entries";

/** Its parts, in the order of the list. */
export const INBOX_SECTIONS = ["open", "events", "resolved"] as const;
export type InboxSection = (typeof INBOX_SECTIONS)[number];

/** After which entry a page begins. */
export interface InboxPosition {
  section: InboxSection;
  /** When the first page of this walk was read, milliseconds: what resolved since then keeps its place among the open ones. */
  since: number;
  /** Of an alert: its last occurrence. */
  lastAt: number;
  id: string;
}

export interface InboxPage {
  reader: InboxReader;
  hidden: HiddenFromReader;
  filters: InboxFilters;
  after: InboxPosition | null;
  limit: number;
  now: number;
}

/** With a filter, a page looks at so many entries of a section at most, so that a rare one keeps nobody waiting. */
const LOOKED_AT = 20_000;

interface Part {
  section: InboxSection;
  after: InboxPosition | null;
  /** The last entry that is looked at; null: all are. */
  end: InboxPosition | null;
  limit: number;
}

/**
 * One page of the inbox: open alerts, the last occurrence first, then events that touched no alert, newest first, then
 * resolved alerts as the open ones. An alert that occurs again meanwhile moves to the top, out of the pages that follow.
 * @returns `next`: after which entry the next page begins, null at the end. With filters a page may be short of entries,
 * or empty, and go on.
 */
export async function readInbox(page: InboxPage): Promise<{ entries: InboxEntry[]; next: InboxPosition | null }> {
  const { filters, after, limit, now } = page;
  const since = after?.since ?? now;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const entries: { section: InboxSection; entry: InboxEntry }[] = [];
  for (const section of INBOX_SECTIONS.slice(INBOX_SECTIONS.indexOf(after?.section ?? "open"))) {
    if (!mayHold(section, filters.status)) continue;
    const own = after?.section === section ? after : null;
    const end = isFiltered ? await lastLookedAt(section, own, since) : null;
    const part: Part = { section, after: own, end, limit: limit + 1 - entries.length };
    const found = section === "events" ? await eventsOf(page, part) : await alertsOf(page, part);
    entries.push(...found.map((entry) => ({ section, entry })));
    if (entries.length > limit) {
      const last = entries[limit - 1];
      const shown = entries.slice(0, limit).map(({ entry }) => entry);
      return { entries: shown, next: last ? positionOf(last.section, last.entry, since) : null };
    }
    if (end) return { entries: entries.map(({ entry }) => entry), next: end };
  }
  return { entries: entries.map(({ entry }) => entry), next: null };
}

function positionOf(section: InboxSection, { lastAt, id }: InboxEntry, since: number): InboxPosition {
  return { section, since, lastAt, id };
}

/** Which sections can hold entries of a status. */
function mayHold(section: InboxSection, status: InboxFilters["status"]): boolean {
  if (status === undefined) return true;
  if (section === "resolved") return status === "resolved";
  if (section === "events") return status === "new" || status === "read";
  return status !== "resolved";
}

/** Beyond `LOOKED_AT` entries of a section: where this page ends in any case. */
async function lastLookedAt(
  section: InboxSection,
  after: InboxPosition | null,
  since: number,
): Promise<InboxPosition | null> {
  const { orm, t } = database();
  const { alerts: a, events: e } = t;
  const [row] =
    section === "events"
      ? await orm
          .select({ id: e.id, lastAt: e.at })
          .from(e)
          .where(and(isEntryEvent(e), after ? sql`${e.id} < ${after.id}` : undefined))
          .orderBy(desc(e.id))
          .limit(1)
          .offset(LOOKED_AT - 1)
      : await orm
          .select({ id: a.id, lastAt: a.lastAt })
          .from(a)
          .where(and(section === "open" ? isOpenAlert(a) : isResolvedAlert(a), isAfter(after)))
          .orderBy(desc(a.lastAt), desc(a.id))
          .limit(1)
          .offset(LOOKED_AT - 1);
  return row ? { section, since, ...row } : null;
}

function isAfter(after: InboxPosition | null): SQL | undefined {
  const { alerts: a } = database().t;
  return after ? sql`(${a.lastAt}, ${a.id}) < (${after.lastAt}, ${after.id})` : undefined;
}

async function eventsOf({ reader, hidden, filters }: InboxPage, { after, end, limit }: Part): Promise<InboxEntry[]> {
  const { orm, t } = database();
  const { events: e, inboxReads: r } = t;
  const rows = await orm
    .select(eventColumns(e, r))
    .from(e)
    .leftJoin(r, readBy(r, reader, e))
    .where(
      and(
        isEntryEvent(e),
        after ? sql`${e.id} < ${after.id}` : undefined,
        end ? sql`${e.id} >= ${end.id}` : undefined,
        matches("events", e, filters, hidden),
        filters.status === "new" ? isUnread(r, reader, "events", e) : undefined,
        filters.status === "read" ? isReadAlready(r, reader, "events", e) : undefined,
      ),
    )
    .orderBy(desc(e.id))
    .limit(limit);
  return rows.map((row) => entryOfEvent(row, reader));
}

async function alertsOf(page: InboxPage, part: Part): Promise<InboxEntry[]> {
  const { alerts: a } = database().t;
  const { section, after } = part;
  // A walk through the pages that began before an alert resolved has it among the open ones, once.
  if (section === "resolved")
    return alertRows(page, part, and(isResolvedAlert(a), page.after ? lte(a.resolvedAt, page.after.since) : undefined));
  const open = await alertRows(page, part, isOpenAlert(a));
  if (!after || page.filters.status !== undefined) return open;
  const resolved = await alertRows(page, part, and(isResolvedAlert(a), gt(a.resolvedAt, after.since)));
  return [...open, ...resolved].sort((x, y) => y.lastAt - x.lastAt || (x.id < y.id ? 1 : -1)).slice(0, part.limit);
}

async function alertRows(
  { reader, hidden, filters }: InboxPage,
  { after, end, limit }: Part,
  section: SQL | undefined,
): Promise<InboxEntry[]> {
  const { orm, t } = database();
  const { alerts: a, inboxReads: r } = t;
  const { status } = filters;
  const rows = await orm
    .select(alertColumns(a, r))
    .from(a)
    .leftJoin(r, readBy(r, reader, a))
    .where(
      and(
        section,
        isAfter(after),
        end ? sql`(${a.lastAt}, ${a.id}) >= (${end.lastAt}, ${end.id})` : undefined,
        matches("alerts", a, filters, hidden),
        status === "new" || status === "read" ? eq(a.status, "firing") : undefined,
        status === "acknowledged" ? eq(a.status, "acknowledged") : undefined,
        status === "new" ? isUnread(r, reader, "alerts", a) : undefined,
        status === "read" ? isReadAlready(r, reader, "alerts", a) : undefined,
      ),
    )
    .orderBy(desc(a.lastAt), desc(a.id))
    .limit(limit);
  return rows.map((row) => entryOfAlert(row, reader));
}

/** Up to when a reader has read everything, milliseconds; 0 when never. */
export async function readUpTo(readerId: string): Promise<number> {
  const { orm, t } = database();
  const { inboxWatermarks: w } = t;
  const [row] = await orm.select({ at: w.readUpTo }).from(w).where(eq(w.readerId, readerId)).limit(1);
  return row?.at ?? 0;
}

/** One entry; null for an id of none, or of an event that belongs to an alert. */
export async function findEntry(id: string, reader: InboxReader): Promise<InboxEntry | null> {
  const { orm, t } = database();
  const { alerts: a, events: e, inboxReads: r } = t;
  const [alert] = await orm
    .select(alertColumns(a, r))
    .from(a)
    .leftJoin(r, readBy(r, reader, a))
    .where(eq(a.id, id))
    .limit(1);
  if (alert) return entryOfAlert(alert, reader);
  const [event] = await orm
    .select(eventColumns(e, r))
    .from(e)
    .leftJoin(r, readBy(r, reader, e))
    .where(and(eq(e.id, id), isEntryEvent(e)))
    .limit(1);
  return event ? entryOfEvent(event, reader) : null;
}

/** More open alerts than this are no longer looked at one by one: the newest say how bad it is. */
const MOST_OPEN = 1_000;

/** The worst severity among the open alerts that a reader may see and that are not snoozed; null: nothing is wrong. */
export async function worstOpen(hidden: HiddenFromReader, now: number): Promise<Severity | null> {
  const { orm, t } = database();
  const { alerts: a } = t;
  const newest = orm
    .select({ severity: a.severity })
    .from(a)
    .where(and(isOpenAlert(a), or(isNull(a.snoozedUntil), lte(a.snoozedUntil, now)), matches("alerts", a, {}, hidden)))
    .orderBy(desc(a.id))
    .limit(MOST_OPEN)
    .as("newest_open");
  const found = await orm.selectDistinct({ severity: newest.severity }).from(newest);
  return (
    found
      .map(({ severity }) => severity)
      .toSorted(compareSeverity)
      .at(-1) ?? null
  );
}

/** What a badge counts, with the types of events that it leaves out. */
export interface CountedEntries {
  reader: InboxReader;
  counts: InboxPreferences["counts"];
  hidden: HiddenFromReader;
  /** Null: of all types. */
  types: readonly string[] | null;
  now: number;
  /** Counts no further. */
  limit: number;
}

/** Counts what is unread, not resolved and not snoozed. Events without an alert count only among everything. */
export async function countUnread({ reader, counts, hidden, types, now, limit }: CountedEntries): Promise<number> {
  const { orm, t } = database();
  const { alerts: a, events: e, inboxReads: r } = t;
  const filters = types ? { types } : {};
  const alerts = orm
    .select({ id: a.id })
    .from(a)
    .leftJoin(r, readBy(r, reader, a))
    .where(
      and(
        isOpenAlert(a),
        isUnread(r, reader, "alerts", a),
        or(isNull(a.snoozedUntil), lte(a.snoozedUntil, now)),
        matches("alerts", a, filters, hidden),
      ),
    )
    .limit(limit)
    .as("unread_alerts");
  const [problems] = await orm.select({ n: count() }).from(alerts);
  const found = Number(problems?.n ?? 0);
  if (counts === "problems" || found >= limit) return found;
  const events = orm
    .select({ id: e.id })
    .from(e)
    .leftJoin(r, readBy(r, reader, e))
    .where(and(isEntryEvent(e), isUnread(r, reader, "events", e), matches("events", e, filters, hidden)))
    .limit(limit - found)
    .as("unread_events");
  const [others] = await orm.select({ n: count() }).from(events);
  return found + Number(others?.n ?? 0);
}
