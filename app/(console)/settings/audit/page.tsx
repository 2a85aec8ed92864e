import type { Metadata } from "next";
import { msOf } from "@/components/ms-of";
import { AuditDetail } from "@/components/settings/audit-detail";
import {
  AUDIT_GROUP_IDS,
  AUDIT_GROUP_NAMES,
  describeAuditEntry,
  ENTITY_NAMES,
} from "@/components/settings/audit-labels";
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
import { parseFilter, readSearch, type SearchParams } from "../../_components/search-params";

export const metadata: Metadata = { title: "Audit log" };

const ACTOR_KINDS = { user: "user", api_key: "API key", command: "command line", system: "system" } as const;

/** `API key · 192.0.2.7`; of a user the address alone. */
function whence({ actorKind, address }: { actorKind: keyof typeof ACTOR_KINDS; address: string | null }): string {
  if (actorKind === "command" || address === null) return ACTOR_KINDS[actorKind];
  return actorKind === "user" ? address : `${ACTOR_KINDS[actorKind]} · ${address}`;
}

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const { cursor, entity, entityId, actorId, ...query } = await readSearch(searchParams);
  const group = parseFilter(AUDIT_GROUP_IDS, query.group);
  const [log, users] = await Promise.all([
    pageOrNull(auditList, { cursor, entity, entityId, actorId, group }),
    pageOrNull(usersList, { limit: 200 }),
  ]);
  if (!log) return null;
  const isFiltered = Boolean(entity || entityId || actorId || group);
  return (
    <>
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Audit log" }]} />
      <FilterBar>
        <FilterSelect
          param="group"
          label="Action"
          allLabel="All actions"
          options={AUDIT_GROUP_IDS.map((value) => ({ value, label: AUDIT_GROUP_NAMES[value] }))}
        />
        <FilterSelect
          param="entity"
          label="Object type"
          allLabel="All types"
          options={Object.entries(ENTITY_NAMES).map(([value, label]) => ({ value, label }))}
        />
        <FilterSelect
          param="actorId"
          label="User"
          allLabel="All users"
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
          <EmptyState title={isFiltered ? "No matching entries" : "No entries yet"}>
            Every change, Test and download by a user, an API key or the command line is recorded here.
          </EmptyState>
        ) : (
          <Table label="Audit log" stack="md">
            <Thead>
              <Th width="w-px">When</Th>
              <Th width="w-48">Actor</Th>
              <Th width="w-80">Action</Th>
              <Th>Details</Th>
            </Thead>
            <Tbody>
              {log.items.map((entry) => (
                <Tr key={entry.id}>
                  <Td className="whitespace-nowrap">
                    <RelativeTime at={msOf(entry.at)} format="full" />
                  </Td>
                  <Td label="Actor">
                    <Primary sub={whence(entry)}>{entry.actorName}</Primary>
                  </Td>
                  <Td label="Action">
                    <Primary sub={<span className="font-mono">{entry.verb}</span>}>
                      {describeAuditEntry(entry)}
                      {entry.entityName && <> {entry.entityName}</>}
                    </Primary>
                  </Td>
                  <Td label="Details">
                    <AuditDetail detail={entry.detail} />
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        )}
      </Panel>
      <Pager newestFirst nextCursor={log.nextCursor} cursor={cursor} params={{ entity, entityId, actorId, group }} />
    </>
  );
}
