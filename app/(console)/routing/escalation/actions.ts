"use server";

import { escalationPoliciesCreate } from "@/lib/services/escalation-policies/create";
import { escalationPoliciesDelete } from "@/lib/services/escalation-policies/delete";
import { escalationPoliciesUpdate } from "@/lib/services/escalation-policies/update";
import { action } from "@/lib/web/action";

const refresh = ["/routing/escalation"];
export const createPolicyAction = action(escalationPoliciesCreate, { refresh });
export const updatePolicyAction = action(escalationPoliciesUpdate, { refresh });
export const deletePolicyAction = action(escalationPoliciesDelete, { refresh });
