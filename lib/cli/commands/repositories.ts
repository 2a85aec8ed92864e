import { AppError } from "@/lib/core/errors";
import { formatBytes } from "@/lib/core/format-units";
import type { CommandCall } from "@/lib/services/command-verbs";
import { listAll } from "../all";
import { type Command, numberOption, textOption } from "../command";
import { SAVE_OPTIONS, SAVE_USAGE, saveDownload } from "../save-download";
import { formatTable } from "../table";

/** Default number of archives in a list. */
const SHOWN = 50;
/** As many archives as one call measures. */
const AT_ONCE = 100;

export const repositoryCommands: Command[] = [
  {
    name: ["repositories", "list"],
    usage: "",
    summary: "List the repositories",
    async run(_, { call }) {
      const repositories = await listAll((page) => call("repositories.list", page));
      const rows = repositories.map(({ id, name, kind, location, connection, contents }) => [
        id,
        name,
        kind,
        location,
        connection.state,
        contents?.archives,
        sizeText(contents?.deduplicatedBytes),
      ]);
      const heads = ["ID", "NAME", "KIND", "LOCATION", "CONNECTION", "ARCHIVES", "SIZE"];
      return { json: repositories, text: formatTable(heads, rows) };
    },
  },
  taskCommand("check", "Ask for a check of a repository: all of it is read"),
  taskCommand("compact", "Ask for a compact of a repository: what nothing needs any more is freed"),
  taskCommand("prune", "Ask for a prune of a repository: archives beyond what it keeps are removed"),
  {
    name: ["repositories", "archives"],
    usage: "ID|NAME [--limit N]",
    summary: "List the latest archives of a repository",
    positionals: 1,
    options: { limit: { type: "string" } },
    async run({ positionals: [which = ""], flags }, { call }) {
      const id = await findRepositoryId(which, call);
      const max = numberOption(flags, "limit") ?? SHOWN;
      const archives = await listAll(
        ({ limit, ...page }) => call("repositories.archives", { id, ...page, limit: Math.min(limit, AT_ONCE) }),
        max,
      );
      const rows = archives.map(({ name, createdAt, originalBytes, files }) => [
        name,
        createdAt,
        sizeText(originalBytes),
        files,
      ]);
      return { json: archives, text: formatTable(["ARCHIVE", "MADE", "SIZE", "FILES"], rows) };
    },
  },
  {
    name: ["repositories", "browse"],
    usage: "ID|NAME ARCHIVE|latest [--path PATH]",
    summary: "List what lies in a folder of an archive; latest is the newest",
    positionals: 2,
    options: { path: { type: "string" } },
    async run({ positionals: [which = "", archive = ""], flags }, { call }) {
      const id = await findRepositoryId(which, call);
      const path = textOption(flags, "path") ?? "";
      const entries = await call("repositories.entries", { id, archive, path });
      const rows = entries.items.map(({ type, bytes, modifiedAt, name }) => [
        type,
        type === "file" ? bytes : null,
        modifiedAt,
        name,
      ]);
      return { json: entries, text: formatTable(["TYPE", "BYTES", "CHANGED", "NAME"], rows) };
    },
  },
  {
    name: ["repositories", "download"],
    usage: `ID|NAME ARCHIVE|latest [--path PATH] ${SAVE_USAGE}`,
    summary: "Save a file of an archive; a folder, or the whole archive, as tar; - is standard output",
    positionals: 2,
    options: { path: { type: "string" }, ...SAVE_OPTIONS },
    async run({ positionals: [which = "", archive = ""], flags }, io) {
      const path = textOption(flags, "path") ?? "";
      const id = await findRepositoryId(which, io.call);
      return await saveDownload(flags, io, () => io.download("repositories.download", { id, archive, path }));
    },
  },
];

function taskCommand(task: "check" | "compact" | "prune", summary: string): Command {
  return {
    name: ["repositories", task],
    usage: "ID|NAME",
    summary,
    positionals: 1,
    async run({ positionals: [which = ""] }, { call }) {
      const started = await call(`repositories.${task}`, { id: await findRepositoryId(which, call) });
      return { json: started, text: `The run ${started.runId} is queued.` };
    },
  };
}

function sizeText(bytes: number | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : formatBytes(bytes);
}

/** @throws AppError `not_found` */
export async function findRepositoryId(which: string, call: CommandCall): Promise<string> {
  const repositories = await listAll((page) => call("repositories.list", page));
  const found = repositories.find(({ id, name }) => id === which || name === which);
  if (!found) throw new AppError("not_found", `There is no repository ${which}.`);
  return found.id;
}
