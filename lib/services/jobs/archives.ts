import { z } from "zod";
import { findJob, isManaged } from "@/db/queries/jobs";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { isProgram, openAnySource } from "@/lib/jobs/endpoints";
import { probe } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** How long a person waits: the program may have to read what it knows of its repositories anew, milliseconds. */
const LIMIT_MS = 120_000;
/** As many are named of one repository, the newest. */
const MOST = 200;

export const programArchives = z.object({
  repositories: z.array(
    z.object({
      repository: z.string(),
      /** Its name in the program's configuration; empty: none. */
      label: z.string(),
      /** How many there are; `archives` names the newest 200. */
      count: z.int(),
      archives: z.array(z.object({ name: z.string(), id: z.string(), startedAt: z.iso.datetime() })),
      /** The command that restores the newest, as people type it on the server. */
      restoreCommand: z.string(),
    }),
  ),
});

/** Of every other job: its backups are listed with all others, or known elsewhere alone. */
const NONE = { repositories: [] };

/** The archives of a job whose source stores its backups by itself, as its program lists them now, newest first. */
export const jobsArchives = defineVerb({
  name: "jobs.archives",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<z.output<typeof programArchives>> {
    const whole = await findJob(id);
    if (!whole) throw new AppError("not_found", "There is no such job.");
    if (!isManaged(whole)) return NONE;
    try {
      const source = await openAnySource(whole.job.sourceId);
      if (!isProgram(source)) return NONE;
      const { kind, config, secrets } = source;
      const listed = await probe(secrets, (io) => kind.archives(config, io), LIMIT_MS);
      const isOnly = listed.length === 1;
      return {
        repositories: listed.map(({ repository, label, archives }) => ({
          repository,
          label,
          count: archives.length,
          archives: archives.slice(0, MOST).map((one) => ({ ...one, startedAt: toIso(one.startedAt) })),
          restoreCommand: kind.restoreCommand(config, "latest", isOnly ? undefined : repository),
        })),
      };
    } catch (error) {
      const { message, advice } = toRunError(error);
      throw new AppError("unavailable", advice ? `${message}\n${advice}` : message, { cause: error });
    }
  },
});
