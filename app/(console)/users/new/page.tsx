import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { OnlyAdmins } from "../../_components/only-admins";
import { currentUser } from "../../current-user";
import { clientChoices } from "../_components/client-choices";
import { NewUserForm } from "../_components/new-user-form";

export const metadata: Metadata = { title: "New user" };

export default async function NewUserPage() {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <OnlyAdmins title="New user" what="create accounts" back="/users" />;
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Users", href: "/users" }, { label: "New" }]} />
      <PageHeader title="New user" />
      <NewUserForm clients={await clientChoices()} />
    </Page>
  );
}
