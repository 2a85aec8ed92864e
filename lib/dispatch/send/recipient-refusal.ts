import { accountById } from "@/db/queries/dispatch";
import type { ClaimedDelivery, ClaimedEvent } from "@/db/stores/outbox";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { includesRole } from "@/lib/core/role";
import { reportData } from "@/lib/events/report-data";
import { currentRouting } from "./current-routing";

type Addressed = Pick<ClaimedDelivery, "channelId" | "userId" | "route" | "ruleId">;

/** Why an account gets a delivery: it is about the account, the account asked for it, a policy names it, or its role. */
export function claimOf({ route }: Pick<Addressed, "route">): "own" | "report" | "escalation" | "role" {
  return route === "user" ? "own" : route === "report" || route === "escalation" ? route : "role";
}

/**
 * Asked right before an attempt, and nowhere else: may the account that a delivery goes to still get it? The account may
 * have been disabled, removed or given another role while the delivery waited. What goes to an address of a channel's own
 * form is no account's.
 * @returns why not; null when it may
 */
export async function recipientRefusal(
  delivery: Addressed,
  { subject, data }: Pick<ClaimedEvent, "subject" | "data">,
): Promise<ReasonCode | null> {
  if (delivery.userId === null) return null;
  const account = await accountById(delivery.userId);
  if (!account || account.status === "disabled") return "recipient_inactive";
  const isAdministrator = account.role === "admin" && account.status === "active";
  const claim = claimOf(delivery);
  if (claim === "own" || isAdministrator) return null;
  if (claim === "report" && subject.kind === "user")
    return includesRole(account.role, reportData.safeParse(data.report).data?.role ?? "viewer") ? null : "role_lowered";
  if (claim === "escalation" && (await isNamed(delivery))) return null;
  return "not_administrator";
}

/** A channel that goes to administrators carries steps to other people, too: to those whom the policy names. */
async function isNamed({ channelId, userId, ruleId }: Addressed): Promise<boolean> {
  const { channels, escalation } = currentRouting.fresh() ?? (await currentRouting.read());
  if (!channels.get(channelId ?? "")?.toAdmins) return true;
  const policies = [...(escalation?.policies.values() ?? [])];
  // A digest belongs to no policy.
  const asked = ruleId === null ? policies : policies.filter(({ id }) => id === ruleId);
  return asked.some(({ steps }) => steps.some(({ users }) => users.some((id) => id === userId)));
}
