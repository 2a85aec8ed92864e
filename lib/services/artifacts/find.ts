import { type ArtifactRow, findArtifact } from "@/db/queries/artifacts";
import type { MaybeActor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import type { Role } from "@/lib/core/role";
import { jobsOverOwnData } from "./own-data";

/** The least role that sees a backup, and so may download and restore it. */
export async function leastRoles(): Promise<(row: Pick<ArtifactRow, "jobId">) => Role> {
  const secret = await jobsOverOwnData();
  return ({ jobId }) => (jobId === null || secret.has(jobId) ? "admin" : "viewer");
}

/** Which backups a list leaves out, of the jobs named and of no job; null: none, for administrators. */
export async function hiddenBackupJobs(actor: MaybeActor): Promise<string[] | null> {
  return hasRole(actor, "admin") ? null : [...(await jobsOverOwnData())];
}

/**
 * A stored backup that the actor may see.
 * @throws AppError `not_found`, also for one that is not for the actor's role
 */
export async function requireArtifact(id: string, actor: MaybeActor): Promise<ArtifactRow> {
  const row = await findArtifact(id);
  if (!row || !hasRole(actor, (await leastRoles())(row))) throw new AppError("not_found", "There is no such backup.");
  return row;
}
