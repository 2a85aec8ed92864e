import { z } from "zod";
import { COMPRESSIONS, CONDITIONS, JOB_STATES, REPEATS } from "@/lib/core/job";
import { customTextFields, outcomesField } from "@/lib/services/channels/text-fields";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";

/** A row of the Notifications tab. A new row starts as On Failure. */
export const notificationField = z
  .object({
    channelId: idField,
    condition: z.enum(CONDITIONS).default("failure"),
    /** The outcomes of a custom condition. */
    states: z.array(z.enum(JOB_STATES)).nullish(),
    repeat: z.enum(REPEATS).default("every"),
    remindHours: z
      .int("Enter whole hours.")
      .min(1, "At least one hour.")
      .max(720, "At most 720 hours: 30 days.")
      .nullish(),
    notifyOnRecovery: z.boolean().default(true),
    ...customTextFields,
    outcomes: outcomesField.nullish(),
    includeLog: z.boolean().default(false),
    /** Bytes. */
    logLimit: z.int().min(100, "At least 100 bytes.").max(500_000, "At most 500,000 bytes.").default(10_000),
  })
  .superRefine((row, context) => {
    if (row.condition === "custom" && !row.states?.length) {
      context.addIssue({ code: "custom", path: ["states"], message: "Choose at least one outcome." });
    }
    if (row.repeat === "remind" && !row.remindHours) {
      context.addIssue({ code: "custom", path: ["remindHours"], message: "Enter after how many hours to remind." });
    }
  });
export type NotificationInput = z.output<typeof notificationField>;

export const scheduleField = z
  .object({ cron: z.string().trim().max(200), timezone: z.string().trim().max(64) })
  .nullable();

const fields = {
  name: nameField,
  sourceId: idField,
  destinationIds: z
    .array(idField)
    .min(1, "Choose at least one destination.")
    .max(10, "At most ten destinations.")
    .refine((ids) => new Set(ids).size === ids.length, "A destination stands here twice."),
  schedule: scheduleField,
  enabled: z.boolean(),
  compression: z.enum(COMPRESSIONS),
  retention: z.object({
    keepLast: z.int("Enter a whole number.").min(1, "Keep at least one backup.").max(10_000, "At most 10,000."),
  }),
  timeLimitMinutes: z
    .int("Enter whole minutes.")
    .min(1, "At least one minute.")
    .max(20_160, "At most 20,160 minutes: 14 days.")
    .nullable(),
  graceMinutes: z.int("Enter whole minutes.").min(0).max(1_440, "At most 1,440 minutes: a day."),
  retries: z.int("Enter a whole number.").min(0).max(10, "At most ten."),
  notifications: z.array(notificationField).max(50, "At most 50 rows."),
};

/** A new job, with what it starts with where nothing is said. */
export const jobInput = z.object({
  ...fields,
  kind: z.literal("managed").default("managed"),
  schedule: fields.schedule.default(null),
  enabled: fields.enabled.default(true),
  compression: fields.compression.default("gzip"),
  retention: fields.retention.default({ keepLast: 7 }),
  timeLimitMinutes: fields.timeLimitMinutes.default(null),
  graceMinutes: fields.graceMinutes.default(10),
  retries: fields.retries.default(0),
  notifications: fields.notifications.default([]),
});
export type JobInput = z.output<typeof jobInput>;

/** Only what is named changes. */
export const jobChanges = z
  .object(fields)
  .partial()
  .extend({ id: idField, kind: z.literal("managed").optional() });
