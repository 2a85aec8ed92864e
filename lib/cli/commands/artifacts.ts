import { listAll } from "../all";
import { type Command, numberOption, requireOption, textOption, UsageError } from "../command";
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
    name: ["restore"],
    usage: "ARTIFACT (--to PATH | --source ID --database NAME) [--overwrite --confirm PATH|NAME]",
    summary: "Restore a stored backup; --confirm repeats the target where data would be overwritten",
    positionals: 1,
    options: {
      to: { type: "string" },
      source: { type: "string" },
      database: { type: "string" },
      overwrite: { type: "boolean" },
      confirm: { type: "string" },
    },
    async run({ flags, positionals: [id = ""] }, { call }) {
      const path = textOption(flags, "to");
      if ((path === undefined) === (textOption(flags, "source") === undefined)) {
        throw new UsageError("Say where to: --to a path, or --source and --database.");
      }
      const overwrite = flags.overwrite === true;
      const target =
        path === undefined
          ? { sourceId: requireOption(flags, "source"), database: requireOption(flags, "database"), overwrite }
          : { path, overwrite };
      const confirm = textOption(flags, "confirm");
      const begun = await call("artifacts.restore", { id, target, ...(confirm !== undefined && { confirm }) });
      return { json: begun, text: `The restore is run ${begun.runId}.` };
    },
  },
];
