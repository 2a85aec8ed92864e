import { z } from "zod";
import { type EscalationPolicyRow, insertEscalationPolicy } from "@/db/stores/escalation-policies";
import { newId } from "@/lib/core/id";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { assertPolicyWorks, repeatField, stepsField } from "./fields";
import { type EscalationPolicyDetail, escalationPolicyDetail } from "./view";

export const escalationPoliciesCreate = defineVerb({
  name: "escalationPolicies.create",
  permission: "admin",
  changes: true,
  input: z.object({ name: nameField, steps: stepsField, repeat: repeatField.default(0) }),
  async run({ now, audit }, { name, steps, repeat }): Promise<EscalationPolicyDetail> {
    await assertPolicyWorks(steps, repeat);
    const row: EscalationPolicyRow = { id: newId("esc"), name, steps, repeat, createdAt: now, updatedAt: now };
    await insertEscalationPolicy(row, audit("escalation_policy", row.id, name, { steps, repeat }));
    return await escalationPolicyDetail(row);
  },
});
