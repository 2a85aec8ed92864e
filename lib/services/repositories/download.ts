import { basename } from "node:path";
import type { Readable } from "node:stream";
import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import type { JobIo } from "@/lib/jobs/contract";
import { archiveFileName } from "@/lib/jobs/repositories/archive-file-name";
import type { OpenRepository } from "@/lib/jobs/repositories/contract";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { readRepositoryStream } from "@/lib/jobs/repositories/read-stream";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { archiveField, archivePathField, noSuchEntry } from "./archive-fields";
import { askRepository, unavailable } from "./ask";
import { requireRepository } from "./find";
import { resolveArchive } from "./resolve-archive";

/** How long the first byte may take, milliseconds: the program may have to read its way through a large archive. */
const FIRST_MS = 120_000;

interface ArchiveFile {
  name: string;
  /** Null: how long it will be is not known. */
  bytes: number | null;
  stream: Readable;
}

/** One file of an archive as it is; a folder, or the whole archive, as tar. It is sent as it is read. */
export const repositoriesDownload = defineVerb({
  name: "repositories.download",
  permission: "admin",
  changes: false,
  records: {
    does: "reveals",
    entity: "repository",
    async subject({ id, archive, path }) {
      const { repository } = await requireRepository(id);
      return { id, name: repository.name, detail: { archive, path } };
    },
  },
  input: z.object({ id: idField, archive: archiveField, path: archivePathField.default("") }),
  async run(_, { id, archive: asked, path }): Promise<ArchiveFile> {
    const opened = openRepository((await requireRepository(id)).repository);
    const archive = await resolveArchive(opened, asked);
    const program = repositoryProgram(opened.kind);
    if (path === "") {
      const stream = await read(opened, (io) => program.exportTar(opened, archive, null, io));
      return { name: archiveFileName(opened, archive), bytes: null, stream };
    }
    const entry = await askRepository(opened, (io) => program.entry(opened, archive, path, io));
    if (!entry) throw noSuchEntry();
    if (entry.type === "folder") {
      const stream = await read(opened, (io) => program.exportTar(opened, archive, path, io));
      return { name: `${basename(path)}.tar`, bytes: null, stream };
    }
    if (entry.type !== "file")
      throw new AppError("conflict", "This is neither a file nor a folder: download the folder that it is in.");
    const stream = await read(opened, (io) => program.readFile(opened, archive, path, io));
    return { name: basename(path), bytes: entry.bytes, stream };
  },
});

const read = (repository: OpenRepository, work: (io: JobIo) => Promise<Readable>) =>
  readRepositoryStream(repository, work, FIRST_MS).catch((error: unknown) => {
    throw unavailable(error);
  });
