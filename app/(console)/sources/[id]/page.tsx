import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { DeleteEndpointButton } from "@/components/endpoint/delete-endpoint-button";
import { EndpointForm } from "@/components/endpoint/endpoint-form";
import { endpointSummary } from "@/components/endpoint/endpoint-summary";
import { UsedBy } from "@/components/endpoint/used-by";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Facts } from "@/components/ui/facts";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { sourcesGet } from "@/lib/services/sources/get";
import { sourceKinds } from "@/lib/services/sources/kinds";
import { page } from "@/lib/web/page";
import { createSource, deleteSource, testSourceDraft, updateSource } from "../actions";

export const metadata: Metadata = { title: "Source" };

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await currentUser();
  const source = await page(sourcesGet, { id: (await params).id });
  const isAdmin = actor.role === "admin";
  return (
    <Page>
      <Crumbs items={[{ label: "Sources", href: "/sources" }, { label: source.name }]} />
      <PageHeader
        title={source.name}
        sub={source.kindLabel}
        actions={
          isAdmin && (
            <DeleteEndpointButton
              noun="source"
              place={source}
              remains="What it points to is not touched, and backups already made of it stay."
              remove={deleteSource}
            />
          )
        }
      />
      <Columns
        side={
          <Panel title="About">
            <Facts
              items={[
                { label: "Used by", value: <UsedBy jobs={source.usedBy} /> },
                { label: "Added", value: <RelativeTime at={msOf(source.createdAt)} /> },
                { label: "Changed", value: <RelativeTime at={msOf(source.updatedAt)} /> },
              ]}
            />
          </Panel>
        }
      >
        <Panel title="Settings">
          {isAdmin ? (
            <EndpointForm
              key={source.updatedAt}
              noun="source"
              kinds={await page(sourceKinds, {})}
              place={source}
              actions={{ create: createSource, update: updateSource, testDraft: testSourceDraft }}
            />
          ) : (
            <Facts items={[{ label: "Where", value: <span className="num">{endpointSummary(source.config)}</span> }]} />
          )}
        </Panel>
      </Columns>
    </Page>
  );
}
