import { z } from "zod";
import type { RepositoryRow } from "@/db/queries/repositories";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import { REPOSITORY_TASKS, RETENTION_SPANS } from "@/lib/core/repository";
import { publicKeys } from "@/lib/jobs/repositories/access";

const count = z.int("Enter a whole number.").min(1, "At least 1.").max(10_000, "At most 10,000.");

/** What a prune keeps of each job; null: prunes are refused. */
export const retentionField = z
  .object({ last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count })
  .partial()
  .refine((retention) => RETENTION_SPANS.some((span) => retention[span]), "Keep at least one archive.")
  .nullable();

const cronField = z.string().trim().min(1, "Enter a cron expression.").max(200, "At most 200 characters.").nullable();

/** When each task runs by itself; null: not by itself. */
export const schedulesField = z.object({
  check: cronField.default(null),
  compact: cronField.default(null),
  prune: cronField.default(null),
  /** Of all three. */
  timezone: z.string().trim().max(64).default("UTC"),
});
export type Schedules = z.output<typeof schedulesField>;

/** @throws AppError `invalid` beside the field for a schedule that never comes due, or a prune that keeps nothing named */
export function assertSchedules(schedules: Schedules, retention: unknown): void {
  const fields: Record<string, string> = {};
  const { timezone } = schedules;
  for (const task of REPOSITORY_TASKS) {
    const cron = schedules[task];
    const problem = cron === null ? null : scheduleProblem({ cron, timezone });
    if (problem) fields[`schedules.${problem.field === "cron" ? task : "timezone"}`] = problem.message;
  }
  if (schedules.prune !== null && !retention && !fields["schedules.prune"])
    fields["schedules.prune"] = "Say first which archives a prune keeps.";
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

/** As they are answered. */
export function storedSchedules({
  checkCron,
  compactCron,
  pruneCron,
  timezone,
}: Pick<RepositoryRow, "checkCron" | "compactCron" | "pruneCron" | "timezone">): Schedules {
  return { check: checkCron, compact: compactCron, prune: pruneCron, timezone: timezone ?? "UTC" };
}

/** As they are stored. */
export function scheduleColumns({ check, compact, prune, timezone }: Schedules) {
  return { checkCron: check, compactCron: compact, pruneCron: prune, timezone };
}

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
