import { and, eq } from "drizzle-orm";
import type { RepositoryTask } from "@/lib/core/repository";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";
import { insertRun, queuedRunLike, type RunRow } from "./runs";

export type RepositorySlotRow = Tables["repositorySlots"]["$inferSelect"];

/** A due time that a scheduler takes, and the one after it. */
interface TakenSlot {
  repositoryId: string;
  task: RepositoryTask;
  dueAt: number;
  /** Null: the schedule has none any more. */
  nextAt: number | null;
}

/** Sets when a scheduled task is due next: of a schedule that is new or was changed. */
export function putRepositorySlot(row: RepositorySlotRow): Promise<void> {
  return transact([], function* (tx) {
    const { repositorySlots: s } = tx.t;
    yield* step(
      tx.orm
        .insert(s)
        .values(row)
        .onConflictDoUpdate({ target: [s.repositoryId, s.task], set: row }),
    );
  });
}

/** Forgets the due time of a task that has no schedule any more. */
export function removeRepositorySlot({ repositoryId, task }: Pick<RepositorySlotRow, "repositoryId" | "task">) {
  return transact([], function* (tx) {
    const { repositorySlots: s } = tx.t;
    yield* step(tx.orm.delete(s).where(and(eq(s.repositoryId, repositoryId), eq(s.task, task))));
  });
}

/** Queues a run for a due slot; where one waits already, the slot joins it. Does nothing when another scheduler took it. */
export function takeRepositorySlot(slot: TakenSlot, run: RunRow): Promise<void> {
  return transact([`job-runs:${slot.repositoryId}`], function* (tx) {
    if (!(yield* advance(tx, slot))) return;
    if ((yield* queuedRunLike(tx, run)) === null) yield* insertRun(tx, run);
  });
}

/** Records slots that passed without a run: the schedule goes on after them. */
export function recordMissedRepositorySlots(slot: TakenSlot): Change {
  return { apply: (tx) => advance(tx, slot) };
}

/** Puts a due time that cannot be right where the schedule has it, while it is still the one that was read. */
export function correctRepositorySlot(slot: TakenSlot): Promise<boolean> {
  return transact([], (tx) => advance(tx, slot));
}

function* advance(tx: Tx, { repositoryId, task, dueAt, nextAt }: TakenSlot): Steps<boolean> {
  const { repositorySlots: s } = tx.t;
  const isIt = and(eq(s.repositoryId, repositoryId), eq(s.task, task), eq(s.nextAt, dueAt));
  const rows =
    nextAt === null
      ? yield* step(tx.orm.delete(s).where(isIt).returning({ task: s.task }))
      : yield* step(tx.orm.update(s).set({ nextAt }).where(isIt).returning({ task: s.task }));
  return rows.length > 0;
}
