import type { Metadata } from "next";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { returnPath } from "@/app/(console)/_components/return-path";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointForm } from "@/components/endpoint/endpoint-form";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { destinationKinds } from "@/lib/services/destinations/kinds";
import { page } from "@/lib/web/page";
import { createDestination, testDestinationDraft, updateDestination } from "../actions";

export const metadata: Metadata = { title: "New destination" };

export default async function NewDestinationPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  if (actor.role !== "admin")
    return <OnlyAdmins title="New destination" what="set up destinations" back="/destinations" />;
  const kinds = await page(destinationKinds, {});
  const { next } = await readSearch(searchParams);
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Destinations", href: "/destinations" }, { label: "New destination" }]} />
      <PageHeader title="New destination" sub="Where backups are kept. Test it before you save it." />
      <Panel>
        <EndpointForm
          noun="destination"
          kinds={kinds}
          next={returnPath(next)}
          actions={{ create: createDestination, update: updateDestination, testDraft: testDestinationDraft }}
        />
      </Panel>
    </Page>
  );
}
