import { z } from "zod";
import { receiversOfJobs } from "@/db/queries/job-receivers";
import { findJob, type JobWithParts, jobIdOf, namesAndSlugs } from "@/db/queries/jobs";
import { addRulesToJob, createJobWithChannels } from "@/db/stores/import-job";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { CONDITIONS, JOB_STATES } from "@/lib/core/job";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { MAX_YAML } from "@/lib/core/yaml/read-yaml";
import { linkBase } from "@/lib/dispatch/send/installation";
import { type ChannelPlan, type PlannedChannel, planChannels } from "@/lib/services/borgmatic/plan-channels";
import { readConfig } from "@/lib/services/borgmatic/read-config";
import type { KeyLine } from "@/lib/services/borgmatic/section";
import { newJobReceiver, openJobReceiver } from "@/lib/services/receivers/secrets";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb, type VerbContext } from "@/lib/services/verb";
import { type ExternalJobInput, jobInput } from "./fields";
import { jobRow, ruleRows } from "./mapping";
import { freeSlug } from "./slug";

export const importedBorgmatic = z.object({
  /** False: nothing was created; this is what would be. */
  isCreated: z.boolean(),
  name: z.string(),
  /** Null: it is not created, or not yet. Of a job that is there already, its own. */
  jobId: z.string().nullable(),
  /** An external job has this name already: channels and rules that it lacks are added, and nothing of it is changed. */
  isAddition: z.boolean(),
  /** Why nothing can be created or added; null: it can, or was. */
  reason: z.string().nullable(),
  /** `sections`: with `location:` and `hooks:`, of borgmatic before 1.8. `flat`: of newer versions. */
  syntax: z.enum(["sections", "flat"]),
  /** Where borgmatic reports the job, for `ping_url` of its hook `healthchecks`; a path where Belfry's own address is not set. */
  pingUrl: z.string().nullable(),
  channels: z.array(
    z.object({
      /** The hook in the file. */
      key: z.string(),
      name: z.string(),
      providerLabel: z.string(),
      /** Null: not created yet. */
      channelId: z.string().nullable(),
      /** It was there already, with the same settings. */
      exists: z.boolean(),
      /** The job has a rule for it already, which stays as it is. */
      hasRule: z.boolean(),
      condition: z.enum(CONDITIONS),
      states: z.array(z.enum(JOB_STATES)),
      includeLog: z.boolean(),
      /** The rule has texts of the file. */
      hasTexts: z.boolean(),
    }),
  ),
  /** Each key of the file, in its order, with its result. */
  keys: z.array(z.object({ key: z.string(), isTaken: z.boolean(), text: z.string() })),
});
type Imported = z.output<typeof importedBorgmatic>;

/** A job has no more. */
const MAX_RULES = 50;
const ONLY_ADMINS = "Only administrators create channels: ask one to import this file.";

/**
 * Makes an external job, channels and rules of a configuration file of borgmatic; at first it only says what it would make. An external
 * job that has the name gets the channels and rules that it lacks.
 */
export const jobsImportBorgmatic = defineVerb({
  name: "jobs.importBorgmatic",
  permission: "operator",
  changes: true,
  input: z.object({
    /** The file, as text. */
    text: z
      .string()
      .min(1, "Paste the file.")
      .max(MAX_YAML, `At most ${MAX_YAML.toLocaleString("en")} characters: leave out its comments.`),
    /** Of the job. */
    name: nameField.default("borgmatic"),
    /** Create the job, its channels and rules; left out: only look. */
    create: z.boolean().default(false),
  }),
  async run(context, { text, name, create }): Promise<Imported> {
    const { syntax, hooks, lines } = readConfig(text);
    const [plan, job] = await Promise.all([planFor(context, hooks, name), jobNamed(name)]);
    const ruled = new Set(job?.notifications.map(({ channelId }) => channelId));
    const missing = plan.channels.filter(({ id }) => !ruled.has(id));
    const reason = job && refusalOf(job, missing.length);
    const made =
      !create || reason !== null
        ? null
        : job
          ? await addAll(context, job, missing)
          : await createAll(context, name, plan.channels);
    return {
      isCreated: made !== null,
      name,
      jobId: made?.jobId ?? null,
      isAddition: job !== null,
      reason,
      syntax,
      pingUrl: made?.pingUrl ?? null,
      channels: plan.channels.map((channel) => ({
        ...channelOf(channel, made !== null),
        hasRule: ruled.has(channel.id),
      })),
      keys: withRefusals(lines, plan.refused),
    };
  },
});

