import { z } from "zod";
import { routeTargetNames } from "@/db/queries/routes";
import type { RouteRow } from "@/db/stores/routes";
import { toIso } from "@/lib/core/clock";
import { matcherView } from "@/lib/services/matching/fields";

/** A route in answers. */
export const routeViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  ...matcherView,
  channels: z.array(z.string()),
  /** Their names, in the same order. */
  channelNames: z.array(z.string()),
  escalationPolicyId: z.string().nullable(),
  escalationPolicyName: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type RouteView = z.infer<typeof routeViewSchema>;

export async function routeViews(rows: readonly RouteRow[]): Promise<RouteView[]> {
  const { channels, policies } = await routeTargetNames();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    match: row.match,
    conditions: row.conditions,
    channels: row.channelIds,
    channelNames: row.channelIds.map((id) => channels.get(id) ?? "a removed channel"),
    escalationPolicyId: row.escalationPolicyId,
    escalationPolicyName: row.escalationPolicyId === null ? null : (policies.get(row.escalationPolicyId) ?? null),
    createdAt: toIso(row.createdAt),
    updatedAt: toIso(row.updatedAt),
  }));
}

export async function routeView(row: RouteRow): Promise<RouteView> {
  const [view] = await routeViews([row]);
  if (!view) throw new Error("A route has no view.");
  return view;
}
