import type { ReactNode } from "react";
import { EscalationOptionsProvider } from "@/components/escalation/escalation-options";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import { escalationPoliciesOptions } from "@/lib/services/escalation-policies/options";
import { pageOrNull } from "@/lib/web/page";

const TABS = [
  { href: "/routing/profiles", label: "Profiles" },
  { href: "/routing/routes", label: "Routes" },
  { href: "/routing/escalation", label: "Escalation" },
];

/** The tabs of Routing: what decides for many jobs and events at once who is notified. */
export default async function RoutingLayout({ children }: { children: ReactNode }) {
  const policies = (await pageOrNull(escalationPoliciesOptions, {})) ?? [];
  return (
    <Page>
      <PageHeader title="Routing" sub="Who is notified, set once for many jobs and events." />
      <LinkTabs label="Routing" items={TABS} />
      <EscalationOptionsProvider policies={policies}>{children}</EscalationOptionsProvider>
    </Page>
  );
}
