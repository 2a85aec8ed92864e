import type { Metadata } from "next";
import { cache } from "react";
import { formatBytes } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { RunTable } from "@/components/run/run-table";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { pluralize } from "@/lib/core/format-units";
import { type SyncDetail, syncsGet } from "@/lib/services/syncs/get";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { DeleteThemButton, SyncActions } from "../_components/sync-actions";
import { syncChoices } from "../_components/sync-choices";
import { syncDraftOf } from "../_components/sync-draft";
import { SyncForm } from "../_components/sync-form";

const readSync = cache((id: string) => page(syncsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, enabled } = await readSync((await params).id);
  return { title: enabled ? name : `${name}, disabled` };
}

export default async function SyncPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { isAdmin, isOperator } = await currentUser();
  const sync = await readSync(id);
  const choices = isAdmin ? await syncChoices() : null;
  return (
    <Page>
      <LiveRefresh topics={["jobs", "runs"]} />
      <Crumbs items={[{ label: "Syncs", href: "/syncs" }, { label: sync.name }]} />
      <PageHeader
        title={sync.name}
        badge={!sync.enabled && <Badge>Disabled</Badge>}
        actions={isOperator && <SyncActions sync={{ id, name: sync.name }} isAdmin={isAdmin} />}
      />
      <Panel title="Copy">
        <SyncFacts sync={sync} />
      </Panel>
      {sync.missing > 0 && <MissingFiles sync={sync} isOperator={isOperator} />}
      <Panel title="Runs" padded={false}>
        {sync.runs.length > 0 ? (
          <RunTable runs={sync.runs} now={Date.now()} label="Runs" />
        ) : (
          <EmptyState title="No runs yet">Start one with Run now, or wait for the schedule.</EmptyState>
        )}
      </Panel>
      {choices && (
        <SyncForm
          id={id}
          sync={syncDraftOf(sync, choices.timezone)}
          destinations={choices.destinations}
          repositories={choices.repositories}
          jobs={choices.jobs}
        />
      )}
    </Page>
  );
}

function SyncFacts({ sync }: { sync: SyncDetail }) {
  const { schedule, afterJobName, deleteRemoved } = sync;
  const when = [
    schedule && `${schedule.cron} ${schedule.timezone}`,
    afterJobName && `after the backups of ${afterJobName}`,
  ].filter(Boolean);
  return (
    <Facts
      items={[
        originFact(sync),
        ...(sync.exclude.length > 0 ? [{ label: "Left out", value: sync.exclude.join(", ") }] : []),
        { label: "Destination", value: `${sync.destinationName}, folder ${sync.folder}` },
        { label: "Stored", value: `${pluralize(sync.files, "file")}, ${formatBytes(sync.bytes)}` },
        { label: "Runs", value: when.length > 0 ? when.join(", ") : "when somebody starts it" },
        { label: "Next run", value: <RelativeTime at={msOf(sync.nextRunAt)} empty="–" /> },
        {
          label: `What is gone from the ${sync.repositoryName === null ? "folder" : "repository"}`,
          value: deleteRemoved ? "is deleted" : "stays at the destination",
        },
      ]}
    />
  );
}

function originFact({ from, repositoryName }: SyncDetail) {
  if (repositoryName === null) return { label: "Folder", value: from.path || "Operators and administrators see it." };
  const value = (
    <Link href={`/repositories/${from.repositoryId}`} className="hover:underline">
      {repositoryName}
    </Link>
  );
  return { label: "Repository", value };
}

function MissingFiles({ sync, isOperator }: { sync: SyncDetail; isOperator: boolean }) {
  const { id, name, missing, missingFiles, deleteRemoved } = sync;
  const files = pluralize(missing, "file");
  return (
    <Panel
      title={`In the ${sync.repositoryName === null ? "folder" : "repository"} no more: ${files}`}
      aside={isOperator && deleteRemoved && <DeleteThemButton sync={{ id, name }} missing={files} />}
      padded={false}
    >
      <p className="px-4 pt-3 text-muted text-sm">
        {deleteRemoved
          ? "As the last run found them. The next run deletes them at the destination, unless they are most of its files."
          : "As the last run found them. They stay at the destination: deleting is off."}
        {missing > missingFiles.length && missingFiles.length > 0 ? ` The first ${missingFiles.length} are shown.` : ""}
      </p>
      {missingFiles.length > 0 && (
        <Table label="Files that are in the folder no more">
          <Thead>
            <Th>File</Th>
            <Th num width="w-32">
              Size
            </Th>
            <Th width="w-40">Missing since</Th>
          </Thead>
          <Tbody>
            {missingFiles.map(({ path, bytes, missingSince }) => (
              <Tr key={path}>
                <Td className="break-all">{path}</Td>
                <Td label="Size" num>
                  {formatBytes(bytes)}
                </Td>
                <Td label="Missing since" className="text-muted">
                  <RelativeTime at={msOf(missingSince)} />
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </Panel>
  );
}
