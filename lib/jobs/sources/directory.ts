import { join } from "node:path";
import { z } from "zod";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import { excludePattern, pathField } from "../config-fields";
import { defineSource, field } from "../contract";
import { ownPlacesWithin } from "../places/require-place";
import { fileError } from "../run-error";
import { untilAborted } from "../until-aborted";
import { createArchive } from "./directory-create";
import { exclusions, leftOutPaths } from "./directory-exclusions";
import { inspectFiles } from "./directory-inspect";
import { countFiles } from "./directory-list";
import { openDirectory, requireFolder } from "./directory-open";
import { countOf, outlookOf } from "./directory-outlook";
import { removeFolder } from "./directory-remove";
import { placeOf, restoreArchive } from "./directory-restore";

const ICON = "M4 3h5.5L12 6h8a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z";

/** A folder as a tar archive, made and read by GNU tar. */
export const directory = defineSource({
  id: "directory",
  label: "Directory",
  tagline: "Files and folders",
  aliases: ["folder", "files", "tar"],
  icon: { path: ICON },
  config: z.object({
    path: pathField({ label: "Directory", placeholder: "/srv/files" }),
    exclude: field(z.array(excludePattern).max(200, "At most 200 patterns.").optional(), {
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
    const { root, path, folders, close } = await openDirectory(config.path, avoid, io);
    try {
      const left = await exclusions(path, config.exclude ?? [], folders, io);
      io.log(`Archiving ${config.path} with tar`);
      const dump = createArchive(root, left, io);
      dump.ended.then(close, close);
      return { ...dump, path };
    } catch (error) {
      close();
      throw fileError(error, `The directory ${path}`, "cannot_start");
    }
  },

  async openFolder(config, io, avoid) {
    const { root, path, folders, close } = await openDirectory(config.path, avoid, io);
    return { root, path, left: leftOutPaths(path, config.exclude ?? [], folders, io), close };
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
