import type { ReactNode } from "react";
import { EscalationOptionsProvider } from "@/components/escalation/escalation-options";
import { escalationPoliciesOptions } from "@/lib/services/escalation-policies/options";
import { pageOrNull } from "@/lib/web/page";

/** Rules of jobs choose among the escalation policies. */
export default async function JobsLayout({ children }: { children: ReactNode }) {
  const policies = (await pageOrNull(escalationPoliciesOptions, {})) ?? [];
  return <EscalationOptionsProvider policies={policies}>{children}</EscalationOptionsProvider>;
}
