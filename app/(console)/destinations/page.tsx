import type { Metadata } from "next";
import { labelParam } from "@/app/(console)/_components/label-param";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointListPage } from "@/components/endpoint/endpoint-list-page";
import { destinationsList } from "@/lib/services/destinations/verbs";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Destinations" };

export default async function DestinationsPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { q, cursor, before, ...search } = await readSearch(searchParams);
  const label = labelParam(search.label);
  const { items, nextCursor } = await page(destinationsList, { q, label, cursor });
  return (
    <EndpointListPage
      noun="destination"
      endpoints={items}
      nextCursor={nextCursor}
      q={q}
      cursor={cursor}
      before={before}
      isAdmin={isAdmin}
    />
  );
}
