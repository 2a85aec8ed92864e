import { and, asc, desc, eq, getTableColumns, inArray, isNotNull, isNull, notInArray, or } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { DeliveryKind, ShownStatus } from "@/lib/core/delivery";
import type { Condition } from "@/lib/core/job";
import { database, type Tables } from "../client";
import { isOneOf } from "../literal";
import type { DeliveryRow } from "../stores/new-delivery";
import { type ClientLimit, isAboutClients } from "./client-scope";
import { type IdSpan, isInSpan, searchInPieces } from "./in-pieces";
import { textHas } from "./name-has";

export type AttemptRow = Tables["attempts"]["$inferSelect"];
export type EventRow = Tables["events"]["$inferSelect"];

/** A rule as the delivery page names it; without a profile, it is the job's own. */
export interface DeliveryRule {
  condition: Condition;
  profile: { id: string; name: string } | null;
}

/** A line of the delivery log: everything but the texts. */
export type DeliveryLine = Omit<DeliveryRow, "notification" | "text" | "payload" | "remaining"> & {
  eventType: string;
  jobId: string | null;
  runId: string | null;
  isTest: boolean;
};

export interface DeliveryFilters {
  status?: ShownStatus[];
  channelId?: string;
  eventId?: string;
  jobId?: string;
  runId?: string;
  kind?: DeliveryKind;
  /** Searched for in the title, and in the name of what the event is about. */
  text?: string;
  /** Types of events whose title, or subject, the caller does not get to see: a search finds nothing by it. */
  hiddenTexts?: { titles: readonly string[]; subjects: readonly string[] };
  withoutTests?: boolean;
  /** Types of events that the caller does not get to see. */
  hiddenTypes: readonly string[];
  /** Only about these clients and their jobs. */
  clientIds?: ClientLimit;
}

/** Newest first. */
export async function listDeliveries({
  span = {},
  limit,
  ...filters
}: { span?: IdSpan; limit: number } & DeliveryFilters): Promise<DeliveryLine[]> {
  if (filters.text === undefined) return await deliveriesOfSpan(filters, span, limit);
  const table = database().t.deliveries;
  return await searchInPieces({ table, id: table.id }, span, limit, (piece, most) =>
    deliveriesOfSpan(filters, piece, most),
  );
}

async function deliveriesOfSpan(page: DeliveryFilters, span: IdSpan, limit: number): Promise<DeliveryLine[]> {
  const { orm, t } = database();
  const { deliveries: d, events: e } = t;
  return await orm
    .select({ ...lineColumns(), eventType: e.type, jobId: e.jobId, runId: e.runId, isTest: e.isTest })
    .from(d)
    .innerJoin(e, eq(e.id, d.eventId))
    .where(
      and(
        isInSpan(d.id, span),
        page.text === undefined ? undefined : hasText(d, e, page.text, page.hiddenTexts),
        page.status?.length ? or(...page.status.map((status) => hasShownStatus(d, status))) : undefined,
        isAboutClients(e, page.clientIds),
        page.channelId ? eq(d.channelId, page.channelId) : undefined,
        page.eventId ? eq(d.eventId, page.eventId) : undefined,
        page.jobId ? eq(e.jobId, page.jobId) : undefined,
        page.runId ? eq(e.runId, page.runId) : undefined,
        page.kind ? eq(d.kind, page.kind) : undefined,
        page.withoutTests ? eq(e.isTest, false) : undefined,
        page.hiddenTypes.length > 0 ? notInArray(e.type, [...page.hiddenTypes]) : undefined,
      ),
    )
    .orderBy(desc(d.id))
    .limit(limit);
}

function hasText(
  d: Tables["deliveries"],
  e: Tables["events"],
  text: string,
  hidden: DeliveryFilters["hiddenTexts"] = { titles: [], subjects: [] },
) {
  const without = (types: readonly string[]) => (types.length > 0 ? notInArray(e.type, [...types]) : undefined);
  return or(
    and(textHas(d.title, text), without(hidden.titles)),
    and(textHas(e.subjectName, text), without(hidden.subjects)),
  );
}

