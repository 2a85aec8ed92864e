import { findClient } from "@/db/queries/clients";
import { endpointsById, findEndpoint } from "@/db/queries/endpoints";
import { escalationPolicyNames } from "@/db/queries/escalation-policies";
import { channelsByIdForJobs, type JobWithParts } from "@/db/queries/jobs";
import { findProfile } from "@/db/queries/profiles";
import { findRepository } from "@/db/queries/repositories";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { onCalendarProblem } from "@/lib/core/cron/on-calendar";
import { AppError } from "@/lib/core/errors";
import type { JobKind } from "@/lib/core/job";
import { sourceKind } from "@/lib/jobs/registry";
import { ruleMentionProblems } from "@/lib/services/channels/mention-problems";
import { isIanaTimezone } from "@/lib/services/users/fields";
import type { ClientJobInput, ExternalJobInput, ManagedJobInput } from "./fields";
import type { NotificationInput } from "./rule-fields";
import { thresholdProblems } from "./threshold-problems";

/**
 * Checks what a schema alone cannot know: that references exist, that the schedule comes due, that no channel is
 * listed twice.
 * @param known what the job is so far, where it is changed
 * @throws AppError `invalid`, or `conflict` for a channel that is listed twice, beside the field
 */
export async function checkJob(
  job: Partial<
    Pick<
      ManagedJobInput,
      "sourceId" | "repositoryId" | "profileId" | "destinationIds" | "restoreTestDays" | "notifications"
    > &
      Pick<ClientJobInput, "clientId"> &
      Pick<ExternalJobInput, "schedule"> & { kind: JobKind }
  >,
  known?: JobWithParts,
): Promise<void> {
  const fields: Record<string, string> = {};
  if (job.clientId !== undefined && !(await findClient(job.clientId))) fields.clientId = "There is no such client.";
  if (job.sourceId !== undefined && !(await findEndpoint("sources", job.sourceId)))
    fields.sourceId = "There is no such source.";
  if (job.destinationIds) {
    const known = await endpointsById("destinations", job.destinationIds);
    job.destinationIds.forEach((id, index) => {
      if (!known.has(id)) fields[`destinationIds[${index}]`] = "There is no such destination.";
    });
  }
  Object.assign(fields, await placeProblems(job, known));
  if (job.schedule && "onCalendar" in job.schedule) {
    const { onCalendar, timezone } = job.schedule;
    if (!isIanaTimezone(timezone))
      fields["schedule.timezone"] = "This time zone is not known. Use a name such as Europe/Berlin.";
    else {
      const problem = onCalendarProblem(onCalendar, timezone);
      if (problem) fields["schedule.onCalendar"] = problem;
    }
  } else if (job.schedule && "cron" in job.schedule) {
    const problem = scheduleProblem(job.schedule);
    if (problem) fields[`schedule.${problem.field}`] = problem.message;
  }
  if (job.profileId && !(await findProfile(job.profileId))) fields.profileId = "There is no such profile.";
  Object.assign(fields, await ruleProblems(job.notifications ?? []));
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
  assertChannelsUnique("job", job.notifications ?? []);
}

/** Backups go to destinations or into one repository, which takes folders only. */
async function placeProblems(
  job: Parameters<typeof checkJob>[0],
  known: JobWithParts | undefined,
): Promise<Record<string, string>> {
  const asked = [job.sourceId, job.repositoryId, job.destinationIds, job.restoreTestDays];
  const isAsked = asked.some((one) => one !== undefined);
  if (known && !isAsked) return {};
  // What a client or another program backs up, and where to, is known there alone.
  if (known ? known.job.kind !== "managed" : job.clientId !== undefined || job.kind === "external") return {};
  const repositoryId = job.repositoryId === undefined ? (known?.job.repositoryId ?? null) : job.repositoryId;
  const destinationIds = job.destinationIds ?? known?.destinationIds ?? [];
  const source = await findEndpoint("sources", job.sourceId ?? known?.job.sourceId ?? "");
  if (source && sourceKind(source.kind)?.storesItself) {
    const restoreTestDays = job.restoreTestDays === undefined ? known?.job.restoreTestDays : job.restoreTestDays;
    return problemsOfProgram(source.name, { repositoryId, destinationIds, restoreTestDays: restoreTestDays ?? null });
  }
  if (repositoryId === null)
    return destinationIds.length > 0 ? {} : { destinationIds: "Choose at least one destination." };
  if (destinationIds.length > 0)
    return { repositoryId: "A job stores its backups in a repository or at destinations, not both." };
  if (!(await findRepository(repositoryId))) return { repositoryId: "There is no such repository." };
  const kind = source && sourceKind(source.kind);
  if (source && !kind?.openFolder)
    return { repositoryId: `A repository takes folders, and ${source.name} is none: choose a destination.` };
  return {};
}

/** What a source that stores its backups by itself leaves nothing to choose of. */
function problemsOfProgram(
  name: string,
  job: { repositoryId: string | null; destinationIds: readonly string[]; restoreTestDays: number | null },
): Record<string, string> {
  const itself = `${name} stores its backups by itself`;
  return {
    ...(job.repositoryId !== null && { repositoryId: `${itself}: the job takes no repository.` }),
    ...(job.destinationIds.length > 0 && { destinationIds: `${itself}: the job takes no destination.` }),
    ...(job.restoreTestDays !== null && { restoreTestDays: `${itself}: Belfry has none that it could restore.` }),
  };
}

/** A sentence for each rule that names an escalation policy which does not exist. */
async function unknownPolicies(rules: readonly NotificationInput[]): Promise<Record<string, string>> {
  if (!rules.some((rule) => rule.escalationPolicyId)) return {};
  const known = new Set((await escalationPolicyNames()).map(({ id }) => id));
  const wrong = rules.flatMap(({ escalationPolicyId }, index) =>
    escalationPolicyId && !known.has(escalationPolicyId)
      ? [[`notifications[${index}].escalationPolicyId`, "There is no such escalation policy."]]
      : [],
  );
  return Object.fromEntries(wrong);
}

/** Checks the rules of a profile as those of a job are checked. @throws as `checkJob` */
export async function checkProfileRules(rules: NotificationInput[]): Promise<void> {
  const fields = await ruleProblems(rules);
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
  assertChannelsUnique("profile", rules);
}

async function ruleProblems(rules: NotificationInput[]): Promise<Record<string, string>> {
  const known = await channelsByIdForJobs(rules.map((rule) => rule.channelId));
  const fields: Record<string, string> = {};
  rules.forEach((rule, index) => {
    if (!known.has(rule.channelId)) fields[`notifications[${index}].channelId`] = "There is no such channel.";
  });
  const settings = { ...ruleMentionProblems(rules, known), ...thresholdProblems(rules, known) };
  return { ...fields, ...(await unknownPolicies(rules)), ...settings };
}

function assertChannelsUnique(owner: "job" | "profile", rules: NotificationInput[]): void {
  const seen = new Set<string>();
  rules.forEach(({ channelId }, index) => {
    if (seen.has(channelId)) {
      const sentence = `A ${owner} has one rule per channel.`;
      throw new AppError("conflict", sentence, { fields: { [`notifications[${index}].channelId`]: sentence } });
    }
    seen.add(channelId);
  });
}
