import { z } from "zod";
import { ENTRY_TYPES } from "@/lib/core/archive-entry";
import { toIso } from "@/lib/core/clock";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { archiveField, archivePathField, noSuchEntry } from "./archive-fields";
import { askRepository } from "./ask";
import { requireRepository } from "./find";
import { resolveArchive } from "./resolve-archive";

/** One name within an archive. */
const entrySchema = z.object({
  /** Below the root of the archive. */
  path: z.string(),
  name: z.string(),
  type: z.enum(ENTRY_TYPES),
  bytes: z.number(),
  modifiedAt: z.iso.datetime().nullable(),
});
export const entriesSchema = z.object({
  /** The archive by its own name, also where `latest` was asked for. */
  archive: z.string(),
  items: z.array(entrySchema),
});
export type EntriesView = z.infer<typeof entriesSchema>;

/** What lies in a folder of an archive. For administrators: an archive holds whatever its machine held. */
export const repositoriesEntries = defineVerb({
  name: "repositories.entries",
  permission: "admin",
  changes: false,
  input: z.object({ id: idField, archive: archiveField, path: archivePathField.default("") }),
  async run(_, { id, archive: asked, path }): Promise<EntriesView> {
    const opened = openRepository((await requireRepository(id)).repository);
    const archive = await resolveArchive(opened, asked);
    const entries = await askRepository(opened, (io) =>
      repositoryProgram(opened.kind).entries(opened, archive, path, io),
    );
    // An empty folder, or a path that is none.
    if (entries.length === 0 && path !== "") {
      const found = await askRepository(opened, (io) =>
        repositoryProgram(opened.kind).entry(opened, archive, path, io),
      );
      if (found?.type !== "folder") throw noSuchEntry();
    }
    return {
      archive,
      items: entries.map(({ path: own, type, bytes, modifiedAt }) => ({
        path: own,
        name: own.slice(own.lastIndexOf("/") + 1),
        type,
        bytes,
        modifiedAt: Number.isFinite(modifiedAt) ? toIso(modifiedAt) : null,
      })),
    };
  },
});
