import { z } from "zod";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type EscalationPolicyDetail, escalationPolicyDetail, requireEscalationPolicy } from "./view";

export const escalationPoliciesGet = defineVerb({
  name: "escalationPolicies.get",
  permission: "admin",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<EscalationPolicyDetail> {
    return await escalationPolicyDetail(await requireEscalationPolicy(id));
  },
});
