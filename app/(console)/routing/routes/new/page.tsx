import type { Metadata } from "next";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { channelsOptions } from "@/lib/services/channels/options";
import { page } from "@/lib/web/page";
import { currentUser } from "../../../current-user";
import { RouteForm } from "../_components/route-form";

export const metadata: Metadata = { title: "New route" };

export default async function NewRoutePage() {
  const { isAdmin } = await currentUser();
  if (!isAdmin) return <AdminsOnlyNote what="create routes" />;
  const channels = await page(channelsOptions, {});
  return (
    <>
      <Crumbs
        items={[{ label: "Routing", href: "/routing" }, { label: "Routes", href: "/routing/routes" }, { label: "New" }]}
      />
      <RouteForm channels={channels.filter(({ purpose }) => purpose === "message")} />
    </>
  );
}
