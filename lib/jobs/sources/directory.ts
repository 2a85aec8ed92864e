import { readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";
import { UNKNOWN_CONTENTS } from "@/lib/core/backup-contents";
import { pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import { absolutePath } from "../config-fields";
import { defineSource, field, type JobIo } from "../contract";
import { makeFolder } from "../make-folder";
import { fileError, RunError, startError, systemCode } from "../run-error";
import { syncFolder } from "../sync-folder";

const ICON = "M4 3h5.5L12 6h8a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z";

const pattern = z
  .string()
  .min(1, "A pattern has at least one character.")
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
    path: field(absolutePath, { label: "Directory", placeholder: "/srv/files" }),
    exclude: field(z.array(pattern).max(200, "At most 200 patterns.").optional(), {
      label: "Leave out",
      help: "One pattern a line, as in a shell: *.tmp, node_modules, cache/*.",
      widget: "list",
    }),
  }),
  example: { path: "/srv/files", exclude: ["*.tmp"] },
  tools: ["tar"],
  packages: { tar: "tar" },
  summary: ({ path }) => path,
  extension: "tar",
  // Even an empty archive has 10 kB.
  minBytes: 1024,
  restoresTo: "directory",

  async test(config, io) {
    await requireFolder(config.path);
    const entries = await readdir(config.path).catch((error: unknown) => {
      throw fileError(error, `The directory ${config.path}`, "cannot_start");
    });
    await io.tools.run("tar", ["--version"]);
    return { message: `${config.path} can be read: ${pluralize(entries.length, "entry", "entries")} at its top.` };
  },

  async preflight(config, io) {
    await requireFolder(config.path);
    await io.tools.run("tar", ["--version"]);
    return { estimatedBytes: null };
  },

  async dump(config, io, avoid) {
    await requireFolder(config.path);
    if (avoid.includes(config.path)) {
      throw startError(
        `The backups of ${config.path} would be stored in the same directory.`,
        "Choose another destination.",
      );
    }
    const inside = avoid
      .map((folder) => relative(config.path, folder))
      .filter((path) => path && !path.startsWith(".."));
    for (const path of inside) io.log(`Leaving out ${path}: backups are stored there`);
    io.log(`Archiving ${config.path} with tar`);
    // The root is the working folder and every pattern is joined to its option, so that none can pass for an option.
    const { stdout, ended } = io.tools.start(
      "tar",
      [
        "--create",
        "--file=-",
        "--anchored",
        "--no-wildcards",
        ...inside.map((path) => `--exclude=./${path}`),
        "--no-anchored",
        "--wildcards",
        ...(config.exclude ?? []).map((text) => `--exclude=${text}`),
        "--",
        ".",
      ],
      { cwd: config.path, onLine: io.log },
    );
    return {
      stream: stdout,
      ended: ended.then(({ code, stderr }) => {
        if (code === 0) return { warnings: [] };
        // tar's 1: some files changed while they were read. Its 2: something is missing from the archive.
        if (code === 1) return { warnings: [firstLines(stderr)] };
        throw new RunError(`tar could not read everything: ${firstLines(stderr)}`, {
          advice: /Permission denied/i.test(stderr)
            ? "Give the user that Belfry runs as access to these files, or leave them out by a pattern."
            : null,
        });
      }),
    };
  },

  async verify(dump, io) {
    const { stdout, ended } = io.tools.start("tar", ["--list", "--file=-"], { stdin: dump });
    let files = 0;
    for await (const line of createInterface({ input: stdout })) if (!line.endsWith("/")) files++;
    const { code, stderr } = await ended;
    if (code !== 0) throw new RunError(`The archive cannot be read to its end: ${firstLines(stderr)}`);
    return { ...UNKNOWN_CONTENTS, files };
  },

  async existingTarget({ path }) {
    const entries = await entriesOf(path);
    return entries?.length
      ? `${pluralize(entries.length, "entry", "entries")} in ${path} (files of the same name)`
      : null;
  },

  restoreModes: ["as_much_as_possible"],
  localPaths: ({ path }) => [path],
  outlook: async () => ({ stays: [], cannot: [] }),

  async restore(backup, { path }, io, { mayOverwrite }) {
    const entries = await entriesOf(path);
    if (entries?.length) {
      if (!mayOverwrite) throw new RunError(`${path} is not empty.`);
      // Read to its end before anything is written, so that damage is found before anything is touched.
      await this.verify(await backup.open(), io);
      await extract(await backup.open(), path, io);
      return { missing: [] };
    }
    const draft = join(dirname(path), `.${basename(path)}.${newId("restore")}`);
    try {
      await makeFolder(draft);
      await extract(await backup.open(), draft, io);
      if (entries) await rmdir(path);
      await rename(draft, path);
      await syncFolder(dirname(path));
      return { missing: [] };
    } catch (error) {
      throw fileError(error, path);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  },

  async scratch(_, io) {
    const path = join(io.workDir, newId("scratch"));
    return { target: { path }, remove: () => rm(path, { recursive: true, force: true }) };
  },

  async contentsAt({ path }) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return { ...UNKNOWN_CONTENTS, files: entries.filter((entry) => !entry.isDirectory()).length };
  },
});

/**
 * tar itself refuses members with `..`, strips leading slashes and makes links that lead out only at its end,
 * so nothing is written outside the folder.
 */
async function extract(archive: Readable, folder: string, io: JobIo): Promise<void> {
  const { code, stderr } = await io.tools.run("tar", ["--extract", "--file=-"], {
    cwd: folder,
    stdin: archive,
    onLine: io.log,
    silenceMs: null,
  });
  if (code !== 0) throw new RunError(`Only a part could be restored: ${firstLines(stderr)}`);
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileError(error, `The directory ${path}`, "cannot_start");
  });
  if (!found.isDirectory()) throw startError(`${path} is not a directory.`);
}

async function entriesOf(path: string): Promise<string[] | null> {
  return await readdir(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return null;
    throw fileError(error, path);
  });
}

function firstLines(text: string): string {
  const lines = text.split("\n").filter(Boolean);
  return lines.length > 5 ? `${lines.slice(0, 5).join("\n")}\nand ${lines.length - 5} more lines.` : lines.join("\n");
}