/** What is shown as sent in part is stored as sent, with those that were refused. */
function hasShownStatus(d: Tables["deliveries"], status: ShownStatus) {
  if (status === "partial") return and(eq(d.status, "sent"), isNotNull(d.refused));
  return status === "sent" ? and(eq(d.status, "sent"), isNull(d.refused)) : eq(d.status, status);
}

/** Every column but the heavy ones: a list shows hundreds of rows. */
function lineColumns() {
  const {
    notification: _,
    text: __,
    payload: ___,
    remaining: ____,
    ...columns
  } = getTableColumns(database().t.deliveries);
  return columns;
}

/** One complete delivery with its event. */
export async function deliveryById(id: string): Promise<{ delivery: DeliveryRow; event: EventRow } | null> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ delivery: t.deliveries, event: t.events })
    .from(t.deliveries)
    .innerJoin(t.events, eq(t.events.id, t.deliveries.eventId))
    .where(eq(t.deliveries.id, id))
    .limit(1);
  return row ?? null;
}

/** In the order of the attempts. */
export async function attemptsOf(deliveryId: string): Promise<AttemptRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.attempts)
    .where(eq(t.attempts.deliveryId, deliveryId))
    .orderBy(asc(t.attempts.number));
}

/** How many carried deliveries are listed. */
const CARRIED_SHOWN = 200;

/** The deliveries that a digest, or an earlier message of the same problem, carries. */
export async function carriedBy(
  delivery: Pick<DeliveryRow, "id">,
): Promise<{ id: string; title: string; createdAt: number; eventType: string }[]> {
  const { orm, t } = database();
  const { deliveries: d, events: e } = t;
  return await orm
    .select({ id: d.id, title: d.title, createdAt: d.createdAt, eventType: e.type })
    .from(d)
    .innerJoin(e, eq(e.id, d.eventId))
    .where(
      and(
        isOneOf(d.status, "dead", "canceled", "folded", "held"),
        eq(d.status, "folded"),
        eq(d.foldedInto, delivery.id),
      ),
    )
    .orderBy(asc(d.id))
    .limit(CARRIED_SHOWN);
}

/** The rule that led to a delivery, with the profile that it is of; null when the rule was deleted. */
export async function ruleOfDelivery(ruleId: string): Promise<DeliveryRule | null> {
  const { orm, t } = database();
  const { jobNotifications: own, profileNotifications: n, profiles } = t;
  const [rule] = await orm.select({ condition: own.condition }).from(own).where(eq(own.id, ruleId)).limit(1);
  if (rule) return { ...rule, profile: null };
  const [row] = await orm
    .select({ condition: n.condition, profile: { id: profiles.id, name: profiles.name } })
    .from(n)
    .innerJoin(profiles, eq(profiles.id, n.profileId))
    .where(eq(n.id, ruleId))
    .limit(1);
  return row ?? null;
}

/** Names of the channels that were notified of these alerts, by alert. */
export async function channelsNotified(alertIds: string[]): Promise<Map<string, string[]>> {
  const notified = new Map<string, string[]>();
  if (alertIds.length === 0) return notified;
  const { orm, t } = database();
  const { deliveries: d } = t;
  const carrier = alias(d, "carrier");
  const rows = await orm
    .selectDistinct({ alertId: d.alertId, channelName: d.channelName })
    .from(d)
    .leftJoin(carrier, eq(carrier.id, d.foldedInto))
    .where(
      and(
        inArray(d.alertId, alertIds),
        inArray(d.kind, ["initial", "reminder", "escalation"]),
        isNotNull(d.alertId),
        or(eq(d.status, "sent"), and(eq(d.status, "folded"), eq(carrier.status, "sent"))),
      ),
    )
    .orderBy(asc(d.channelName));
  for (const { alertId, channelName } of rows) {
    if (alertId) notified.set(alertId, [...(notified.get(alertId) ?? []), channelName]);
  }
  return notified;
}
