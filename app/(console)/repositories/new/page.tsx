import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { currentUser } from "../../current-user";
import { NewRepository } from "../_components/new-repository";

export const metadata: Metadata = { title: "New repository" };

export default async function NewRepositoryPage() {
  const { isAdmin } = await currentUser();
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Repositories", href: "/repositories" }, { label: "New" }]} />
      <PageHeader title="New repository" sub="Made by Belfry, or adopted as it is" />
      {isAdmin ? <NewRepository /> : <AdminsOnlyNote what="add repositories" />}
    </Page>
  );
}
