import { z } from "zod";
import { findJob, isManaged } from "@/db/queries/jobs";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { isProgram, openAnySource } from "@/lib/jobs/endpoints";
import { probe } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { idField } from "@/lib/services/page";
import { archiveField, archivePathField, noSuchEntry } from "@/lib/services/repositories/archive-fields";
import type { EntriesView } from "@/lib/services/repositories/entries";
import { defineVerb } from "@/lib/services/verb";

/** How long a person waits: the program reads the list of all that lies below the folder, milliseconds. */
const LIMIT_MS = 120_000;

/** What lies in a folder of an archive that a program keeps for a job. For administrators: an archive holds whatever its machine held. */
export const jobsArchiveEntries = defineVerb({
  name: "jobs.archiveEntries",
  permission: "admin",
  changes: false,
  input: z.object({
    id: idField,
    repository: z
      .string()
      .min(1, "Name the repository.")
      .max(4_096, "At most 4,096 characters.")
      .meta({ description: "As `GET /jobs/{id}/archives` names it" }),
    archive: archiveField,
    path: archivePathField.default(""),
  }),
  async run(_, { id, repository, archive, path: folder }): Promise<EntriesView> {
    const whole = await findJob(id);
    if (!whole) throw new AppError("not_found", "There is no such job.");
    const source = isManaged(whole) ? await openAnySource(whole.job.sourceId) : null;
    if (!source || !isProgram(source)) return { archive, items: [] };
    const { kind, config, secrets } = source;
    const entries = await probe(
      secrets,
      (io) => kind.entries(config, { repository, archive, folder }, io),
      LIMIT_MS,
    ).catch((error: unknown) => {
      const { message, advice } = toRunError(error);
      throw new AppError("unavailable", advice ? `${message}\n${advice}` : message, { cause: error });
    });
    if (!entries) throw noSuchEntry();
    return {
      archive,
      items: entries.map(({ path, type, bytes, modifiedAt }) => ({
        path,
        name: path.slice(path.lastIndexOf("/") + 1),
        type,
        bytes,
        modifiedAt: Number.isFinite(modifiedAt) ? toIso(modifiedAt) : null,
      })),
    };
  },
});
