import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { formatList } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { matcherText } from "@/components/matching/condition-labels";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { LinkButton } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { routesList } from "@/lib/services/routes/list";
import { pageOrNull } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { DeleteRoute } from "./_components/delete-route";

export const metadata: Metadata = { title: "Routes" };

export default async function RoutesPage() {
  const { isAdmin } = await currentUser();
  const routes = await pageOrNull(routesList, {});
  if (!routes) return <AdminsOnlyNote what="view and change routes" />;
  const create = isAdmin && (
    <LinkButton href="/routing/routes/new" variant="primary" icon={<Plus aria-hidden="true" className="size-4" />}>
      New route
    </LinkButton>
  );
  return (
    <>
      <LiveRefresh topics={["routing", "channels"]} />
      <Crumbs items={[{ label: "Routing", href: "/routing" }, { label: "Routes" }]} />
      <Panel title="Routes" padded={false} aside={routes.items.length > 0 ? create : undefined}>
        {routes.items.length === 0 ? (
          <EmptyState title="No routes" action={create}>
            A route sends what matches its conditions to channels, for all jobs and events of this installation.
          </EmptyState>
        ) : (
          <Table label="Routes" compact="md">
            <Thead>
              <Th>Route</Th>
              <Th>Notifies</Th>
              <Th width="w-28">State</Th>
              <Th hidden width="w-28">
                Actions
              </Th>
            </Thead>
            <Tbody>
              {routes.items.map((route) => (
                <Tr key={route.id} muted={!route.enabled}>
                  <Td inCompact="name">
                    <Primary
                      sub={matcherText(route.match, route.conditions)}
                      compactSub={`Notifies ${receiversOf(route)}`}
                    >
                      {isAdmin ? (
                        <Link href={`/routing/routes/${route.id}`} className="hover:underline">
                          {route.name}
                        </Link>
                      ) : (
                        route.name
                      )}
                    </Primary>
                  </Td>
                  <Td className="text-muted">{receiversOf(route)}</Td>
                  <Td inCompact="state">{route.enabled ? "Enabled" : <Badge>Disabled</Badge>}</Td>
                  <Td actions>{isAdmin && <DeleteRoute inList route={route} />}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </Panel>
    </>
  );
}

type Route = Awaited<ReturnType<typeof routesList.call>>["items"][number];

function receiversOf({
  channelNames,
  escalationPolicyName: policy,
}: Pick<Route, "channelNames" | "escalationPolicyName">) {
  return formatList([...channelNames, ...(policy ? [`escalation “${policy}”`] : [])]);
}
