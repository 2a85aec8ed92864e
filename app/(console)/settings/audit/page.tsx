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
import { DateRange } from "@/components/ui/date-range";
import { EmptyState } from "@/components/ui/empty-state";
import { FilterBar } from "@/components/ui/filter-bar";
import { FilterSelect } from "@/components/ui/filter-select";
import { LinkButton } from "@/components/ui/link-button";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { auditList } from "@/lib/services/audit/list";
import { usersList } from "@/lib/services/users/list";
import { pageOrNull } from "@/lib/web/page";
import { readDateSpan } from "../../_components/date-span";
import { parseFilter, readSearch, type SearchParams } from "../../_components/search-params";
import { currentUser } from "../../current-user";

export const metadata: Metadata = { title: "Audit log" };

const ACTOR_KINDS = { user: "user", api_key: "API key", command: "command line", system: "system" } as const;

/** `API key · 192.0.2.7`; of a user the address alone. */
function whence({ actorKind, address }: { actorKind: keyof typeof ACTOR_KINDS; address: string | null }): string {
  if (actorKind === "command" || address === null) return ACTOR_KINDS[actorKind];
  return actorKind === "user" ? address : `${ACTOR_KINDS[actorKind]} · ${address}`;
}

export default async function AuditPage({ searchParams }: { searchParams: SearchParams }) {
  const { timezone } = await currentUser();
  const { cursor, before, entity, entityId, actorId, q, ...query } = await readSearch(searchParams);
  const span = readDateSpan(query, timezone);
  const group = parseFilter(AUDIT_GROUP_IDS, query.group);
  const [log, users] = await Promise.all([
    pageOrNull(auditList, { cursor, entity, entityId, actorId, group, q, ...span.times }),
    pageOrNull(usersList, { limit: 200 }),
  ]);
  if (!log) return null;
  const filters = { entity, entityId, actorId, group, q, ...span.params };
  const isFiltered = Object.values(filters).some(Boolean);
  return (
    <>
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Audit log" }]} />
      <FilterBar search={<SearchField label="Search the audit log" placeholder="Search by name" />}>
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
        <DateRange />
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
          <AuditTable entries={log.items} />
        )}
      </Panel>
      <Pager newestFirst nextCursor={log.nextCursor} cursor={cursor} before={before} params={filters} />
    </>
  );
}

type AuditEntry = Awaited<ReturnType<typeof auditList.call>>["items"][number];

function AuditTable({ entries }: { entries: readonly AuditEntry[] }) {
  return (
    <Table label="Audit log" stack="md">
      <Thead>
        <Th width="w-px">When</Th>
        <Th width="w-48">Actor</Th>
        <Th width="w-80">Action</Th>
        <Th>Details</Th>
      </Thead>
      <Tbody>
        {entries.map((entry) => (
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
  );
}
