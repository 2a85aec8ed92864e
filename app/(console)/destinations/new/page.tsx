import type { Metadata } from "next";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { returnPath } from "@/app/(console)/_components/return-path";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { NewEndpointPage } from "@/components/endpoint/new-endpoint-page";
import { destinationKinds } from "@/lib/services/destinations/verbs";
import { page } from "@/lib/web/page";
import { DESTINATION_ACTIONS } from "../endpoint-actions";

export const metadata: Metadata = { title: "New destination" };

export default async function NewDestinationPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <OnlyAdmins title="New destination" what="set up destinations" back="/destinations" />;
  const kinds = await page(destinationKinds, {});
  const { next } = await readSearch(searchParams);
  return <NewEndpointPage noun="destination" kinds={kinds} actions={DESTINATION_ACTIONS} next={returnPath(next)} />;
}
