import { z } from "zod";
import { updateEscalationPolicy } from "@/db/stores/escalation-policies";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { assertPolicyWorks, repeatField, stepsField } from "./fields";
import { type EscalationPolicyDetail, escalationPolicyDetail, noSuchPolicy, requireEscalationPolicy } from "./view";

/** Changes only what is given. Steps that wait already are sent as they were planned. */
export const escalationPoliciesUpdate = defineVerb({
  name: "escalationPolicies.update",
  permission: "admin",
  changes: true,
  input: z.object({
    id: idField,
    name: nameField.optional(),
    steps: stepsField.optional(),
    repeat: repeatField.optional(),
  }),
  async run({ now, audit }, { id, ...change }): Promise<EscalationPolicyDetail> {
    const known = await requireEscalationPolicy(id);
    await assertPolicyWorks(change.steps ?? known.steps, change.repeat ?? known.repeat, known.steps);
    const row = audit("escalation_policy", id, change.name ?? known.name, { ...change });
    const changed = await updateEscalationPolicy(id, { ...change, updatedAt: now }, row);
    if (!changed) throw noSuchPolicy();
    return await escalationPolicyDetail(changed);
  },
});
