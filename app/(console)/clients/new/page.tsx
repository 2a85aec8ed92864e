import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { clientsGet } from "@/lib/services/clients/get";
import { pageOrNull } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../../_components/search-params";
import { currentUser } from "../../current-user";
import { NewClient } from "../_components/new-client";

export const metadata: Metadata = { title: "New client" };

export default async function NewClientPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { id } = await readSearch(searchParams);
  const created = id && isAdmin ? await pageOrNull(clientsGet, { id }) : null;
  return (
    <Page narrow>
      <LiveRefresh topics={["clients"]} />
      <Crumbs items={[{ label: "Clients", href: "/clients" }, { label: "New" }]} />
      <PageHeader title="New client" sub="Another machine that reports to Belfry" />
      {isAdmin ? <NewClient hasReported={created?.status === "online"} /> : <AdminsOnlyNote what="add clients" />}
    </Page>
  );
}
