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
import { sourceKinds } from "@/lib/services/sources/kinds";
import { page } from "@/lib/web/page";
import { createSource, testSourceDraft, updateSource } from "../actions";

export const metadata: Metadata = { title: "New source" };

export default async function NewSourcePage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await currentUser();
  if (actor.role !== "admin") return <OnlyAdmins title="New source" what="set up sources" back="/sources" />;
  const kinds = await page(sourceKinds, {});
  const { next } = await readSearch(searchParams);
  return (
    <Page narrow>
      <Crumbs items={[{ label: "Sources", href: "/sources" }, { label: "New source" }]} />
      <PageHeader title="New source" sub="What is to be backed up. Test it before you save it." />
      <Panel>
        <EndpointForm
          noun="source"
          kinds={kinds}
          next={returnPath(next)}
          actions={{ create: createSource, update: updateSource, testDraft: testSourceDraft }}
        />
      </Panel>
    </Page>
  );
}
