import type { Metadata } from "next";
import { cache } from "react";
import { currentUser } from "@/app/(console)/current-user";
import { EndpointPage } from "@/components/endpoint/endpoint-page";
import { connectionLabel } from "@/components/status/connection-badge";
import { sourceKinds, sourcesGet } from "@/lib/services/sources/verbs";
import { page } from "@/lib/web/page";
import { SOURCE_ACTIONS } from "../endpoint-actions";

const readSource = cache((id: string) => page(sourcesGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, connection } = await readSource((await params).id);
  return { title: `${name}, ${connectionLabel(connection.state).toLowerCase()}` };
}

export default async function SourcePage({ params }: { params: Promise<{ id: string }> }) {
  const { isAdmin } = await currentUser();
  const endpoint = await readSource((await params).id);
  const kinds = isAdmin ? await page(sourceKinds, {}) : null;
  return <EndpointPage noun="source" endpoint={endpoint} kinds={kinds} actions={SOURCE_ACTIONS} />;
}
