import type { Metadata } from "next";
import { labelParam } from "@/app/(console)/_components/label-param";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointListPage } from "@/components/endpoint/endpoint-list-page";
import { sourcesList } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Sources" };

export default async function SourcesPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { q, cursor, before, ...search } = await readSearch(searchParams);
  const label = labelParam(search.label);
  const { items, nextCursor } = await page(sourcesList, { q, label, cursor });
  return (
    <EndpointListPage
      noun="source"
      endpoints={items}
      nextCursor={nextCursor}
      q={q}
      label={label}
      cursor={cursor}
      before={before}
      isAdmin={isAdmin}
    />
  );
}
