import { z } from "zod";
import { namesAndSlugs } from "@/db/queries/jobs";
import { createJobWithChannels } from "@/db/stores/import-job";
import { hasRole } from "@/lib/auth/access/permission";
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
  /** Null: it is not created, or not yet. */
  jobId: z.string().nullable(),
  /** Why nothing can be created; null: it can, or was. */
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

const ONLY_ADMINS = "Only administrators create channels: ask one to import this file.";

/** Makes an external job, channels and rules of a configuration file of borgmatic; at first it only says what it would make. */
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
    const [plan, known] = await Promise.all([planFor(context, hooks, name), namesAndSlugs()]);
    const isTaken = known.some((job) => job.name === name);
    const reason = isTaken ? "There is a job with this name already: nothing of the file is created again." : null;
    const made = create && reason === null ? await createAll(context, name, plan.channels) : null;
    return {
      isCreated: made !== null,
      name,
      jobId: made?.jobId ?? null,
      reason,
      syntax,
      pingUrl: made?.pingUrl ?? null,
      channels: plan.channels.map((channel) => channelOf(channel, made !== null)),
      keys: withRefusals(lines, plan.refused),
    };
  },
});

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
): Imported["channels"][number] {
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
  const made = channels.flatMap((channel) =>
    channel.row
      ? [{ row: channel.row, audit: audit("channel", channel.id, channel.name, { provider: channel.provider.id }) }]
      : [],
  );
  const detail = { enabled: row.enabled, channels: channels.map((channel) => channel.name) };
  await createJobWithChannels({ job: row, ...parts, receiver }, audit("job", row.id, name, detail), made);
  return { jobId: row.id, pingUrl: receiverUrls(base ?? "", openJobReceiver(receiver.secrets)).healthchecks };
}
