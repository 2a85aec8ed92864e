import type { Metadata } from "next";
import { cache, Suspense } from "react";
import { EntryTable } from "@/app/(console)/_components/entry-table";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { formatNumber } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { ErrorNote, Note } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { jobsArchiveEntries } from "@/lib/services/jobs/archive-entries";
import { jobsArchives } from "@/lib/services/jobs/archives";
import { jobsGet } from "@/lib/services/jobs/get";
import { page, pageOrReason } from "@/lib/web/page";

const readJob = cache((id: string) => page(jobsGet, { id }));

interface Props {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

export async function generateMetadata({ params }: Pick<Props, "params">): Promise<Metadata> {
  const { name } = await readJob((await params).id);
  return { title: `Archives of ${name}` };
}

/** The archives that a program keeps for a job, and how they are restored; of one that is named, what lies in one of its folders. */
export default async function JobArchivesPage({ params, searchParams }: Props) {
  const { isAdmin, isOperator } = await currentUser();
  const { id } = await params;
  const back = `/jobs/${id}`;
  if (!isOperator)
    return <OnlyAdmins title="Archives" who="Operators and administrators" what="see archives" back={back} />;
  const { repository = "", archive, path = "" } = await readSearch(searchParams);
  const all = `${back}/archives`;
  if (archive && !isAdmin) return <OnlyAdmins title="Archive" what="look into archives" back={all} />;
  const { name } = await readJob(id);
  const crumbs = [
    { label: "Jobs", href: "/jobs" },
    { label: name, href: back },
  ];
  return (
    <Page>
      <Crumbs
        items={
          archive
            ? [...crumbs, { label: "Archives", href: all }, { label: archive }]
            : [...crumbs, { label: "Archives" }]
        }
      />
      <PageHeader
        title={archive ?? `Archives of ${name}`}
        sub={archive ? `/${path}` : "As the source's program lists them now"}
      />
      <Suspense
        key={`${repository} ${archive} ${path}`}
        fallback={<p className="text-muted text-sm">Reading the repositories…</p>}
      >
        {archive ? (
          <Entries id={id} repository={repository} archive={archive} path={path} />
        ) : (
          <Repositories id={id} canBrowse={isAdmin} />
        )}
      </Suspense>
    </Page>
  );
}

function folderHref(id: string, repository: string, archive: string, path = ""): string {
  return `/jobs/${id}/archives?${new URLSearchParams({ repository, archive, ...(path && { path }) })}`;
}

interface Folder {
  id: string;
  repository: string;
  archive: string;
  path: string;
}

async function Entries({ id, repository, archive, path }: Folder) {
  const found = await pageOrReason(jobsArchiveEntries, { id, repository, archive, path });
  if ("reason" in found) return <Unreadable reason={found.reason} />;
  return (
    <Panel padded={false} title={repository}>
      <EntryTable
        path={path}
        items={found.value.items}
        folderHref={(folder) => folderHref(id, repository, archive, folder)}
      />
    </Panel>
  );
}

function Unreadable({ reason }: { reason: string }) {
  const [sentence, ...advice] = reason.split("\n");
  return <ErrorNote title={sentence} advice={advice.join("\n") || undefined} />;
}

async function Repositories({ id, canBrowse }: { id: string; canBrowse: boolean }) {
  const found = await pageOrReason(jobsArchives, { id });
  if ("reason" in found) return <Unreadable reason={found.reason} />;
  const { repositories } = found.value;
  if (repositories.length === 0)
    return (
      <Panel padded={false}>
        <EmptyState>The source of this job keeps no archives by itself.</EmptyState>
      </Panel>
    );
  return repositories.map(({ repository, label, count, archives, restoreCommand }) => (
    <Panel
      key={repository}
      title={label ? `${label} (${repository})` : repository}
      padded={false}
      aside={count > archives.length ? `the newest ${archives.length} of ${formatNumber(count)}` : undefined}
    >
      {archives.length === 0 ? (
        <EmptyState>No archives yet.</EmptyState>
      ) : (
        <>
          <div className="flex flex-col gap-2 p-4">
            <Note>
              Belfry has no copy of these archives. Restore them on the server; “latest” is the newest, and a name of
              this list is another one.
            </Note>
            <CodeBlock label="Command that restores the newest archive">{restoreCommand}</CodeBlock>
          </div>
          <Table label={`Archives in ${label || repository}`}>
            <Thead>
              <Th>Archive</Th>
              <Th width="w-44">Created</Th>
            </Thead>
            <Tbody>
              {archives.map((archive) => (
                <Tr key={archive.id}>
                  <Td>
                    {canBrowse ? (
                      <Link
                        href={folderHref(id, repository, archive.name)}
                        className="[overflow-wrap:anywhere] hover:underline"
                      >
                        {archive.name}
                      </Link>
                    ) : (
                      <span className="[overflow-wrap:anywhere]">{archive.name}</span>
                    )}
                  </Td>
                  <Td label="Created">
                    <RelativeTime at={msOf(archive.startedAt)} />
                  </Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        </>
      )}
    </Panel>
  ));
}
