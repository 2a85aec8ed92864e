import type { Metadata } from "next";
import { reader } from "@/app/(console)/reader";
import { bytesText, countText } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { DeletePlaceButton } from "@/components/place/delete-place-button";
import { PlaceForm } from "@/components/place/place-form";
import { placeSummary } from "@/components/place/place-summary";
import { UsedBy } from "@/components/place/used-by";
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
  const actor = await reader();
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
            <DeletePlaceButton
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
                  value: `${countText(destination.usage.count, "backup")}, ${bytesText(destination.usage.bytes)}`,
                },
                {
                  label: "Free",
                  value: destination.usage.freeBytes == null ? null : bytesText(destination.usage.freeBytes),
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
            <PlaceForm
              key={destination.updatedAt}
              noun="destination"
              kinds={await page(destinationKinds, {})}
              place={destination}
              actions={{ create: createDestination, update: updateDestination, testDraft: testDestinationDraft }}
            />
          ) : (
            <Facts
              items={[{ label: "Where", value: <span className="num">{placeSummary(destination.config)}</span> }]}
            />
          )}
        </Panel>
      </Columns>
    </Page>
  );
}
