import type { RestoreMode } from "@/lib/core/restore-mode";
import { listAll } from "../all";
import { type Command, numberOption, requireOption, textOption, UsageError } from "../command";
import { SAVE_OPTIONS, SAVE_USAGE, saveDownload } from "../save-download";
import { formatTable } from "../table";
import { findJobId } from "./jobs";

const SHOWN = 50;

export const artifactCommands: Command[] = [
  {
    name: ["artifacts", "list"],
    usage: "[--job ID|NAME] [--limit N]",
    summary: "List the latest stored backups",
    options: { job: { type: "string" }, limit: { type: "string" } },
    async run({ flags }, { call }) {
      const which = textOption(flags, "job");
      const jobId = which === undefined ? undefined : await findJobId(which, call);
      const max = numberOption(flags, "limit") ?? SHOWN;
      const backups = await listAll((page) => call("artifacts.list", { ...page, ...(jobId && { jobId }) }), max);
      const rows = backups.map((one) => [one.id, one.jobName, one.destinationName, one.bytes, one.createdAt]);
      return { json: backups, text: formatTable(["ID", "JOB", "DESTINATION", "BYTES", "MADE"], rows) };
    },
  },
  {
    name: ["artifacts", "accept"],
    usage: "ARTIFACT|latest:JOB",
    summary: "Say that the size of a suspect backup is right; latest: is the newest of a job, suspect or not",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const accepted = await call("artifacts.accept", { id });
      return { json: accepted, text: `Backup ${accepted.id} of ${accepted.jobName} counts again.` };
    },
  },
  {
    name: ["artifacts", "download"],
    usage: `ARTIFACT|latest:JOB ${SAVE_USAGE}`,
    summary: "Save a stored backup as a file; latest: is the newest of a job that is not suspect, - is standard output",
    positionals: 1,
    options: SAVE_OPTIONS,
    run: ({ flags, positionals: [id = ""] }, io) =>
      saveDownload(flags, io, () => io.download("artifacts.download", { id })),
  },
  {
    name: ["artifacts", "test-restore"],
    usage: "ARTIFACT|latest:JOB",
    summary: "Restore a stored backup into a scratch place, and compare what came back",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const begun = await call("artifacts.testRestore", { id });
      return { json: begun, text: `The restore test is run ${begun.runId}.` };
    },
  },
  {
    name: ["restore"],
    usage:
      "ARTIFACT|latest:JOB (--to PATH | --source ID --database NAME) [--mode MODE] [--overwrite --confirm PATH|NAME]",
    summary: "Restore a stored backup; --confirm repeats the target where data would be overwritten",
    positionals: 1,
    options: {
      to: { type: "string" },
      source: { type: "string" },
      database: { type: "string" },
      mode: { type: "string" },
      overwrite: { type: "boolean" },
      confirm: { type: "string" },
    },
    async run({ flags, positionals: [id = ""] }, { call }) {
      const path = textOption(flags, "to");
      if ((path === undefined) === (textOption(flags, "source") === undefined)) {
        throw new UsageError("Say where to: --to a path, or --source and --database.");
      }
      const mode = textOption(flags, "mode") as RestoreMode | undefined;
      const how = { overwrite: flags.overwrite === true, ...(mode !== undefined && { mode }) };
      const target =
        path === undefined
          ? { sourceId: requireOption(flags, "source"), database: requireOption(flags, "database"), ...how }
          : { path, ...how };
      const confirm = textOption(flags, "confirm");
      const begun = await call("artifacts.restore", { id, target, ...(confirm !== undefined && { confirm }) });
      return { json: begun, text: `The restore is run ${begun.runId}.` };
    },
  },
];
