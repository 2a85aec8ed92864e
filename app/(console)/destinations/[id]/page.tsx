import type { Metadata } from "next";
import { cache } from "react";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointPage } from "@/components/endpoint/endpoint-page";
import { StoragePanel } from "@/components/endpoint/storage-panel";
import { StoredPanel } from "@/components/endpoint/stored-panel";
import { connectionLabel } from "@/components/status/connection-badge";
import { destinationsStorage } from "@/lib/services/destinations/storage";
import { destinationKinds, destinationsGet } from "@/lib/services/destinations/verbs";
import { page } from "@/lib/web/page";
import { DESTINATION_ACTIONS } from "../endpoint-actions";

const readDestination = cache((id: string) => page(destinationsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, connection } = await readDestination((await params).id);
  return { title: `${name}, ${connectionLabel(connection.state).toLowerCase()}` };
}

export default async function DestinationPage({ params }: { params: Promise<{ id: string }> }) {
  const { isAdmin, timezone } = await currentUser();
  const { id } = await params;
  const [endpoint, history] = await Promise.all([readDestination(id), page(destinationsStorage, { id })]);
  const kinds = isAdmin ? await page(destinationKinds, {}) : null;
  const { jobs, ...measured } = history;
  const now = Date.now();
  const space = (
    <>
      <StoragePanel {...measured} threshold={endpoint.threshold} timezone={timezone} now={now} />
      <StoredPanel jobs={jobs} totalBytes={endpoint.usage.bytes} now={now} />
    </>
  );
  const actions = DESTINATION_ACTIONS;
  return <EndpointPage noun="destination" endpoint={endpoint} kinds={kinds} space={space} actions={actions} />;
}
