/** The programs that keep repositories. */
export const REPOSITORY_KINDS = ["borg", "restic"] as const;
export type RepositoryKind = (typeof REPOSITORY_KINDS)[number];

/** How borg can encrypt a repository that is made; restic has one way. */
export const BORG_ENCRYPTIONS = ["repokey-blake2", "repokey", "authenticated-blake2", "none"] as const;

/** What is done to a whole repository on demand; also the kind of its run. */
export const REPOSITORY_TASKS = ["check", "compact", "prune"] as const;
export type RepositoryTask = (typeof REPOSITORY_TASKS)[number];

export const RETENTION_SPANS = ["last", "hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** How many archives a prune keeps: the newest, and the newest of so many hours, days and so on. */
export type Retention = Partial<Record<(typeof RETENTION_SPANS)[number], number>>;

/** Whether a run of this kind is about a whole repository. */
export function isRepositoryTask(kind: string): kind is RepositoryTask {
  return (REPOSITORY_TASKS as readonly string[]).includes(kind);
}
