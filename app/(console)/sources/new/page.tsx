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
import { sourceKinds } from "@/lib/services/sources/kinds";
import { page } from "@/lib/web/page";
import { createSource, testSourceDraft, updateSource } from "../actions";

export const metadata: Metadata = { title: "New source" };

export default async function NewSourcePage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await reader();
  if (actor.role !== "admin") return <OnlyAdmins title="New source" what="set up sources" back="/sources" />;
  const kinds = await page(sourceKinds, {});
  const { next } = await readSearch(searchParams);
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Sources", href: "/sources" }, { label: "New source" }]} />
      <PageHeader title="New source" sub="What is to be backed up. Test it before you save it." />
      <Panel>
        <PlaceForm
          noun="source"
          kinds={kinds}
          next={placeAfter(next)}
          actions={{ create: createSource, update: updateSource, testDraft: testSourceDraft }}
        />
      </Panel>
    </Page>
  );
}
