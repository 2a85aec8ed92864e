import type { ReactNode } from "react";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { currentUser } from "@/app/(console)/current-user";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";

const TABS = [
  { href: "/jobs/import", label: "Healthchecks", exact: true },
  { href: "/jobs/import/borgmatic", label: "borgmatic" },
];

/** The tabs of the import: what jobs can be made of. */
export default async function ImportJobsLayout({ children }: { children: ReactNode }) {
  const { isOperator } = await currentUser();
  if (!isOperator) {
    return <OnlyAdmins title="Import jobs" who="Operators and administrators" what="import jobs" back="/jobs" />;
  }
  return (
    <Page>
      <Crumbs items={[{ label: "Jobs", href: "/jobs" }, { label: "Import" }]} />
      <PageHeader title="Import jobs" sub="What another program knows of backups becomes external jobs." />
      <LinkTabs label="Import" items={TABS} />
      {children}
    </Page>
  );
}
