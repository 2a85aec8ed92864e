import type { Metadata } from "next";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { channelsOptions } from "@/lib/services/channels/options";
import { escalationPoliciesList } from "@/lib/services/escalation-policies/list";
import { usersList } from "@/lib/services/users/list";
import { pageOrNull } from "@/lib/web/page";
import { PolicyList } from "./_components/policy-list";

export const metadata: Metadata = { title: "Escalation" };

export default async function EscalationPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, before } = await readSearch(searchParams);
  const [policies, channels, users] = await Promise.all([
    pageOrNull(escalationPoliciesList, { cursor, limit: 50 }),
    pageOrNull(channelsOptions, {}),
    pageOrNull(usersList, { limit: 200 }),
  ]);
  if (!policies || !channels || !users) return <AdminsOnlyNote what="view and change escalation policies" />;
  return (
    <>
      <LiveRefresh topics={["routing", "channels"]} />
      <Crumbs items={[{ label: "Routing", href: "/routing" }, { label: "Escalation" }]} />
      <PolicyList
        policies={policies.items}
        nextCursor={policies.nextCursor}
        cursor={cursor}
        before={before}
        channels={channels.flatMap(({ id, name, purpose }) => (purpose === "message" ? [{ id, name }] : []))}
        users={users.items.map(({ id, name }) => ({ id, name }))}
      />
    </>
  );
}
