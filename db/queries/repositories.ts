import { and, asc, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import type { RepositoryRow, RepositoryStateRow } from "../stores/repositories";
import { nameHas } from "./name-has";

export type { RepositoryRow };

/** A repository with what is known of its contents; null: it was not read yet. */
export interface RepositoryWithState {
  repository: RepositoryRow;
  state: RepositoryStateRow | null;
}

/** In order of creation. */
export async function listRepositories(page: {
  cursor?: string;
  limit: number;
  /** Searched for in the name. */
  q?: string;
}): Promise<RepositoryWithState[]> {
  const { orm, t } = database();
  const { repositories: r, repositoryStates: s } = t;
  return await orm
    .select({ repository: r, state: s })
    .from(r)
    .leftJoin(s, eq(s.repositoryId, r.id))
    .where(and(page.cursor ? gt(r.id, page.cursor) : undefined, nameHas(r.name, page.q)))
    .orderBy(asc(r.id))
    .limit(page.limit);
}

export async function findRepository(id: string): Promise<RepositoryWithState | null> {
  const { orm, t } = database();
  const { repositories: r, repositoryStates: s } = t;
  const [row] = await orm
    .select({ repository: r, state: s })
    .from(r)
    .leftJoin(s, eq(s.repositoryId, r.id))
    .where(eq(r.id, id))
    .limit(1);
  return row ?? null;
}

/** The jobs that store their backups in these repositories. */
export async function jobsOfRepositories(
  ids: readonly string[],
): Promise<{ repositoryId: string; id: string; name: string }[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  const rows = await orm
    .select({ repositoryId: t.jobs.repositoryId, id: t.jobs.id, name: t.jobs.name })
    .from(t.jobs)
    .where(inArray(t.jobs.repositoryId, [...ids]))
    .orderBy(t.jobs.name);
  return rows.flatMap(({ repositoryId, ...job }) => (repositoryId ? [{ repositoryId, ...job }] : []));
}

/** Names in the order asked for; removed ones are left out. */
export async function repositoryNames(ids: readonly string[]): Promise<string[]> {
  const names = await repositoryNamesById(ids);
  return ids.flatMap((id) => names.get(id) ?? []);
}

export async function repositoryNamesById(ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const { id, name } = t.repositories;
  const rows = await orm
    .select({ id, name })
    .from(t.repositories)
    .where(inArray(id, [...ids]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Whether a run works on a repository now. */
export async function isRepositoryBusy(id: string): Promise<boolean> {
  const { orm, t } = database();
  const running = await orm
    .select({ id: t.runs.id })
    .from(t.runs)
    .where(and(eq(t.runs.repositoryId, id), eq(t.runs.status, "running")))
    .limit(1);
  return running.length > 0;
}

/** Every stored repository, to compare names, locations and schedules. */
export async function allRepositories(): Promise<RepositoryRow[]> {
  const { orm, t } = database();
  return await orm.select().from(t.repositories).orderBy(asc(t.repositories.id)).limit(10_000);
}
