import type { Metadata } from "next";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { currentUser } from "@/app/(console)/current-user";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { importChecksAction } from "../actions";
import { ImportChecks } from "./_components/import-checks";

export const metadata: Metadata = { title: "Import jobs" };

export default async function ImportJobsPage() {
  const { isOperator } = await currentUser();
  if (!isOperator) {
    return <OnlyAdmins title="Import jobs" who="Operators and administrators" what="import jobs" back="/jobs" />;
  }
  return (
    <Page>
      <Crumbs items={[{ label: "Jobs", href: "/jobs" }, { label: "Import" }]} />
      <PageHeader title="Import jobs" sub="Checks of Healthchecks become external jobs." />
      <ImportChecks run={importChecksAction} />
    </Page>
  );
}
