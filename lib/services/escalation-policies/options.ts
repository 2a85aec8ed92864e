import { z } from "zod";
import { escalationPolicyNames } from "@/db/queries/escalation-policies";
import { defineVerb } from "@/lib/services/verb";

/** Ids and names for those who choose a policy: for a job's rule, an event or a route. */
export const escalationPoliciesOptions = defineVerb({
  name: "escalationPolicies.options",
  permission: "operator",
  changes: false,
  input: z.object({}),
  run: () => escalationPolicyNames(),
});
