import { z } from "zod";
import { type ArtifactRow, findArtifact } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { queueRun } from "@/db/stores/runs";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { absolutePath } from "@/lib/jobs/config-fields";
import type { Source } from "@/lib/jobs/contract";
import { probe } from "@/lib/jobs/probe";
import { sourceKind } from "@/lib/jobs/registry";
import { resolveTarget } from "@/lib/jobs/restore";
import { toRunError } from "@/lib/jobs/run-error";
import { databaseName } from "@/lib/jobs/sources/postgres";
import { type StoredTarget, targetName } from "@/lib/jobs/target";
import { idField } from "@/lib/services/page";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";
import { requireRestorePath } from "./restore-path";

const target = z.union(
  [
    z.strictObject({ path: absolutePath, overwrite: z.boolean().optional() }),
    z.strictObject({ sourceId: idField, database: databaseName, overwrite: z.boolean().optional() }),
  ],
  { error: "Say where to: a path, or a source and a database." },
);

/**
 * Restores a stored backup. Nothing that is there is overwritten unless that is asked for, by an administrator,
 * and confirmed with the path or the database's name.
 */
export const artifactsRestore = defineVerb({
  name: "artifacts.restore",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField, target, confirm: z.string().max(4_096).optional() }),
  async run({ actor, now, audit }, { id, target: asked, confirm }) {
    const artifact = await findArtifact(id);
    if (!artifact) throw new AppError("not_found", "There is no such backup.");
    const kind = assertTargetFits(artifact, asked);
    const aimed = await assertAllowed(actor, asked);
    await assertTargetFree(actor, kind, aimed, confirm);
    const source = "sourceId" in aimed ? await findEndpoint("sources", aimed.sourceId) : null;
    const { name } = targetName(aimed, source?.name);
    const params = { artifactId: id, target: aimed };
    const row = queuedRun({ kind: "restore", jobId: artifact.jobId, name, params, actor, now });
    return { runId: await queueRun(row, audit("artifact", id, artifact.jobName, { target: aimed })) };
  },
});

function assertTargetFits(artifact: ArtifactRow, asked: StoredTarget): Source {
  const kind = sourceKind(artifact.sourceKind);
  if (!kind) {
    throw new AppError("invalid", "Backups of Belfry's configuration are restored in Settings, General.");
  }
  if ((kind.restoresTo === "database") === "sourceId" in asked) return kind;
  const message =
    kind.restoresTo === "database"
      ? "This backup goes into a database: name a source and a database."
      : "This backup goes to a path.";
  throw new AppError("invalid", "Some fields are invalid.", { fields: { target: message } });
}

async function assertAllowed(actor: Actor, asked: StoredTarget): Promise<StoredTarget> {
  if ("path" in asked) return { ...asked, path: await requireRestorePath(actor, asked.path) };
  if (!hasRole(actor, "admin")) {
    throw new AppError("forbidden", "Only administrators restore into a database server.");
  }
  const source = await findEndpoint("sources", asked.sourceId);
  if (source && sourceKind(source.kind)?.restoresTo === "database") return asked;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { "target.sourceId": source ? "This source is no database server." : "There is no such source." },
  });
}

/** Looks at the target as the run will, and asks before anything would be lost. */
async function assertTargetFree(
  actor: Actor,
  kind: Source,
  asked: StoredTarget,
  confirm: string | undefined,
): Promise<void> {
  const existingTarget = await findExistingTarget(kind, asked);
  if (existingTarget === null) return;
  const loss = `This would overwrite ${existingTarget}.`;
  if (!hasRole(actor, "admin")) {
    throw new AppError(
      asked.overwrite ? "forbidden" : "conflict",
      `${loss} Only an administrator may do that; choose a new place.`,
    );
  }
  const word = "path" in asked ? asked.path : asked.database;
  if (!asked.overwrite) throw new AppError("conflict", `${loss} To go on, set overwrite and confirm with ${word}`);
  if (confirm !== word) {
    throw new AppError("conflict", `${loss} Confirm it with ${word}`, { fields: { confirm: `Type ${word}` } });
  }
}

async function findExistingTarget(kind: Source, asked: StoredTarget): Promise<string | null> {
  try {
    const { aim, secrets } = await resolveTarget(asked);
    return await probe(secrets, (io) => kind.existingTarget(aim, io));
  } catch (error) {
    const { message, advice } = toRunError(error);
    const field = "path" in asked ? "target.path" : "target.database";
    const words = advice ? `${message} ${advice}` : message;
    throw new AppError("invalid", words, { fields: { [field]: words }, cause: error });
  }
}
