import type { Metadata } from "next";
import { cache, Suspense } from "react";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { currentUser } from "@/app/(console)/current-user";
import { formatNumber } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { CodeBlock } from "@/components/ui/code-block";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorNote, Note } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { jobsArchives } from "@/lib/services/jobs/archives";
import { jobsGet } from "@/lib/services/jobs/get";
import { page, pageOrReason } from "@/lib/web/page";

const readJob = cache((id: string) => page(jobsGet, { id }));

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name } = await readJob((await params).id);
  return { title: `Archives of ${name}` };
}

/** The archives that a program keeps for a job, and how they are restored. */
export default async function JobArchivesPage({ params }: Props) {
  const { isOperator } = await currentUser();
  const { id } = await params;
  const back = `/jobs/${id}`;
  if (!isOperator)
    return <OnlyAdmins title="Archives" who="Operators and administrators" what="see archives" back={back} />;
  const { name } = await readJob(id);
  return (
    <Page>
      <Crumbs items={[{ label: "Jobs", href: "/jobs" }, { label: name, href: back }, { label: "Archives" }]} />
      <PageHeader title={`Archives of ${name}`} sub="As the source's program lists them now" />
      <Suspense fallback={<p className="text-muted text-sm">Reading the repositories…</p>}>
        <Repositories id={id} />
      </Suspense>
    </Page>
  );
}

async function Repositories({ id }: { id: string }) {
  const found = await pageOrReason(jobsArchives, { id });
  if ("reason" in found) {
    const [sentence, ...advice] = found.reason.split("\n");
    return <ErrorNote title={sentence} advice={advice.join("\n") || undefined} />;
  }
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
                    <span className="[overflow-wrap:anywhere]">{archive.name}</span>
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
