import type { Metadata } from "next";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointPage } from "@/components/endpoint/endpoint-page";
import { sourceKinds, sourcesGet } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";
import { SOURCE_ACTIONS } from "../endpoint-actions";

export const metadata: Metadata = { title: "Source" };

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const { isAdmin } = await currentUser();
  const endpoint = await page(sourcesGet, { id: (await params).id });
  const kinds = isAdmin ? await page(sourceKinds, {}) : null;
  return <EndpointPage noun="source" endpoint={endpoint} kinds={kinds} actions={SOURCE_ACTIONS} />;
}
