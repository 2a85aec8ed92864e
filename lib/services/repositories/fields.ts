import { z } from "zod";
import { RETENTION_SPANS } from "@/lib/core/repository";
import { publicKeys } from "@/lib/jobs/repositories/access";

const count = z.int("Enter a whole number.").min(1, "At least 1.").max(10_000, "At most 10,000.");

/** What a prune keeps of each job; null: prunes are refused. */
export const retentionField = z
  .object({ last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count })
  .partial()
  .refine((retention) => RETENTION_SPANS.some((span) => retention[span]), "Keep at least one archive.")
  .nullable();

export const locationField = z.string().trim().min(1, "Enter where it is.").max(1_000, "At most 1,000 characters.");
export const passphraseField = z
  .string()
  .min(1, "Enter the passphrase.")
  .max(1_000, "At most 1,000 characters.")
  .refine((text) => !/[\r\n]/.test(text), "A passphrase is one line.");
export const privateKeyField = z.string().trim().max(50_000);
export const hostKeyField = z
  .string()
  .trim()
  .max(10_000)
  .refine((text) => text === "" || publicKeys(text).length > 0, "Enter the public key as ssh-keyscan prints it.");
