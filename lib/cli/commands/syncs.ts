import { AppError } from "@/lib/core/errors";
import { formatBytes } from "@/lib/core/format-units";
import type { CommandCall } from "@/lib/services/command-verbs";
import { listAll } from "../all";
import { type Command, requireOption, textOption, textsOption } from "../command";
import { formatTable } from "../table";
import { findJobId } from "./jobs";
import { findRepositoryId } from "./repositories";

export const syncCommands: Command[] = [
  {
    name: ["syncs", "list"],
    usage: "",
    summary: "List the syncs",
    async run(_, { call }) {
      const syncs = await listAll((page) => call("syncs.list", page));
      const rows = syncs.map((sync) => [
        sync.id,
        sync.name,
        sync.repositoryName ?? sync.from.path ?? "",
        `${sync.destinationName}:${sync.folder}`,
        sync.files,
        formatBytes(sync.bytes),
        sync.lastRun?.status,
        sync.nextRunAt,
      ]);
      const heads = ["ID", "NAME", "FROM", "TO", "FILES", "SIZE", "LAST RUN", "NEXT RUN"];
      return { json: syncs, text: formatTable(heads, rows) };
    },
  },
  {
    name: ["syncs", "create"],
    usage:
      "--name NAME (--path PATH [--exclude PATTERN]… | --repository ID|NAME) --destination ID [--cron CRON] [--timezone ZONE] [--after-job ID|NAME] [--delete-removed]",
    summary: "Copy a folder or a repository to a destination, file by file",
    options: {
      name: { type: "string" },
      path: { type: "string" },
      exclude: { type: "string", multiple: true },
      repository: { type: "string" },
      destination: { type: "string" },
      cron: { type: "string" },
      timezone: { type: "string" },
      "after-job": { type: "string" },
      "delete-removed": { type: "boolean" },
    },
    async run({ flags }, { call }) {
      const [cron, afterJob, repository] = ["cron", "after-job", "repository"].map((name) => textOption(flags, name));
      const created = await call("syncs.create", {
        name: requireOption(flags, "name"),
        from:
          repository === undefined
            ? { path: requireOption(flags, "path") }
            : { path: textOption(flags, "path"), repositoryId: await findRepositoryId(repository, call) },
        exclude: textsOption(flags, "exclude"),
        destinationId: requireOption(flags, "destination"),
        deleteRemoved: flags["delete-removed"] === true,
        ...(cron !== undefined && { schedule: { cron, timezone: textOption(flags, "timezone") ?? "UTC" } }),
        ...(afterJob !== undefined && { afterJobId: await findJobId(afterJob, call) }),
      });
      return { json: created, text: `The sync ${created.name} is made: ${created.id}.` };
    },
  },
  {
    name: ["syncs", "run"],
    usage: "ID|NAME [--delete-many]",
    summary: "Ask for a run of a sync",
    positionals: 1,
    options: { "delete-many": { type: "boolean" } },
    async run({ positionals: [which = ""], flags }, { call }) {
      const id = await findSyncId(which, call);
      const started = await call("syncs.run", { id, deleteMany: flags["delete-many"] === true });
      return { json: started, text: `The run ${started.runId} is queued.` };
    },
  },
  {
    name: ["syncs", "enable"],
    usage: "ID|NAME",
    summary: "Enable a sync",
    positionals: 1,
    run: ({ positionals: [which = ""] }, { call }) => enable(which, true, call),
  },
  {
    name: ["syncs", "disable"],
    usage: "ID|NAME",
    summary: "Disable a sync",
    positionals: 1,
    run: ({ positionals: [which = ""] }, { call }) => enable(which, false, call),
  },
  {
    name: ["syncs", "delete"],
    usage: "ID|NAME",
    summary: "Remove a sync; what it has stored stays",
    positionals: 1,
    async run({ positionals: [which = ""] }, { call }) {
      const removed = await call("syncs.delete", { id: await findSyncId(which, call) });
      return { json: removed, text: "The sync is removed." };
    },
  },
];

async function enable(which: string, enabled: boolean, call: CommandCall) {
  const sync = await call("syncs.update", { id: await findSyncId(which, call), enabled });
  return { json: sync, text: `${sync.name} is ${enabled ? "enabled" : "disabled"}.` };
}

/** Finds the id of a sync by its id or name. @throws AppError `not_found` */
async function findSyncId(which: string, call: CommandCall): Promise<string> {
  const syncs = await listAll((page) => call("syncs.list", page));
  const found = syncs.find(({ id, name }) => id === which || name === which);
  if (!found) throw new AppError("not_found", `There is no sync ${which}.`);
  return found.id;
}
