import { and, eq, inArray, isNotNull, isNull, or } from "drizzle-orm";
import { REPOSITORY_TASKS } from "@/lib/core/repository";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { RepositorySlotRow } from "../stores/repository-slots";
import type { RepositoryRow } from "./repositories";
import type { RunRow } from "./runs";

export type { RepositorySlotRow };

/** Repositories with a schedule of any task. */
export async function scheduledRepositories(): Promise<RepositoryRow[]> {
  const { orm, t } = database();
  const { repositories: r } = t;
  return await orm
    .select()
    .from(r)
    .where(or(isNotNull(r.checkCron), isNotNull(r.compactCron), isNotNull(r.pruneCron)));
}

/** When every scheduled task is due next. */
export async function allRepositorySlots(): Promise<RepositorySlotRow[]> {
  const { orm, t } = database();
  return await orm.select().from(t.repositorySlots);
}

/** Scheduled runs of tasks that have not begun. */
export async function queuedRepositorySlots(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "queued"),
        inArray(runs.kind, [...REPOSITORY_TASKS]),
        isNotNull(runs.dueAt),
        isNull(runs.startedAt),
      ),
    );
}
