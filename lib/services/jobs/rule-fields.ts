import { z } from "zod";
import { CONDITIONS, JOB_STATES, REPEATS } from "@/lib/core/job";
import { customTextFields, outcomesField } from "@/lib/services/channels/text-fields";
import { idField } from "@/lib/services/page";

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
