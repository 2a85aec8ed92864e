import type { Metadata } from "next";
import { cache } from "react";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { channelsOptions } from "@/lib/services/channels/options";
import { routesGet } from "@/lib/services/routes/get";
import { page } from "@/lib/web/page";
import { currentUser } from "../../../current-user";
import { DeleteRoute } from "../_components/delete-route";
import { RouteForm } from "../_components/route-form";

const readRoute = cache((id: string) => page(routesGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name } = await readRoute((await params).id);
  return { title: name };
}

export default async function RoutePage({ params }: { params: Promise<{ id: string }> }) {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <AdminsOnlyNote what="change routes" />;
  const [route, channels] = await Promise.all([readRoute((await params).id), page(channelsOptions, {})]);
  const { id, name, enabled, match } = route;
  const conditions = route.conditions.map((condition, key) => ({ ...condition, key }));
  return (
    <>
      <Crumbs
        items={[{ label: "Routing", href: "/routing" }, { label: "Routes", href: "/routing/routes" }, { label: name }]}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold text-lg [overflow-wrap:anywhere]">{name}</h2>
        <DeleteRoute route={{ id, name }} />
      </div>
      <RouteForm
        channels={channels.filter(({ purpose }) => purpose === "message")}
        route={{
          id,
          name,
          enabled,
          match,
          conditions,
          channels: route.channels,
          escalationPolicyId: route.escalationPolicyId ?? "",
        }}
      />
    </>
  );
}