async function jobNamed(name: string): Promise<JobWithParts | null> {
  const known = (await namesAndSlugs()).find((job) => job.name === name);
  const id = known && (await jobIdOf(known.slug));
  return id ? await findJob(id) : null;
}

/** Why nothing is added to a job that is there already; null: something is. */
function refusalOf({ job, notifications }: JobWithParts, missing: number): string | null {
  const taken = "There is a job with this name already";
  if (job.kind !== "external") return `${taken}, and it is none that another program runs: choose another name.`;
  if (missing === 0) return `${taken}, and it has a rule for each channel that the file gives: nothing is added to it.`;
  if (notifications.length + missing > MAX_RULES)
    return `${taken}, and with these it would have more than ${MAX_RULES} rules: remove some of it, or choose another name.`;
  return null;
}

async function planFor(
  { actor, now }: VerbContext,
  hooks: Parameters<typeof planChannels>[0],
  name: string,
): Promise<ChannelPlan> {
  if (hasRole(actor, "admin")) {
    return planChannels(hooks, { jobName: name, ownAddress: await linkBase(undefined), now });
  }
  return { channels: [], refused: new Map(hooks.map(({ key }) => [key, ONLY_ADMINS])) };
}

/** One line in place of those of a hook that becomes no channel. */
function withRefusals(lines: readonly KeyLine[], refused: ReadonlyMap<string, string>): KeyLine[] {
  const named = new Set<string>();
  return lines.flatMap((line) => {
    const key = [...refused.keys()].find((one) => line.key === one || line.key.startsWith(`${one}.`));
    if (key === undefined) return [line];
    if (named.has(key)) return [];
    named.add(key);
    return [{ key, isTaken: false, text: refused.get(key) ?? "" }];
  });
}

function channelOf(
  { key, name, provider, id, row, rule }: PlannedChannel,
  isCreated: boolean,
): Omit<Imported["channels"][number], "hasRule"> {
  return {
    key,
    name,
    providerLabel: provider.label,
    channelId: row === null || isCreated ? id : null,
    exists: row === null,
    condition: rule.condition,
    states: rule.states ?? [],
    includeLog: rule.includeLog,
    hasTexts: rule.outcomes != null,
  };
}

/** All or nothing. */
async function createAll({ now, audit }: VerbContext, name: string, channels: readonly PlannedChannel[]) {
  const input = jobInput.parse({ kind: "external", name }) as ExternalJobInput;
  const [slug, base] = await Promise.all([freeSlug(name), linkBase(undefined)]);
  const row = jobRow(input, slug, now);
  const receiver = newJobReceiver(row.id);
  const rules = channels.map(({ rule }) => rule);
  const parts = { destinationIds: [], notifications: ruleRows(row.id, rules), labels: {}, followsDefault: true };
  const detail = { enabled: row.enabled, channels: channels.map((channel) => channel.name) };
  const job = { job: row, ...parts, receiver };
  await createJobWithChannels(job, audit("job", row.id, name, detail), newChannels(channels, audit));
  return { jobId: row.id, pingUrl: receiverUrls(base ?? "", openJobReceiver(receiver.secrets)).healthchecks };
}

/** The same to a job that is there. */
async function addAll({ now, audit }: VerbContext, { job }: JobWithParts, missing: readonly PlannedChannel[]) {
  const rules = ruleRows(
    job.id,
    missing.map(({ rule }) => rule),
  );
  const row = audit("job", job.id, job.name, { channels: missing.map(({ name }) => name) });
  if (!(await addRulesToJob(job.id, rules, { ...row, at: now }, newChannels(missing, audit))))
    throw new AppError("conflict", "The job was removed meanwhile: nothing was added.");
  const [receivers, base] = await Promise.all([receiversOfJobs([job.id]), linkBase(undefined)]);
  const receiver = receivers.get(job.id);
  const pingUrl = receiver ? receiverUrls(base ?? "", openJobReceiver(receiver.secrets)).healthchecks : null;
  return { jobId: job.id, pingUrl };
}

function newChannels(channels: readonly PlannedChannel[], audit: VerbContext["audit"]) {
  return channels.flatMap(({ id, name, provider, row }) =>
    row ? [{ row, audit: audit("channel", id, name, { provider: provider.id }) }] : [],
  );
}
