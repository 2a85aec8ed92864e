import type { Metadata } from "next";
import { cache } from "react";
import { StoragePanel } from "@/components/endpoint/storage-panel";
import { formatBytes } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { RunTable } from "@/components/run/run-table";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { ConnectionBadge, connectionLabel } from "@/components/status/connection-badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { LinkButton } from "@/components/ui/link-button";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { REPOSITORY_TASKS, RETENTION_SPANS } from "@/lib/core/repository";
import { usedPercent } from "@/lib/core/storage";
import { repositoriesGet } from "@/lib/services/repositories/get";
import { repositoriesStorage } from "@/lib/services/repositories/storage";
import type { RepositoryView } from "@/lib/services/repositories/view";
import { runsList } from "@/lib/services/runs/list";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { BreakLock } from "../_components/break-lock";
import { DeleteRepository } from "../_components/delete-repository";
import { RepositoryActions } from "../_components/repository-actions";
import { repositoryDraftOf } from "../_components/repository-draft";
import { RepositoryForm } from "../_components/repository-form";

const readRepository = cache((id: string) => page(repositoriesGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, connection } = await readRepository((await params).id);
  return { title: `${name}, ${connectionLabel(connection.state).toLowerCase()}` };
}

const SHOWN_RUNS = 20;

export default async function RepositoryPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { isAdmin, isOperator, timezone } = await currentUser();
  const [repository, history, runs] = await Promise.all([
    readRepository(id),
    page(repositoriesStorage, { id }),
    page(runsList, { repositoryId: id, limit: SHOWN_RUNS }),
  ]);
  const { name, kindLabel, retention } = repository;
  return (
    <Page>
      <LiveRefresh topics={["repositories", "runs", "storage"]} />
      <Crumbs items={[{ label: "Repositories", href: "/repositories" }, { label: name }]} />
      <PageHeader
        title={name}
        sub={kindLabel}
        badge={<ConnectionBadge state={repository.connection.state} />}
        actions={isOperator && <RepositoryActions id={id} name={name} canPrune={retention !== null} />}
      />
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel
          title="Contents"
          aside={
            isOperator && (
              <LinkButton size="sm" href={`/repositories/${id}/archives`}>
                Archives
              </LinkButton>
            )
          }
        >
          <ContentFacts contents={repository.contents} />
        </Panel>
        <Panel title="Settings">
          <SettingFacts repository={repository} />
        </Panel>
      </div>
      <StoragePanel {...history} threshold={repository.threshold} timezone={timezone} now={Date.now()} />
      <Panel title="Runs" padded={false}>
        {runs.items.length > 0 ? (
          <RunTable runs={runs.items} now={Date.now()} />
        ) : (
          <EmptyState title="No runs yet">Checks, compacts and prunes are listed here.</EmptyState>
        )}
      </Panel>
      {isAdmin && <RepositoryForm key={repository.updatedAt} id={id} saved={repositoryDraftOf(repository, timezone)} />}
      {isAdmin && (
        <div className="flex flex-wrap gap-2">
          {repository.kind === "borg" && repository.encryption !== "none" && (
            <LinkButton href={`/api/v1/repositories/${id}/key`} download>
              Export key
            </LinkButton>
          )}
          <BreakLock id={id} name={name} />
          <DeleteRepository id={id} name={name} />
        </div>
      )}
    </Page>
  );
}

function ContentFacts({ contents }: Pick<RepositoryView, "contents">) {
  if (!contents) return <p className="text-muted text-sm">Test it to read what it holds.</p>;
  const size = (bytes: number | null) => (bytes === null ? null : formatBytes(bytes));
  return (
    <Facts
      items={[
        { label: "Archives", value: String(contents.archives) },
        { label: "Original", value: size(contents.originalBytes) },
        { label: "Compressed", value: size(contents.compressedBytes) },
        { label: "Deduplicated", value: size(contents.deduplicatedBytes) },
        { label: "Read", value: <RelativeTime at={msOf(contents.readAt)} /> },
      ]}
    />
  );
}

function SettingFacts({ repository }: { repository: RepositoryView }) {
  const { location, connection, usage, encryption, retention, compactsAfterPrune } = repository;
  const kept = RETENTION_SPANS.flatMap((span) => (retention?.[span] ? [`${retention[span]} ${span}`] : []));
  return (
    <Facts
      items={[
        { label: "Location", value: location || null },
        { label: "Not reached since", value: connection.since && <RelativeTime at={msOf(connection.since)} /> },
        { label: "Reason", value: connection.problem && <span className="text-failure">{connection.problem}</span> },
        { label: "Disk", value: usage && diskText(usage) },
        { label: "Not measured", value: usage?.problem && <span className="text-failure">{usage.problem}</span> },
        { label: "Encryption", value: encryption },
        { label: "A prune keeps", value: kept.join(", ") || "not set, as many as each job keeps" },
        { label: "Schedules", value: schedulesText(repository.schedules) },
        { label: "After a prune", value: compactsAfterPrune ? "compact" : "nothing" },
      ]}
    />
  );
}

function schedulesText({ timezone, ...crons }: RepositoryView["schedules"]): string {
  const set = REPOSITORY_TASKS.flatMap((task) => (crons[task] === null ? [] : [`${task} ${crons[task]}`]));
  return set.length > 0 ? `${set.join(", ")} (${timezone})` : "none";
}

function diskText({ usedBytes, freeBytes }: NonNullable<RepositoryView["usage"]>): string | null {
  if (usedBytes === null || freeBytes === null) return null;
  const percent = Math.floor(usedPercent({ usedBytes, freeBytes }));
  return `${formatBytes(usedBytes)} used (${percent} %), ${formatBytes(freeBytes)} free`;
}
