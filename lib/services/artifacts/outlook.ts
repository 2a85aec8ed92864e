import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { RESTORE_MODES } from "@/lib/core/restore-mode";
import { freeBytesNear, lackOfSpace } from "@/lib/jobs/free-space";
import { probe } from "@/lib/jobs/probe";
import { resolveTarget } from "@/lib/jobs/restore";
import { toRunError } from "@/lib/jobs/run-error";
import { storedArtifact } from "@/lib/jobs/stored-artifact";
import { defineVerb } from "@/lib/services/verb";
import { artifactReference, requireArtifact } from "./find";
import { assertAllowed, assertTargetFits, restoreTarget } from "./restore";

export const outlookSchema = z.object({
  /** What would be overwritten; null: nothing exists there. */
  overwrites: z.string().nullable(),
  /** What stays beside the restored, a sentence each. */
  stays: z.array(z.string()),
  /** What cannot come back there, a sentence each. */
  cannot: z.array(z.string()),
  /** How what fails can be dealt with; the first is the default there. */
  modes: z.array(z.enum(RESTORE_MODES)),
});

/** What a restore would overwrite, leave and not bring back. Changes nothing. */
export const artifactsOutlook = defineVerb({
  name: "artifacts.outlook",
  permission: "operator",
  changes: false,
  input: z.object({ id: artifactReference, target: restoreTarget }),
  async run({ actor }, { id, target: requested }): Promise<z.infer<typeof outlookSchema>> {
    const artifact = await requireArtifact(id, actor);
    const kind = assertTargetFits(artifact, requested);
    const allowed = await assertAllowed(actor, artifact, requested);
    try {
      const stored = await storedArtifact(artifact);
      const { target, secrets } = await resolveTarget(allowed, artifact.sourceKind);
      return await probe([...stored.secrets, ...secrets], async (io) => {
        const backup = stored.peek(io);
        const overwrites = await kind.existingTarget(target, io);
        const outlook = await kind.outlook(backup, target, io);
        const lack = "path" in target ? await lackAt(target.path, artifact) : null;
        return {
          overwrites,
          ...outlook,
          cannot: [...outlook.cannot, ...(lack === null ? [] : [lack])],
          modes: modesFor(kind.restoreModes, overwrites),
        };
      });
    } catch (error) {
      const { message, advice } = toRunError(error);
      throw new AppError("invalid", advice ? `${message} ${advice}` : message, { cause: error });
    }
  },
});

/** What is overwritten is counted as if it stayed: it does until the restored is whole. */
async function lackAt(path: string, { rawBytes, bytes }: { rawBytes: number | null; bytes: number }) {
  return lackOfSpace({ needed: rawBytes ?? bytes, free: await freeBytesNear(path) });
}

type Mode = (typeof RESTORE_MODES)[number];

/** Over what exists a part of it would be worse than nothing, where a source can do better; a swap is only for there. */
function modesFor(modes: readonly Mode[], overwrites: string | null): Mode[] {
  if (overwrites === null) return modes.filter((mode) => mode !== "swap");
  return modes.includes("all_or_nothing") ? modes.filter((mode) => mode !== "as_much_as_possible") : [...modes];
}
