import { z } from "zod";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { idField, type PageOf } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { measureArchives } from "./archive-sizes";
import { askRepository } from "./ask";
import { requireRepository } from "./find";

/** As many are measured at once. */
const MOST = 100;

/** An archive in answers. */
export const archiveViewSchema = z.object({
  /** By which it is asked for: a name of borg, an id of restic. */
  name: z.string(),
  id: z.string(),
  createdAt: z.iso.datetime(),
  /** Of its files; null: not measured yet, or its program does not say. */
  originalBytes: z.number().nullable(),
  files: z.int().nullable(),
  tags: z.array(z.string()),
});
export type ArchiveView = z.infer<typeof archiveViewSchema>;

/** The archives of a repository, newest first, as its program lists them now. */
export const repositoriesArchives = defineVerb({
  name: "repositories.archives",
  permission: "operator",
  changes: false,
  input: z.object({
    id: idField,
    /** After which archive: its id. */
    cursor: idField.optional(),
    limit: z.coerce.number().int().min(1).max(MOST).default(25),
  }),
  async run(_, { id, cursor, limit }): Promise<PageOf<ArchiveView>> {
    const opened = openRepository((await requireRepository(id)).repository);
    const archives = await askRepository(opened, (io) => repositoryProgram(opened.kind).archives(opened, io));
    const from = cursor === undefined ? 0 : archives.findIndex((archive) => archive.id === cursor) + 1;
    if (cursor !== undefined && from === 0)
      throw new AppError("invalid", "Some fields are invalid.", { fields: { cursor: "This archive was removed." } });
    const to = Math.min(from + limit, archives.length);
    const sizeOf = await measureArchives(opened, { archives, from, to });
    return {
      items: archives.slice(from, to).map((archive) => {
        const { originalBytes = null, files = null } = sizeOf(archive) ?? {};
        const { name, tags } = archive;
        return { name, id: archive.id, createdAt: toIso(archive.createdAt), originalBytes, files, tags: [...tags] };
      }),
      nextCursor: to < archives.length ? (archives[to - 1]?.id ?? null) : null,
    };
  },
});
