import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { type LabelledKind, type Labels, labelText } from "@/lib/core/label";
import { type Steps, step, stepPrepared, type Tx } from "../transact";

/**
 * Labels as `key:value`, in the order of their keys, by the id of what has them. What has none is left out.
 * One query; none for no ids.
 */
export function* readLabels(tx: Tx, kind: LabelledKind, ids: readonly string[]): Steps<Map<string, string[]>> {
  const texts = new Map<string, string[]>();
  if (ids.length === 0) return texts;
  const { labels } = tx.t;
  const read = (which: SQL | undefined) =>
    tx.orm
      .select({ id: labels.subjectId, key: labels.key, value: labels.value })
      .from(labels)
      .where(which)
      .orderBy(labels.subjectId, labels.key);
  const p = sql.placeholder;
  // Asked for with nearly every event, where a condition names a label.
  const rows =
    ids.length === 1
      ? yield* stepPrepared(
          tx,
          "labels_of",
          () => read(and(eq(labels.subjectKind, p("kind")), eq(labels.subjectId, p("id")))),
          { kind, id: ids[0] },
        )
      : yield* step(read(and(eq(labels.subjectKind, kind), inArray(labels.subjectId, [...ids]))));
  for (const { id, key, value } of rows) {
    const known = texts.get(id);
    if (known) known.push(labelText(key, value));
    else texts.set(id, [labelText(key, value)]);
  }
  return texts;
}

/**
 * Replaces all labels of one thing, in the transaction that changes, creates or removes it: that has locked the thing's
 * row, or holds its lock, so that two changes at once do not mix.
 */
export function* writeLabels(tx: Tx, kind: LabelledKind, id: string, map: Labels): Steps<void> {
  const { labels } = tx.t;
  yield* step(tx.orm.delete(labels).where(and(eq(labels.subjectKind, kind), eq(labels.subjectId, id))));
  const rows = Object.entries(map).map(([key, value]) => ({ subjectKind: kind, subjectId: id, key, value }));
  if (rows.length > 0) yield* step(tx.orm.insert(labels).values(rows));
}
