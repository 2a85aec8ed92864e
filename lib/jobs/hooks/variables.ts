import { findEndpoint } from "@/db/queries/endpoints";
import { destinationNames } from "@/db/queries/job-facts";
import type { JobWithParts, ManagedJob } from "@/db/queries/jobs";
import { repositoryNamesById } from "@/db/queries/repositories";
import type { RunRow } from "@/db/stores/runs";
import type { HookMoment } from "@/lib/core/hook";
import type { RunResult } from "../run-result";

/** What hooks learn of the run: the same for all of them. */
export interface HookFacts {
  job: ManagedJob;
  run: RunRow;
  sourceName: string;
  /** Names of the destinations, or of the repository. */
  repository: string;
}

/** Reads what the variables name. */
export async function readHookFacts(run: RunRow, whole: JobWithParts<ManagedJob>): Promise<HookFacts> {
  const { job, destinationIds } = whole;
  const [source, destinations, repositories] = await Promise.all([
    findEndpoint("sources", job.sourceId),
    destinationNames(destinationIds),
    repositoryNamesById(job.repositoryId ? [job.repositoryId] : []),
  ]);
  const repository = job.repositoryId ? (repositories.get(job.repositoryId) ?? "") : destinations.join(", ");
  return { job, run, sourceName: source?.name ?? "", repository };
}

/** The variables of one hook. @param result null before the backup @param output the run's log so far */
export function hookVariables(
  { job, run, sourceName, repository }: HookFacts,
  hook: string,
  moment: HookMoment,
  result: RunResult | null,
  output: string,
): Record<string, string> {
  return {
    BELFRY_HOOK: hook,
    BELFRY_MOMENT: moment,
    BELFRY_JOB: job.name,
    BELFRY_JOB_ID: job.id,
    BELFRY_JOB_SLUG: job.slug,
    BELFRY_RUN: run.id,
    BELFRY_ATTEMPT: String(run.attempts),
    BELFRY_STATUS: result === null ? "running" : (result.reasonCode ?? result.status),
    BELFRY_SOURCE: sourceName,
    BELFRY_REPOSITORY: repository,
    BELFRY_BYTES: String(result?.bytes ?? ""),
    BELFRY_FILES: String(result?.files ?? ""),
    BELFRY_ERROR: plain(result?.error ?? ""),
    BELFRY_OUTPUT: plain(output),
  };
}

/** What may stand in an argument of the list; the first four are borgmatic's. */
const PLACEHOLDERS: Record<string, string> = {
  configuration_filename: "BELFRY_JOB_SLUG",
  repository: "BELFRY_REPOSITORY",
  error: "BELFRY_ERROR",
  output: "BELFRY_OUTPUT",
  job: "BELFRY_JOB",
  run: "BELFRY_RUN",
  status: "BELFRY_STATUS",
};

/** An argument with its placeholders replaced, once: what a value holds is not looked at again, and it stays one argument. */
export function fillArgument(argument: string, variables: Record<string, string>): string {
  return argument.replace(/\{([a-z_]+)\}/g, (whole, name: string) => {
    const variable = Object.hasOwn(PLACEHOLDERS, name) ? PLACEHOLDERS[name] : undefined;
    return (variable && variables[variable]) ?? whole;
  });
}

/** A NUL would end a value, and Node refuses it. */
function plain(text: string): string {
  return text.replaceAll("\0", "");
}
