import { escalationPoliciesCreate } from "@/lib/services/escalation-policies/create";
import { escalationPoliciesDelete } from "@/lib/services/escalation-policies/delete";
import { escalationPoliciesGet } from "@/lib/services/escalation-policies/get";
import { escalationPoliciesList } from "@/lib/services/escalation-policies/list";
import { escalationPoliciesUpdate } from "@/lib/services/escalation-policies/update";
import { escalationPolicyDetailSchema, escalationPolicyViewSchema } from "@/lib/services/escalation-policies/view";
import { idAnswer, type Operation, operation as op, pageSchema } from "../operation";

/** Who is notified when nobody acknowledges an alert. */
export const escalationOperations: readonly Operation[] = [
  op("GET /escalation-policies", escalationPoliciesList, {
    summary: "List escalation policies",
    answer: pageSchema(escalationPolicyViewSchema),
  }),
  op("POST /escalation-policies", escalationPoliciesCreate, {
    refusals: ["conflict"],
    summary: "Create an escalation policy",
    status: 201,
    answer: escalationPolicyDetailSchema,
  }),
  op("GET /escalation-policies/{id}", escalationPoliciesGet, {
    summary: "Read an escalation policy, with what uses it",
    answer: escalationPolicyDetailSchema,
  }),
  op("PATCH /escalation-policies/{id}", escalationPoliciesUpdate, {
    refusals: ["conflict"],
    summary: "Change the given fields of an escalation policy",
    answer: escalationPolicyDetailSchema,
  }),
  op("DELETE /escalation-policies/{id}", escalationPoliciesDelete, {
    refusals: ["conflict"],
    summary: "Delete an escalation policy that is not in use",
    answer: idAnswer,
  }),
];
