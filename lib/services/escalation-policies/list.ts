import { listEscalationPolicies } from "@/db/queries/escalation-policies";
import { type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type EscalationPolicyView, escalationPolicyViews } from "./view";

/** Escalation policies; the oldest comes first. */
export const escalationPoliciesList = defineVerb({
  name: "escalationPolicies.list",
  permission: "admin",
  changes: false,
  input: pageInput,
  async run(_, { cursor, limit }): Promise<PageOf<EscalationPolicyView>> {
    const rows = await listEscalationPolicies({ cursor, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    return {
      items: await escalationPolicyViews(shown),
      nextCursor: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    };
  },
});
