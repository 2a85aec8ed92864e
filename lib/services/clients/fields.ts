import { z } from "zod";
import { CLIENT_JOB_NAME, DEFAULT_INTERVAL_SECONDS } from "@/lib/core/client";
import { thresholdField } from "@/lib/services/endpoints/threshold";
import { labelsField } from "@/lib/services/labels/fields";

/** The name of a job in the configuration of a client: nothing that a shell or a path gives a meaning to. */
export const clientJobField = z
  .string()
  .max(64, "At most 64 characters.")
  .regex(
    CLIENT_JOB_NAME,
    "A name begins with a letter or digit, and has only letters, digits, dots, hyphens and underscores: at most 64.",
  );

/** 90 days. */
const MAX_DELAY_MINUTES = 129_600;

/** What an administrator says of a client. */
export const clientFields = {
  name: z
    .string()
    .trim()
    .min(1, "Enter a name.")
    .max(100, "At most 100 characters.")
    .refine((text) => !/\p{Cc}/u.test(text), "A name is one line."),
  labels: labelsField,
  offlineAfterMinutes: z.int().min(0).max(MAX_DELAY_MINUTES, "At most 90 days.").nullable().meta({
    description:
      "How long it may be silent before people are notified, but at least three heartbeats; null: 5 minutes, or 3 days where it is intermittent",
  }),
  intermittent: z.boolean().meta({ description: "It is switched off often, as a laptop is" }),
  muted: z.boolean().meta({ description: "Nobody is notified of its outages" }),
  diskThresholds: z
    .array(
      z.object({ mount: z.string().min(1, "Name the disk by its mount point.").max(1_000), threshold: thresholdField }),
    )
    .max(100, "At most 100 disks.")
    .refine((list) => new Set(list.map(({ mount }) => mount)).size === list.length, "Each disk once.")
    .meta({ description: "When disks count as low that have a threshold of their own; the others from 90 % on" }),
  intervalSeconds: z
    .int()
    .min(5, "At least 5 seconds.")
    .max(3_600, "At most one hour.")
    .meta({ description: `How often it is to report; ${DEFAULT_INTERVAL_SECONDS} when left out` }),
};
