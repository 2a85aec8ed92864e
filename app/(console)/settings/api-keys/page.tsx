import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { RoleBadge } from "@/components/status/role-badge";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { pageOrNull } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../../_components/search-params";
import { CreateKey } from "./_components/create-key";
import { KeyExpiry, KeyOwner } from "./_components/key-facts";
import { RevokeKey } from "./_components/revoke-key";

export const metadata: Metadata = { title: "API keys" };

export default async function ApiKeysPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, before } = await readSearch(searchParams);
  const keys = await pageOrNull(apiKeysList, { cursor });
  if (!keys) return null;
  return (
    <>
      <LiveRefresh topics={["api-keys"]} />
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "API keys" }]} />
      <CreateKey />
      <Panel title="Keys" padded={false} aside="Sent as Authorization: Bearer bfy_…">
        {keys.items.length === 0 ? (
          <EmptyState title="No API keys">
            A key lets a script or another program use the API with its own role.
          </EmptyState>
        ) : (
          <Table label="API keys" stack="sm">
            <Thead>
              <Th>Name</Th>
              <Th>Role</Th>
              <Th>Last used</Th>
              <Th>Created</Th>
              <Th>Expires</Th>
              <Th hidden>Actions</Th>
            </Thead>
            <Tbody>
              {keys.items.map((key) => (
                <Tr key={key.id} muted={key.state === "revoked" || key.state === "expired"}>
                  <Td>
                    <Primary sub={<span className="font-mono">bfy_…{key.hint}</span>}>{key.name}</Primary>
                  </Td>
                  <Td label="Role">
                    <RoleBadge role={key.role} />
                  </Td>
                  <Td label="Last used">
                    <RelativeTime at={msOf(key.lastUsedAt)} empty="never" />
                  </Td>
                  <Td label="Created">
                    <RelativeTime at={msOf(key.createdAt)} />
                    {key.createdBy && <span className="block text-faint text-xs">by {key.createdBy}</span>}
                    <KeyOwner apiKey={key} />
                  </Td>
                  <Td label="Expires">
                    <KeyExpiry apiKey={key} />
                  </Td>
                  <Td actions>
                    {key.revokedAt ? (
                      <Badge>
                        Revoked <RelativeTime at={msOf(key.revokedAt)} />
                      </Badge>
                    ) : (
                      <RevokeKey id={key.id} name={key.name} />
                    )}
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </Panel>
      <Pager newestFirst nextCursor={keys.nextCursor} cursor={cursor} before={before} />
    </>
  );
}
