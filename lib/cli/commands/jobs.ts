import { AppError } from "@/lib/core/errors";
import type { CommandCall } from "@/lib/services/command-verbs";
import type { JobView } from "@/lib/services/jobs/view";
import { listAll } from "../all";
import { type Command, numberOption, textOption } from "../command";
import { formatTable } from "../table";

/** Default number of lines in a list. */
const SHOWN = 50;

export const jobCommands: Command[] = [
  {
    name: ["jobs", "list"],
    usage: "",
    summary: "List the jobs",
    async run(_, { call }) {
      const jobs = await listAll((page) => call("jobs.list", page));
      const rows = jobs.map((job) => [
        job.id,
        job.name,
        job.enabled ? "on" : "off",
        scheduleText(job),
        job.lastRun?.status,
        job.nextRunAt,
      ]);
      return { json: jobs, text: formatTable(["ID", "NAME", "", "SCHEDULE", "LAST RUN", "NEXT RUN"], rows) };
    },
  },
  {
    name: ["jobs", "run"],
    usage: "ID|NAME",
    summary: "Ask for a run of a job",
    positionals: 1,
    async run({ positionals: [which = ""] }, { call }) {
      const started = await call("jobs.run", { id: await findJobId(which, call) });
      return { json: started, text: `The run ${started.runId} is queued.` };
    },
  },
  {
    name: ["jobs", "show"],
    usage: "ID|NAME",
    summary: "Show a job: how it does, its schedule and its last run",
    positionals: 1,
    async run({ positionals: [which = ""] }, { call }) {
      const job = await call("jobs.get", { id: await findJobId(which, call) });
      const facts: [string, string | number | null | undefined][] = [
        ["name", job.name],
        ["kind", job.kind],
        ["health", job.health],
        ["enabled", job.enabled ? "yes" : "no"],
        ["schedule", scheduleText(job)],
        ["next run", job.nextRunAt],
        ["last run", job.lastRun && `${job.lastRun.id} ${job.lastRun.status}`],
      ];
      return { json: job, text: formatTable(["id", job.id], facts) };
    },
  },
  pauseCommand("pause", "Pause a job: no run of it starts, none is missed"),
  pauseCommand("resume", "End the pause of a job"),
  {
    name: ["runs", "list"],
    usage: "[--job ID|NAME] [--limit N]",
    summary: "List the latest runs",
    options: { job: { type: "string" }, limit: { type: "string" } },
    async run({ flags }, { call }) {
      const which = textOption(flags, "job");
      const jobId = which === undefined ? undefined : await findJobId(which, call);
      const runs = await listAll(
        (page) => call("runs.list", { ...page, ...(jobId && { jobId }) }),
        numberOption(flags, "limit") ?? SHOWN,
      );
      const rows = runs.map((run) => [
        run.id,
        run.name,
        run.kind,
        run.status,
        run.startedAt,
        run.finishedAt,
        run.bytes,
      ]);
      return { json: runs, text: formatTable(["ID", "NAME", "KIND", "STATUS", "STARTED", "FINISHED", "BYTES"], rows) };
    },
  },
  {
    name: ["runs", "show"],
    usage: "ID [--log]",
    summary: "Show a run with its backups, or its log",
    positionals: 1,
    options: { log: { type: "boolean" } },
    async run({ flags, positionals: [id = ""] }, { call }) {
      if (flags.log) {
        const log = await call("runs.log", { id });
        return { json: log, text: log.text.replace(/\n$/, "") };
      }
      const run = await call("runs.get", { id });
      const facts: [string, string | number | null][] = [
        ["name", run.name],
        ["kind", run.kind],
        ["status", run.status],
        ["queued", run.queuedAt],
        ["started", run.startedAt],
        ["finished", run.finishedAt],
        ["attempts", run.attempts],
        ["bytes", run.bytes],
        ["files", run.files],
        ["error", run.error],
        ["advice", run.advice],
        ...(run.artifacts ?? []).map(({ id: artifact, destinationName }): [string, string] => [
          "backup",
          `${artifact} at ${destinationName}`,
        ]),
      ];
      return { json: run, text: formatTable(["id", run.id], facts) };
    },
  },
  {
    name: ["runs", "cancel"],
    usage: "ID",
    summary: "Cancel a run: a queued one at once, a running one as soon as its tools have ended",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const canceled = await call("runs.cancel", { id });
      const text = canceled.status === "canceled" ? `The run ${id} is canceled.` : `The run ${id} is ending.`;
      return { json: canceled, text };
    },
  },
];

function pauseCommand(verb: "pause" | "resume", summary: string): Command {
  return {
    name: ["jobs", verb],
    usage: "ID|NAME",
    summary,
    positionals: 1,
    async run({ positionals: [which = ""] }, { call }) {
      const job = await call(`jobs.${verb}`, { id: await findJobId(which, call) });
      return { json: job, text: `${job.name} is ${job.enabled ? "not paused" : "paused"}.` };
    },
  };
}

/** Finds the id of a job by its id, name or slug. @throws AppError `not_found` */
export async function findJobId(which: string, call: CommandCall): Promise<string> {
  const jobs = await listAll((page) => call("jobs.list", page));
  const found = jobs.find(({ id, name, slug }) => [id, name, slug].includes(which));
  if (!found) throw new AppError("not_found", `There is no job ${which}.`);
  return found.id;
}

function scheduleText({ kind, schedule }: JobView): string {
  if (!schedule) return kind === "external" ? "none" : "manual";
  if ("onCalendar" in schedule) return `${schedule.onCalendar.split("\n").join(" | ")} ${schedule.timezone}`;
  return "cron" in schedule ? `${schedule.cron} ${schedule.timezone}` : `every ${schedule.periodMinutes} min`;
}
