import { z } from "zod";
import type { StartableJob } from "@/db/queries/jobs";
import { COMPRESSIONS, CONDITIONS, JOB_STATES, REPEATS } from "@/lib/core/job";
import { customTextFields, outcomesField } from "@/lib/services/channels/text-fields";
import { clientJobField } from "@/lib/services/clients/fields";
import { labelsField } from "@/lib/services/labels/fields";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";

/** A rule of the Notifications tab. A new rule starts as On Failure. */
export const notificationField = z
  .object({
    channelId: idField,
    condition: z.enum(CONDITIONS).default("failure"),
    /** The outcomes of a custom condition. */
    states: z.array(z.enum(JOB_STATES)).max(JOB_STATES.length).nullish(),
    repeat: z.enum(REPEATS).default("every"),
    remindHours: z
      .int("Enter whole hours.")
      .min(1, "At least one hour.")
      .max(720, "At most 720 hours: 30 days.")
      .nullish(),
    notifyOnRecovery: z.boolean().default(true),
    /** Who is notified when nobody acknowledges the problem. */
    escalationPolicyId: idField.nullish(),
    /** From which occurrence of the problem in a row on it notifies; null: from the first. */
    afterCount: z
      .int("Enter a whole number.")
      .min(2, "At least two in a row; leave it empty for the first.")
      .max(100, "At most 100 in a row.")
      .nullish(),
    /** Hours that the job had no success before it notifies; null: at once. */
    afterHours: z
      .int("Enter whole hours.")
      .min(1, "At least one hour.")
      .max(8_760, "At most 8,760 hours: a year.")
      .nullish(),
    ...customTextFields,
    outcomes: outcomesField.nullish(),
    includeLog: z.boolean().default(false),
    /** Bytes. */
    logLimit: z.int().min(100, "At least 100 bytes.").max(500_000, "At most 500,000 bytes.").default(10_000),
  })
  .superRefine((rule, context) => {
    if (rule.condition === "custom" && !rule.states?.length) {
      context.addIssue({ code: "custom", path: ["states"], message: "Choose at least one outcome." });
    }
    for (const field of ["afterCount", "afterHours"] as const) {
      if (rule.condition !== "success" || !rule[field]) continue;
      const message = "A rule about successes has no problem to wait for: leave this empty.";
      context.addIssue({ code: "custom", path: [field], message });
    }
    if (rule.repeat === "remind" && !rule.remindHours) {
      context.addIssue({ code: "custom", path: ["remindHours"], message: "Enter after how many hours to remind." });
    }
  });
export type NotificationInput = z.output<typeof notificationField>;

/** The rules of a job or a profile, as they are saved and as they are previewed. */
export const notificationsField = z.array(notificationField).max(50, "At most 50 rules.");

export const scheduleField = z
  .object({ cron: z.string().trim().max(200), timezone: z.string().trim().max(64) })
  .nullable();

/** Settings of every job that are kept in columns of the same name. */
export const sharedPlain = z.object({
  name: nameField,
  enabled: z.boolean(),
  /** The profile whose rules it follows. */
  profileId: idField.nullable(),
  graceMinutes: z.int("Enter whole minutes.").min(0).max(1_440, "At most 1,440 minutes: a day."),
  /** Hours without a backup after which it is overdue; 0: never; null: by its schedule. */
  overdueAfterHours: z.int("Enter whole hours.").min(0).max(8_760, "At most 8,760 hours: a year.").nullable(),
});

const percentField = z.int("Enter a whole number.").min(0).max(100, "At most 100 percent.");

/** The same of a job that Belfry starts. */
const startedPlain = sharedPlain.extend({
  timeLimitMinutes: z
    .int("Enter whole minutes.")
    .min(1, "At least one minute.")
    .max(20_160, "At most 20,160 minutes: 14 days.")
    .nullable(),
  retries: z.int("Enter a whole number.").min(0).max(10, "At most ten."),
});

/** The same of a job that a client executes. */
export const clientPlain = startedPlain.extend({
  clientId: idField.meta({ description: "The client that executes it, in place of a source and destinations" }),
  clientJob: clientJobField.meta({ description: "The name under which the client's own configuration allows it" }),
});

/** The same of a managed job. */
export const managedPlain = startedPlain.extend({
  sourceId: idField,
  /** The repository that takes its backups, in place of destinations. */
  repositoryId: idField.nullable(),
  compression: z.enum(COMPRESSIONS),
  /** A backup with a smaller share of the usual bytes is suspect; 0: never. */
  leastBytesPercent: percentField,
  /** The same of its files or tables. */
  leastItemsPercent: percentField,
  /** A backup of nothing is no failure. */
  mayBeEmpty: z.boolean(),
  /** Days between restore tests; 0: one after each run; null: none. */
  restoreTestDays: z.int("Enter whole days.").min(0).max(365, "At most 365 days: a year.").nullable(),
});

