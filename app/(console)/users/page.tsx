import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { ROLE_LABEL, RoleBadge } from "@/components/status/role-badge";
import { UserStatusBadge } from "@/components/status/user-status-badge";
import { Badge } from "@/components/ui/badge";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { usersList } from "@/lib/services/users/list";
import { page } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../_components/search-params";
import { currentUser } from "../current-user";

export const metadata: Metadata = { title: "Users" };

export default async function UsersPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, before } = await readSearch(searchParams);
  const { id: ownId, isAdmin } = await currentUser();
  const { items, nextCursor } = await page(usersList, { cursor });
  return (
    <Page>
      <LiveRefresh topics={["users"]} />
      <PageHeader
        title="Users"
        sub={isAdmin ? "Accounts and their roles" : "Only administrators can change accounts"}
        actions={
          isAdmin && (
            <LinkButton href="/users/new" variant="primary" icon={<Plus aria-hidden="true" className="size-4" />}>
              New user
            </LinkButton>
          )
        }
      />
      <Panel padded={false}>
        <Table label="Users" compact="sm">
          <Thead>
            <Th>Name</Th>
            <Th>Role</Th>
            <Th>Status</Th>
            {isAdmin && <Th>Last sign-in</Th>}
            <Th>Created</Th>
          </Thead>
          <Tbody>
            {items.map((user) => (
              <Tr key={user.id} muted={user.status === "disabled"}>
                <Td inCompact="name">
                  <Primary sub={user.email} compactSub={`${ROLE_LABEL[user.role]} · ${user.email}`}>
                    {isAdmin ? <TextLink href={`/users/${user.id}`}>{user.name}</TextLink> : user.name}
                    {user.id === ownId && <span className="font-normal text-faint"> you</span>}
                  </Primary>
                </Td>
                <Td>
                  <RoleBadge role={user.role} />
                </Td>
                <Td inCompact="state">
                  <span className="inline-flex flex-wrap gap-1.5">
                    <UserStatusBadge status={user.status} />
                    {user.isLocked && (
                      <Badge tone="warning" shape="triangle">
                        Locked
                      </Badge>
                    )}
                  </span>
                </Td>
                {isAdmin && (
                  <Td>
                    <RelativeTime at={msOf(user.lastLoginAt)} empty="never" />
                  </Td>
                )}
                <Td>
                  <RelativeTime at={msOf(user.createdAt)} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} />
    </Page>
  );
}
