import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import { pathField } from "../config-fields";
import { type Dump, defineSource, field, type JobIo } from "../contract";
import { PinnedFolder } from "../files/pinned-folder";
import { OUT_OF_REACH_ADVICE, ownPlacesWithin, requirePlace } from "../places/require-place";
import { appearancesWithin } from "../real-paths";
import { fileError, startError } from "../run-error";
import { untilAborted } from "../until-aborted";
import { createArchive } from "./directory-create";
import { exclusions } from "./directory-exclusions";
import { inspectFiles } from "./directory-inspect";
import { countFiles } from "./directory-list";
import { countOf, outlookOf } from "./directory-outlook";
import { removeFolder } from "./directory-remove";
import { placeOf, restoreArchive } from "./directory-restore";

const ICON = "M4 3h5.5L12 6h8a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z";

const pattern = z
  .string()
  .max(500, "A pattern has at most 500 characters.")
  .refine((text) => [...text].every((letter) => letter >= " "), "A pattern has no line breaks or control characters.");

/** A folder as a tar archive, made and read by GNU tar. */
export const directory = defineSource({
  id: "directory",
  label: "Directory",
  tagline: "Files and folders",
  aliases: ["folder", "files", "tar"],
  icon: { path: ICON },
  config: z.object({
    path: pathField({ label: "Directory", placeholder: "/srv/files" }),
    exclude: field(z.array(pattern).max(200, "At most 200 patterns.").optional(), {
      label: "Leave out",
      help: "One pattern a line, as in a .gitignore: *.tmp, node_modules/, /cache, !keep.tmp.",
      widget: "list",
    }),
  }),
  example: { path: "/srv/files", exclude: ["*.tmp"] },
  tools: ["tar"],
  packages: { tar: "tar" },
  summary: ({ path }) => path,
  configForFolder: (path) => ({ path }),
  extension: "tar",
  // Even an empty archive has 10 kB.
  minBytes: 1024,
  restoresTo: "directory",

  async test(config, io) {
    await requireFolder(config.path, io);
    await io.tools.run("tar", ["--version"]);
    const own = await untilAborted(io.signal, () => ownPlacesWithin(config.path, io.signal));
    const left = own.map(({ path }) => path);
    const { files, isComplete, details } = await inspectFiles(config.path, config.exclude ?? [], io, { left });
    for (const { path, what } of own) details.push(`${path.toString()} is left out: it is ${what}.`);
    const counted = `${isComplete ? "" : "at least "}${pluralize(files, "file")}`;
    return { message: `${config.path} can be read: ${counted} to back up.`, details };
  },

  async preflight(config, io) {
    await requireFolder(config.path, io);
    await io.tools.run("tar", ["--version"]);
    return { estimatedBytes: null };
  },

  async dump(config, io, avoid) {
    await requireFolder(config.path, io);
    return await withPinned(config.path, io, async (root, path) => {
      const left = await leftOut({ ...config, path }, avoid, io);
      io.log(`Archiving ${config.path} with tar`);
      return { ...createArchive(root, left, io), path };
    });
  },

  verify: async (dump, io) => ({ ...UNKNOWN_CONTENTS, files: await countFiles(dump, io) }),

  async existingTarget({ path }, io) {
    const { entries } = await placeOf(path, io);
    return entries?.length
      ? `${pluralize(entries.length, "entry", "entries")} in ${path} (files of the same name)`
      : null;
  },

  restoreModes: ["as_much_as_possible"],
  outlook: (backup, { path }, io) => outlookOf(backup, path, io),
  restore: restoreArchive,

  async scratch(_, io) {
    const path = join(io.workDir, newId("scratch"));
    return { target: { path }, remove: () => removeFolder(path) };
  },

  contentsAt: async ({ path }, io) => ({ ...UNKNOWN_CONTENTS, files: await countOf(path, io) }),
});

/**
 * Opens the source, so that what is read is what was checked, whatever its path leads to later.
 * @param work gets it with its path without links; the folder stays open until the dump has ended
 */
async function withPinned(
  path: string,
  io: JobIo,
  work: (root: PinnedFolder, real: string) => Promise<Dump>,
): Promise<Dump> {
  const root = await untilAborted(
    io.signal,
    () => PinnedFolder.open(path),
    (late) => late.close(),
  );
  const close = () => void root.close().catch(() => undefined);
  try {
    const real = await root.real();
    await requirePlace("read", real);
    const dump = await work(root, real);
    dump.ended.then(close, close);
    return dump;
  } catch (error) {
    close();
    throw fileError(error, `The directory ${path}`, "cannot_start");
  }
}

/** @param config with the path without links @returns tar's options for what is left out */
async function leftOut(config: { path: string; exclude?: string[] }, avoid: string[], io: JobIo): Promise<string[]> {
  const { path, exclude = [] } = config;
  const inside = await foldersToAvoid(path, avoid, io);
  for (const folder of inside) io.log(`Leaving out ${folder}: backups are stored there`);
  const own = await untilAborted(io.signal, () => appearancesWithin(path, io.workDir));
  const folders = [...inside, ...own.filter(Boolean)].map((folder) => Buffer.from(folder));
  return await exclusions(path, exclude, [...folders, ...(await leaveOutOwn(path, io))], io);
}

async function requireFolder(path: string, io: JobIo): Promise<void> {
  await untilAborted(io.signal, async () => {
    try {
      if (!(await stat(path)).isDirectory()) throw startError(`${path} is not a directory.`);
      const opened = await opendir(path);
      await opened.close();
      // Listing a folder is one right, reaching what is in it another.
      await stat(`${path}/.`);
    } catch (error) {
      throw fileError(error, `The directory ${path}`, "cannot_start");
    }
  });
}

/**
 * Where the folders of destinations can be seen within the source, through links and mounts.
 * @throws RunError when the source is one of them
 */
async function foldersToAvoid(path: string, avoid: string[], io: JobIo): Promise<string[]> {
  const found = new Set<string>();
  for (const folder of avoid) {
    const places = await untilAborted(io.signal, () => appearancesWithin(path, folder)).catch((error: unknown) => {
      throw fileError(error, folder, "cannot_start");
    });
    if (places.includes("")) {
      throw startError(`The backups of ${path} would be stored in the same directory.`, "Choose another destination.");
    }
    for (const place of places) found.add(place);
  }
  return [...found];
}

/**
 * What of Belfry's own and of the system's lies within the source: it is in no backup, and the log says so.
 * @returns paths below the source
 */
async function leaveOutOwn(path: string, io: JobIo): Promise<Buffer[]> {
  const found = await untilAborted(io.signal, () => ownPlacesWithin(path, io.signal));
  for (const own of found) {
    if (own.path.length === 0) throw startError(`${path} cannot be backed up: it is ${own.what}.`, OUT_OF_REACH_ADVICE);
    io.log(`Leaving out ${own.path.toString()}: it is ${own.what}`);
  }
  return found.map((own) => own.path);
}
