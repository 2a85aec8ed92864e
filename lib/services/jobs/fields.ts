import { z } from "zod";
import type { StoredJob } from "@/db/queries/jobs";
import { PROGRAM_NAME } from "@/lib/core/hook";
import { COMPRESSIONS, REPORT_METHODS } from "@/lib/core/job";
import { webhookMapping } from "@/lib/core/webhook-mapping";
import { clientJobField } from "@/lib/services/clients/fields";
import { labelsField } from "@/lib/services/labels/fields";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { notificationsField } from "./rule-fields";

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

const timeLimitField = z
  .int("Enter whole minutes.")
  .min(1, "At least one minute.")
  .max(20_160, "At most 20,160 minutes: 14 days.")
  .nullable();

/** The same of a job that Belfry starts. */
const startedPlain = sharedPlain.extend({
  timeLimitMinutes: timeLimitField,
  retries: z.int("Enter a whole number.").min(0).max(10, "At most ten."),
});

/** The same of a job that a client executes. */
export const clientPlain = startedPlain.extend({
  clientId: idField.meta({ description: "The client that executes it, in place of a source and destinations" }),
  clientJob: clientJobField.meta({ description: "The name under which the client's own configuration allows it" }),
});

const hookNames = z
  .array(z.string().max(64, "At most 64 characters.").regex(PROGRAM_NAME, "This is not a name of a hook."))
  .max(10, "At most ten hooks.")
  .refine((names) => new Set(names).size === names.length, "A hook is listed twice.")
  .default([]);

const hooksField = z
  .object({ before: hookNames, success: hookNames, warning: hookNames, failure: hookNames, after: hookNames })
  .nullable();

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
  /** Programs of the operator's list that run around its backups, by name; null: none. */
  hooks: hooksField,
});

const keywordsField = z.array(z.string().trim().min(1, "Leave no word empty.").max(200)).max(50, "At most 50 words.");

/** The same of an external job, which another program runs and reports. */
export const externalPlain = sharedPlain.extend({
  graceMinutes: z.int("Enter whole minutes.").min(0).max(43_200, "At most 43,200 minutes: 30 days."),
  /** After so long a run that was reported to begin is given up. */
  timeLimitMinutes: timeLimitField,
  methods: z.enum(REPORT_METHODS),
  /** Where its webhook finds what it needs in the JSON of the sender; null: at the usual places. */
  webhookMapping: webhookMapping.nullable(),
  keywords: z.object({
    failure: keywordsField.default([]),
    warning: keywordsField.default([]),
    success: keywordsField.default([]),
  }),
});

/** When an external job is expected to report: after a time without a report, or at the times of a schedule. */
export const expectationField = z
  .union([
    z.object({
      periodMinutes: z
        .int("Enter whole minutes.")
        .min(1, "At least one minute.")
        .max(527_040, "At most 527,040 minutes: 366 days."),
    }),
    z.object({ cron: z.string().trim().max(200), timezone: z.string().trim().max(64) }),
    z.object({
      /** A line for each expression of systemd. */
      onCalendar: z.string().trim().min(1, "Enter an expression.").max(1_000),
      timezone: z.string().trim().max(64),
    }),
  ])
  .nullable();
export type ExpectationInput = z.output<typeof expectationField>;

/** Settings of an external job, in its own columns. */
export const externalSettings = externalPlain.extend({ schedule: expectationField });
export type ExternalSettings = z.output<typeof externalSettings>;

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

/** The same of an external job. */
const externalFields = {
  ...externalPlain.shape,
  schedule: expectationField,
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
    code === "invalid_union" ? "A job is managed, of a client, or external: name its kind." : undefined,
};

/** What every new job starts with. */
const sharedDefaults = {
  enabled: sharedPlain.shape.enabled.default(true),
  /** Left out: the default profile of new jobs, where there is one. */
  profileId: sharedPlain.shape.profileId.optional(),
  timeLimitMinutes: timeLimitField.default(null),
  overdueAfterHours: sharedPlain.shape.overdueAfterHours.default(null),
  notifications: notificationsField.default([]),
  labels: labelsField.default({}),
};

/** The same of a job that Belfry starts. */
const startedDefaults = {
  ...sharedDefaults,
  schedule: scheduleField.default(null),
  graceMinutes: sharedPlain.shape.graceMinutes.default(10),
  retries: startedPlain.shape.retries.default(0),
};

const newClientJob = z.object({ ...clientFields, kind: z.literal("client"), ...startedDefaults });

/** What borgmatic writes into the log of a run that it calls a success. */
const KNOWN_WARNINGS = ["Treating exit code 1 as a warning", "soft failure exit code"];

const newExternalJob = z.object({
  ...externalFields,
  kind: z.literal("external"),
  ...sharedDefaults,
  schedule: expectationField.default(null),
  graceMinutes: externalPlain.shape.graceMinutes.default(60),
  methods: externalPlain.shape.methods.default("any"),
  webhookMapping: externalPlain.shape.webhookMapping.default(null),
  keywords: externalPlain.shape.keywords.default({ failure: [], warning: KNOWN_WARNINGS, success: [] }),
});

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
  hooks: hooksField.default(null),
});

/** A new job, with what it starts with where nothing is said. */
export const jobInput = z.preprocess(
  kindOfFields,
  z.discriminatedUnion("kind", [newManagedJob, newClientJob, newExternalJob], byKind),
);
export type JobInput = z.output<typeof jobInput>;
export type ManagedJobInput = z.output<typeof newManagedJob>;
export type ClientJobInput = z.output<typeof newClientJob>;
export type ExternalJobInput = z.output<typeof newExternalJob>;

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
      z
        .object(externalFields)
        .partial()
        .extend({ id: idField, kind: z.literal("external") }),
    ],
    byKind,
  ),
);

/** What may be changed of a job, by what executes it. */
export const CHANGEABLE_FIELDS: Record<StoredJob["kind"], readonly string[]> = {
  managed: Object.keys(managedFields),
  client: Object.keys(clientFields),
  external: Object.keys(externalFields),
};

const EXTERNAL_ONLY = ["methods", "keywords", "webhookMapping"];

/** A schedule that only an external job has. */
function isExpectation(input: object): boolean {
  const { schedule } = input as { schedule?: unknown };
  if (typeof schedule !== "object" || schedule === null) return false;
  return "periodMinutes" in schedule || "onCalendar" in schedule;
}

/** A job that names a client is the client's, also where its kind is left out; and so with what only an external one has. */
function kindOfFields(input: unknown): unknown {
  if (typeof input !== "object" || input === null || "kind" in input) return input;
  if ("clientId" in input || "clientJob" in input) return { ...input, kind: "client" };
  return EXTERNAL_ONLY.some((name) => name in input) || isExpectation(input) ? { ...input, kind: "external" } : input;
}
