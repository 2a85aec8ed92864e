import { z } from "zod";
import { escalationPolicyUsers, findEscalationPolicy, stepNames } from "@/db/queries/escalation-policies";
import type { EscalationPolicyRow } from "@/db/stores/escalation-policies";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";

/** What a step names. `name` is null when it was deleted: then the step leaves it out. */
const named = z.object({ id: z.string(), name: z.string().nullable() });

/** An escalation policy in answers. */
export const escalationPolicyViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  steps: z.array(
    z.object({
      afterMinutes: z.number(),
      channels: z.array(z.string()),
      users: z.array(z.string()),
      channelNames: z.array(named),
      /** Deleted and disabled accounts have no name here: they get no mail. */
      userNames: z.array(named),
    }),
  ),
  repeat: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type EscalationPolicyView = z.infer<typeof escalationPolicyViewSchema>;

/** With what uses it: `job nightly`. */
export const escalationPolicyDetailSchema = escalationPolicyViewSchema.extend({ usedBy: z.array(z.string()) });
export type EscalationPolicyDetail = z.infer<typeof escalationPolicyDetailSchema>;

export async function escalationPolicyViews(rows: readonly EscalationPolicyRow[]): Promise<EscalationPolicyView[]> {
  const steps = rows.flatMap((row) => row.steps);
  const { channels, users } = await stepNames(
    [...new Set(steps.flatMap((one) => one.channels))],
    [...new Set(steps.flatMap((one) => one.users))],
  );
  const userName = (id: string) => {
    const user = users.get(id);
    return user?.isActive ? user.name : null;
  };
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    steps: row.steps.map((step) => ({
      ...step,
      channelNames: step.channels.map((id) => ({ id, name: channels.get(id) ?? null })),
      userNames: step.users.map((id) => ({ id, name: userName(id) })),
    })),
    repeat: row.repeat,
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  }));
}

export async function escalationPolicyDetail(row: EscalationPolicyRow): Promise<EscalationPolicyDetail> {
  const [[view], usedBy] = await Promise.all([escalationPolicyViews([row]), escalationPolicyUsers(row.id)]);
  return { ...(view as EscalationPolicyView), usedBy };
}

/** @throws AppError `not_found` */
export async function requireEscalationPolicy(id: string): Promise<EscalationPolicyRow> {
  const row = await findEscalationPolicy(id);
  if (!row) throw noSuchPolicy();
  return row;
}

export function noSuchPolicy(): AppError {
  return new AppError("not_found", "There is no such escalation policy.");
}
