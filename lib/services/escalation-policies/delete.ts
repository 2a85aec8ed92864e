import { z } from "zod";
import { deleteEscalationPolicy } from "@/db/stores/escalation-policies";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { requireEscalationPolicy } from "./view";

/** Deletes a policy that nothing uses; otherwise the answer names what does. */
export const escalationPoliciesDelete = defineVerb({
  name: "escalationPolicies.delete",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const { name } = await requireEscalationPolicy(id);
    const users = await deleteEscalationPolicy(id, audit("escalation_policy", id, name));
    if (users.length > 0) throw new AppError("conflict", `${name} is used by ${users.join(", ")}.`);
    return { id };
  },
});
