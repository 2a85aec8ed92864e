import type { Metadata } from "next";
import { msOf } from "@/components/ms-of";
import { AuditDetail } from "@/components/settings/audit-detail";
import { ENTITY_NAMES, verbText } from "@/components/settings/audit-labels";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar, FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { auditList } from "@/lib/services/audit/list";
import { usersList } from "@/lib/services/users/list";
import { pageOrNull } from "@/lib/web/page";
import { readSearch, type SearchParams } from "../../_components/search-params";

export const metadata: Metadata = { title: "Audit log" };

const ACTOR_KINDS = { user: "user", api_key: "API key", command: "command line", system: "Belfry itself" } as const;

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, entity, entityId, actorId } = await readSearch(searchParams);
  const [log, users] = await Promise.all([
    pageOrNull(auditList, { cursor, entity, entityId, actorId }),
    pageOrNull(usersList, { limit: 200 }),
  ]);
  if (!log) return null;
  const isFiltered = Boolean(entity || entityId || actorId);
  return (
    <>
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Audit log" }]} />
      <FilterBar>
        <FilterSelect
          param="entity"
          label="What was changed"
          allLabel="Everything"
          options={Object.entries(ENTITY_NAMES).map(([value, label]) => ({ value, label }))}
        />
        <FilterSelect
          param="actorId"
          label="RoutingPreview changed it"
          allLabel="Everyone"
          options={(users?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
        {isFiltered && (
          <LinkButton href="/settings/audit" variant="ghost">
            Clear
          </LinkButton>
        )}
      </FilterBar>
      <Panel padded={false}>
        {log.items.length === 0 ? (
          <EmptyState title={isFiltered ? "Nothing fits these filters" : "No changes yet"}>
            Every change that a person, a key or the command line makes is written here.
          </EmptyState>
        ) : (
          <Table label="Audit log" stack="md">
            <Thead>
              <Th width="w-px">When</Th>
              <Th width="w-48">RoutingPreview</Th>
              <Th width="w-80">Did</Th>
              <Th>Details</Th>
            </Thead>
            <Tbody>
              {log.items.map((row) => (
                <Tr key={row.id}>
                  <Td className="whitespace-nowrap">
                    <RelativeTime at={msOf(row.at)} format="full" />
                  </Td>
                  <Td label="RoutingPreview">
                    <Primary sub={row.actorKind === "user" ? row.address : ACTOR_KINDS[row.actorKind]}>
                      {row.actorName}
                    </Primary>
                  </Td>
                  <Td label="Did">
                    <Primary sub={<span className="font-mono">{row.verb}</span>}>
                      {verbText(row.verb)}
                      {row.entityName && <> {row.entityName}</>}
                    </Primary>
                  </Td>
                  <Td label="Details">
                    <AuditDetail detail={row.detail} />
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </Panel>
      <Pager nextCursor={log.nextCursor} cursor={cursor} params={{ entity, entityId, actorId }} />
    </>
  );
}
