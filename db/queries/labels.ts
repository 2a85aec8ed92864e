import { and, asc, count, eq, inArray, or, type SQL, sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { LabelFilter, LabelledKind, Labels } from "@/lib/core/label";
import { database } from "../client";

/** The labels of these things by id, keys in order; an empty map for what has none. */
export async function labelsOf(kind: LabelledKind, ids: readonly string[]): Promise<Map<string, Labels>> {
  const found = new Map<string, Labels>(ids.map((id) => [id, {}]));
  if (ids.length === 0) return found;
  const { orm, t } = database();
  const rows = await orm
    .select({ id: t.labels.subjectId, key: t.labels.key, value: t.labels.value })
    .from(t.labels)
    .where(and(eq(t.labels.subjectKind, kind), inArray(t.labels.subjectId, [...ids])))
    .orderBy(asc(t.labels.subjectId), asc(t.labels.key));
  for (const { id, key, value } of rows) (found.get(id) as Labels)[key] = value;
  return found;
}

/** A condition: the thing with that id has the label. None for no filter. */
export function hasLabel(kind: LabelledKind, id: PgColumn, filter: LabelFilter | undefined): SQL | undefined {
  if (!filter) return undefined;
  const { orm, t } = database();
  const { labels } = t;
  return inArray(
    id,
    orm
      .select({ id: labels.subjectId })
      .from(labels)
      .where(
        and(
          eq(labels.subjectKind, kind),
          eq(labels.key, filter.key),
          filter.value === null ? undefined : eq(labels.value, filter.value),
        ),
      ),
  );
}

export interface LabelUse {
  key: string;
  value: string;
  /** How many things have it. */
  count: number;
}

/** Labels in use, by key and value. @param start what the key, the value, or `key:value` begins with */
export async function labelsInUse(start: string, limit: number): Promise<LabelUse[]> {
  const { orm, t } = database();
  const { key, value } = t.labels;
  const pattern = `${start.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
  const begins = (text: SQL) => sql`${text} like ${pattern} escape '\\'`;
  const isWanted = start
    ? or(begins(sql`${key}`), begins(sql`lower(${value})`), begins(sql`${key} || ':' || lower(${value})`))
    : undefined;
  return await orm
    .select({ key, value, count: count() })
    .from(t.labels)
    .where(isWanted)
    .groupBy(key, value)
    .orderBy(asc(key), asc(value))
    .limit(limit);
}
