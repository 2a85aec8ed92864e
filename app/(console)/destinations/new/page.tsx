import type { Metadata } from "next";
import { placeAfter } from "@/app/(console)/_components/after";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { reader } from "@/app/(console)/reader";
import { PlaceForm } from "@/components/place/place-form";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { destinationKinds } from "@/lib/services/destinations/kinds";
import { page } from "@/lib/web/page";
import { createDestination, testDestinationDraft, updateDestination } from "../actions";

export const metadata: Metadata = { title: "New destination" };

export default async function NewDestinationPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await reader();
  if (actor.role !== "admin")
    return <OnlyAdmins title="New destination" what="set up destinations" back="/destinations" />;
  const kinds = await page(destinationKinds, {});
  const { next } = await readSearch(searchParams);
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Destinations", href: "/destinations" }, { label: "New destination" }]} />
      <PageHeader title="New destination" sub="Where backups are kept. Test it before you save it." />
      <Panel>
        <PlaceForm
          noun="destination"
          kinds={kinds}
          next={placeAfter(next)}
          actions={{ create: createDestination, update: updateDestination, testDraft: testDestinationDraft }}
        />
      </Panel>
    </Page>
  );
}
