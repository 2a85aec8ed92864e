import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { DeleteEndpointButton } from "@/components/endpoint/delete-endpoint-button";
import { EndpointForm } from "@/components/endpoint/endpoint-form";
import { endpointSummary } from "@/components/endpoint/endpoint-summary";
import { UsedBy } from "@/components/endpoint/used-by";
import { formatBytes, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Facts } from "@/components/ui/facts";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { destinationsGet } from "@/lib/services/destinations/get";
import { destinationKinds } from "@/lib/services/destinations/kinds";
import { page } from "@/lib/web/page";
import { createDestination, deleteDestination, testDestinationDraft, updateDestination } from "../actions";

export const metadata: Metadata = { title: "Destination" };

export default async function DestinationPage({ params }: { params: Promise<{ id: string }> }) {
  const actor = await currentUser();
  const destination = await page(destinationsGet, { id: (await params).id });
  const isAdmin = actor.role === "admin";
  return (
    <Page>
      <Crumbs items={[{ label: "Destinations", href: "/destinations" }, { label: destination.name }]} />
      <PageHeader
        title={destination.name}
        sub={destination.kindLabel}
        actions={
          isAdmin && (
            <DeleteEndpointButton
              noun="destination"
              place={destination}
              remains="The backups stored there stay where they are, but Belfry no longer knows them as restorable."
              remove={deleteDestination}
            />
          )
        }
      />
      <Columns
        side={
          <Panel title="About">
            <Facts
              items={[
                {
                  label: "Holds",
                  value: `${pluralize(destination.usage.count, "backup")}, ${formatBytes(destination.usage.bytes)}`,
                },
                {
                  label: "Free",
                  value: destination.usage.freeBytes == null ? null : formatBytes(destination.usage.freeBytes),
                },
                { label: "Used by", value: <UsedBy jobs={destination.usedBy} /> },
                { label: "Added", value: <RelativeTime at={msOf(destination.createdAt)} /> },
                { label: "Changed", value: <RelativeTime at={msOf(destination.updatedAt)} /> },
              ]}
            />
          </Panel>
        }
      >
        <Panel title="Settings">
          {isAdmin ? (
            <EndpointForm
              key={destination.updatedAt}
              noun="destination"
              kinds={await page(destinationKinds, {})}
              place={destination}
              actions={{ create: createDestination, update: updateDestination, testDraft: testDestinationDraft }}
            />
          ) : (
            <Facts
              items={[{ label: "Where", value: <span className="num">{endpointSummary(destination.config)}</span> }]}
            />
          )}
        </Panel>
      </Columns>
    </Page>
  );
}
