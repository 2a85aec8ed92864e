import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { currentUser } from "../../current-user";
import { syncChoices } from "../_components/sync-choices";
import { emptySync } from "../_components/sync-draft";
import { SyncForm } from "../_components/sync-form";

export const metadata: Metadata = { title: "New sync" };

export default async function NewSyncPage() {
  const { isAdmin } = await currentUser();
  const { timezone, ...choices } = await syncChoices();
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Syncs", href: "/syncs" }, { label: "New" }]} />
      <PageHeader title="New sync" sub="A folder or a repository that is copied to a destination, file by file" />
      {isAdmin ? <SyncForm id={null} sync={emptySync(timezone)} {...choices} /> : <AdminsOnlyNote what="add syncs" />}
    </Page>
  );
}
