import { z } from "zod";
import { type ArtifactRow, findArtifact, listArtifacts, newestGoodBackups } from "@/db/queries/artifacts";
import { jobIdOf } from "@/db/queries/jobs";
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

const LATEST = "latest:";

/** A stored backup, by its id, or as the newest of a job that nobody doubts. */
export const artifactReference = z
  .string()
  .max(64 + LATEST.length, "This is not an id.")
  .regex(/^(?:latest:)?[\w-]{1,64}$/, "Enter an id, or latest: and a job's id or slug, such as latest:shop.")
  .meta({ description: "Its id, or `latest:` with the id or slug of a job: its newest backup that is not suspect" });

/** @param newest the newest backup of a job */
async function findReferred(
  reference: string,
  newest: (jobId: string) => Promise<ArtifactRow | null>,
): Promise<ArtifactRow | null> {
  if (!reference.startsWith(LATEST)) return await findArtifact(reference);
  const jobId = await jobIdOf(reference.slice(LATEST.length));
  return jobId === null ? null : await newest(jobId);
}

/**
 * A stored backup that the actor may see. @param reference see `artifactReference`
 * @throws AppError `not_found`, also for one that is not for the actor's role
 */
export async function requireArtifact(reference: string, actor: MaybeActor): Promise<ArtifactRow> {
  const good = async (jobId: string) => (await newestGoodBackups([jobId])).plausible.get(jobId) ?? null;
  return requireSeen(await findReferred(reference, good), actor);
}

/** The same; `latest:` is the newest backup of the job, also a suspect one. @throws AppError `not_found` */
export async function requireNewestArtifact(reference: string, actor: MaybeActor): Promise<ArtifactRow> {
  const newest = async (jobId: string) => (await listArtifacts({ jobId, limit: 1 }))[0] ?? null;
  return requireSeen(await findReferred(reference, newest), actor);
}

async function requireSeen(row: ArtifactRow | null, actor: MaybeActor): Promise<ArtifactRow> {
  if (!row || !hasRole(actor, (await leastRoles())(row))) throw new AppError("not_found", "There is no such backup.");
  return row;
}
