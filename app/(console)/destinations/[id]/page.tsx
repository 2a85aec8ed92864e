import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointPage } from "@/components/endpoint/endpoint-page";
import { destinationKinds, destinationsGet } from "@/lib/services/destinations/verbs";
import { page } from "@/lib/web/page";
import { DESTINATION_ACTIONS } from "../endpoint-actions";

export const metadata: Metadata = { title: "Destination" };

export default async function DestinationPage({ params }: { params: Promise<{ id: string }> }) {
  const { isAdmin } = await currentUser();
  const endpoint = await page(destinationsGet, { id: (await params).id });
  const kinds = isAdmin ? await page(destinationKinds, {}) : null;
  return <EndpointPage noun="destination" endpoint={endpoint} kinds={kinds} actions={DESTINATION_ACTIONS} />;
}