/** Settings of every job, in its own columns. */
export const sharedSettings = sharedPlain.extend({ schedule: scheduleField });

const composed = {
  schedule: scheduleField,
  retention: z.object({
    keepLast: z.int("Enter a whole number.").min(1, "Keep at least one backup.").max(10_000, "At most 10,000."),
  }),
};

/** Settings of a managed job, in its own columns. */
export const managedSettings = managedPlain.extend(composed);
export type ManagedSettings = z.output<typeof managedSettings>;

const destinationIds = z
  .array(idField)
  .max(10, "At most ten destinations.")
  .refine((ids) => new Set(ids).size === ids.length, "A destination is listed twice.");

/** Settings of a job that a client executes, in its own columns. */
export const clientJobSettings = clientPlain.extend({ schedule: scheduleField });
export type ClientJobSettings = z.output<typeof clientJobSettings>;

/** In the order of the form, which is the order of the errors. */
const clientFields = {
  ...clientPlain.shape,
  schedule: scheduleField,
  notifications: notificationsField,
  labels: labelsField,
};

/** The same of a managed job. */
const managedFields = {
  ...managedPlain.shape,
  destinationIds,
  ...composed,
  notifications: notificationsField,
  labels: labelsField,
};

const byKind: { error: z.core.$ZodErrorMap } = {
  error: ({ code }) =>
    code === "invalid_union"
      ? "Only managed jobs can be set up, and those of clients: Belfry does not receive reports of external jobs yet."
      : undefined,
};

/** What every new job starts with that Belfry starts. */
const startedDefaults = {
  schedule: scheduleField.default(null),
  enabled: sharedPlain.shape.enabled.default(true),
  /** Left out: the default profile of new jobs, where there is one. */
  profileId: sharedPlain.shape.profileId.optional(),
  timeLimitMinutes: startedPlain.shape.timeLimitMinutes.default(null),
  graceMinutes: sharedPlain.shape.graceMinutes.default(10),
  overdueAfterHours: sharedPlain.shape.overdueAfterHours.default(null),
  retries: startedPlain.shape.retries.default(0),
  notifications: notificationsField.default([]),
  labels: labelsField.default({}),
};

const newClientJob = z.object({ ...clientFields, kind: z.literal("client"), ...startedDefaults });

const newManagedJob = z.object({
  ...managedFields,
  kind: z.literal("managed").default("managed"),
  ...startedDefaults,
  repositoryId: managedFields.repositoryId.default(null),
  /** Left out where there is a repository. */
  destinationIds: destinationIds.min(1, "Choose at least one destination.").default([]),
  compression: managedFields.compression.default("gzip"),
  retention: managedFields.retention.default({ keepLast: 7 }),
  leastBytesPercent: managedFields.leastBytesPercent.default(20),
  leastItemsPercent: managedFields.leastItemsPercent.default(50),
  mayBeEmpty: managedFields.mayBeEmpty.default(false),
  restoreTestDays: managedFields.restoreTestDays.default(null),
});

/** A new job, with what it starts with where nothing is said. */
export const jobInput = z.preprocess(kindOfFields, z.discriminatedUnion("kind", [newManagedJob, newClientJob], byKind));
export type JobInput = z.output<typeof jobInput>;
export type ManagedJobInput = z.output<typeof newManagedJob>;
export type ClientJobInput = z.output<typeof newClientJob>;

/** Only what is named changes. What executes a job stays. */
export const jobChanges = z.preprocess(
  kindOfFields,
  z.discriminatedUnion(
    "kind",
    [
      z
        .object(managedFields)
        .partial()
        .extend({ id: idField, kind: z.literal("managed").optional() }),
      z
        .object(clientFields)
        .partial()
        .extend({ id: idField, kind: z.literal("client") }),
    ],
    byKind,
  ),
);

/** What may be changed of a job, by what executes it. */
export const CHANGEABLE_FIELDS: Record<StartableJob["kind"], readonly string[]> = {
  managed: Object.keys(managedFields),
  client: Object.keys(clientFields),
};

/** A job that names a client is the client's, also where its kind is left out. */
function kindOfFields(input: unknown): unknown {
  if (typeof input !== "object" || input === null || "kind" in input) return input;
  return "clientId" in input || "clientJob" in input ? { ...input, kind: "client" } : input;
}
