import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { formatList, pluralize } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { Link } from "@/components/ui/link";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { profilesList } from "@/lib/services/profiles/list";
import type { ProfileView } from "@/lib/services/profiles/view";
import { page } from "@/lib/web/page";

export const metadata: Metadata = { title: "Profiles" };

export default async function ProfilesPage({ searchParams }: { searchParams: SearchParams }) {
  const { isAdmin } = await currentUser();
  const { q, cursor, before } = await readSearch(searchParams);
  const { items, nextCursor } = await page(profilesList, { q, cursor });
  const create = (label: string) => (
    <LinkButton href="/routing/profiles/new" variant="primary" icon={<Plus aria-hidden="true" className="size-4" />}>
      {label}
    </LinkButton>
  );
  return (
    <>
      <LiveRefresh topics={["routing", "jobs"]} />
      <Crumbs items={[{ label: "Routing", href: "/routing" }, { label: "Profiles" }]} />
      {(items.length > 0 || q || cursor) && (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <FilterBar>
            <SearchField label="Search profiles" />
          </FilterBar>
          {isAdmin && create("New profile")}
        </div>
      )}
      <Panel padded={false}>
        {items.length > 0 ? (
          <ProfileTable profiles={items} />
        ) : q ? (
          <EmptyState title="Nothing found">No profile has “{q}” in its name.</EmptyState>
        ) : (
          <EmptyState title="No profiles yet" action={isAdmin && create("Create the first profile")}>
            A profile is a named set of notification rules. Jobs follow it, so that a change of it holds for all of
            them.
          </EmptyState>
        )}
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} params={{ q }} />
    </>
  );
}

function ProfileTable({ profiles }: { profiles: readonly ProfileView[] }) {
  return (
    <Table label="Profiles" compact="md">
      <Thead>
        <Th>Profile</Th>
        <Th>Notifies</Th>
        <Th>Jobs</Th>
        <Th>Changed</Th>
      </Thead>
      <Tbody>
        {profiles.map((profile) => (
          <Tr key={profile.id}>
            <Td inCompact="name">
              <Primary compactSub={`Notifies ${describeChannels(profile)}`}>
                <Link href={`/routing/profiles/${profile.id}`} className="hover:underline">
                  {profile.name}
                </Link>
                {profile.isDefault && (
                  <span className="ml-2 inline-block align-middle">
                    <Badge shape="ring">Default of new jobs</Badge>
                  </span>
                )}
              </Primary>
            </Td>
            <Td className="text-muted [overflow-wrap:anywhere]">{describeChannels(profile)}</Td>
            <Td inCompact="state">
              {profile.jobCount === 0 ? (
                <span className="text-muted">none</span>
              ) : (
                // Above the link of the row.
                <span className="relative z-1">
                  <TextLink href={`/jobs?profileId=${profile.id}`}>{pluralize(profile.jobCount, "job")}</TextLink>
                </span>
              )}
            </Td>
            <Td className="whitespace-nowrap text-muted">
              <RelativeTime at={msOf(profile.updatedAt)} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

const NAMED = 4;

function describeChannels({ notifications }: ProfileView): string {
  const names = notifications.map(({ channelName }) => channelName);
  if (names.length === 0) return "nobody: it has no rules";
  return names.length > NAMED
    ? `${names.slice(0, NAMED).join(", ")} and ${names.length - NAMED} more`
    : formatList(names);
}
