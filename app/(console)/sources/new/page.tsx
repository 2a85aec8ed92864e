import type { Metadata } from "next";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { returnPath } from "@/app/(console)/_components/return-path";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { NewEndpointPage } from "@/components/endpoint/new-endpoint-page";
import { sourceKinds } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";
import { SOURCE_ACTIONS } from "../endpoint-actions";

export const metadata: Metadata = { title: "New source" };

export default async function NewSourcePage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <OnlyAdmins title="New source" what="set up sources" back="/sources" />;
  const kinds = await page(sourceKinds, {});
  const { next } = await readSearch(searchParams);
  return <NewEndpointPage noun="source" kinds={kinds} actions={SOURCE_ACTIONS} next={returnPath(next)} />;
}
