import type { Metadata } from "next";
import { cache, Suspense } from "react";
import { EntryTable } from "@/app/(console)/_components/entry-table";
import { OnlyAdmins } from "@/app/(console)/_components/only-admins";
import { readSearch, type SearchParams } from "@/app/(console)/_components/search-params";
import { currentUser } from "@/app/(console)/current-user";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { LinkButton } from "@/components/ui/link-button";
import { ErrorNote } from "@/components/ui/note";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import type { PagePlace } from "@/components/ui/page-trail";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";
import { LATEST_ARCHIVE } from "@/lib/services/repositories/archive-fields";
import { repositoriesArchives } from "@/lib/services/repositories/archives";
import { repositoriesEntries } from "@/lib/services/repositories/entries";
import { repositoriesGet } from "@/lib/services/repositories/get";
import { page, pageOrReason } from "@/lib/web/page";
import { archiveAddress, downloadAddress } from "../../_components/archive-address";
import { ArchiveTable } from "../../_components/archive-table";

const readRepository = cache((id: string) => page(repositoriesGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name } = await readRepository((await params).id);
  return { title: `Archives of ${name}` };
}

interface Props {
  params: Promise<{ id: string }>;
  searchParams: SearchParams;
}

/** The archives of a repository; of one that is named, what lies in one of its folders. */
export default async function ArchivesPage({ params, searchParams }: Props) {
  const { isAdmin, isOperator } = await currentUser();
  const { id } = await params;
  const back = `/repositories/${id}`;
  if (!isOperator)
    return <OnlyAdmins title="Archives" who="Operators and administrators" what="see archives" back={back} />;
  const { archive, path = "", cursor, before } = await readSearch(searchParams);
  if (archive && !isAdmin) return <OnlyAdmins title="Archive" what="look into archives" back={`${back}/archives`} />;
  const { name } = await readRepository(id);
  // What `latest` stands for is read with its folder below.
  const title = archive === LATEST_ARCHIVE ? "Latest archive" : archive;
  const all = { label: "Archives", href: `${back}/archives` };
  const crumbs = [
    { label: "Repositories", href: "/repositories" },
    { label: name, href: back },
  ];
  return (
    <Page>
      <Crumbs items={title ? [...crumbs, all, { label: title }] : [...crumbs, { label: "Archives" }]} />
      <PageHeader
        title={title ?? `Archives of ${name}`}
        sub={archive ? `/${path}` : "As the repository lists them now"}
        actions={
          archive ? (
            <LinkButton href={downloadAddress(id, archive, path)} download>
              Download {path ? "folder" : "archive"} as tar
            </LinkButton>
          ) : (
            isAdmin && <LinkButton href={archiveAddress(id, LATEST_ARCHIVE)}>Latest archive</LinkButton>
          )
        }
      />
      <Suspense
        key={`${archive} ${path} ${cursor}`}
        fallback={<p className="text-muted text-sm">Reading the repository…</p>}
      >
        {archive ? (
          <Entries id={id} archive={archive} path={path} />
        ) : (
          <Archives id={id} cursor={cursor} before={before} canBrowse={isAdmin} />
        )}
      </Suspense>
    </Page>
  );
}

async function Archives({ id, cursor, before, canBrowse }: PagePlace & { id: string; canBrowse: boolean }) {
  const found = await pageOrReason(repositoriesArchives, { id, cursor });
  if ("reason" in found) return <Unreadable reason={found.reason} />;
  const { items, nextCursor } = found.value;
  return (
    <>
      <Panel padded={false}>
        <ArchiveTable id={id} items={items} canBrowse={canBrowse} />
      </Panel>
      <Pager nextCursor={nextCursor} cursor={cursor} before={before} />
    </>
  );
}

async function Entries({ id, archive, path }: { id: string; archive: string; path: string }) {
  const found = await pageOrReason(repositoriesEntries, { id, archive, path });
  if ("reason" in found) return <Unreadable reason={found.reason} />;
  return (
    <Panel padded={false} {...(archive !== found.value.archive && { title: found.value.archive })}>
      <EntryTable
        path={path}
        items={found.value.items}
        folderHref={(folder) => archiveAddress(id, found.value.archive, folder)}
        fileHref={(file) => downloadAddress(id, found.value.archive, file)}
      />
    </Panel>
  );
}

function Unreadable({ reason }: { reason: string }) {
  const [sentence, ...advice] = reason.split("\n");
  return <ErrorNote title={sentence} advice={advice.join("\n") || undefined} />;
}
