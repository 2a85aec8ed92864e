import type { Metadata } from "next";
import { cache } from "react";
import { ClientStatusBadge, clientStatusLabel } from "@/components/client/client-status";
import { DiskList } from "@/components/client/disk-list";
import { StoragePanel } from "@/components/endpoint/storage-panel";
import { typedThreshold } from "@/components/endpoint/typed-threshold";
import { formatDuration } from "@/components/format";
import { LabelChips } from "@/components/label/label-chips";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { SilenceMenu } from "@/components/silence/silence-menu";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Facts } from "@/components/ui/facts";
import { Link } from "@/components/ui/link";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { MISSED_HEARTBEATS } from "@/lib/core/client";
import { DEFAULT_THRESHOLD } from "@/lib/core/storage";
import { type ClientDetail, clientsGet } from "@/lib/services/clients/get";
import { clientsStorage } from "@/lib/services/clients/storage";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { silenceMenuActions } from "../../silences/menu-actions";
import { ClientJobs } from "../_components/client-jobs";
import { ClientSettings } from "../_components/client-settings";
import { ClientToken } from "../_components/client-token";

const readClynt = cache((id: string) => page(clientsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, ...client } = await readClynt((await params).id);
  return { title: `${name}, ${clientStatusLabel(client).toLowerCase()}` };
}

export default async function ClientPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { isAdmin, isOperator, mayEdit, timezone } = await currentUser();
  const client = await readClynt(id);
  const { name, labels, status, revokedAt, muted, intermittent, disks, outages } = client;
  const offlineAfterMinutes = client.offlineAfterMinutes === null ? "" : String(client.offlineAfterMinutes);
  const diskThresholds = Object.fromEntries(
    client.diskThresholds.map(({ mount, threshold }) => [mount, typedThreshold(threshold)]),
  );
  return (
    <Page>
      <LiveRefresh topics={["clients", "alerts", "runs", "jobs"]} />
      <Crumbs items={[{ label: "Clients", href: "/clients" }, { label: name }]} />
      <PageHeader
        title={name}
        badge={
          <span className="flex flex-wrap gap-1.5">
            <ClientStatusBadge status={status} revokedAt={revokedAt} />
            {muted && <Badge>Muted</Badge>}
            {intermittent && <Badge>Intermittent</Badge>}
          </span>
        }
        actions={
          mayEdit && (
            <SilenceMenu
              name={name}
              conditions={[{ field: "client", op: "is", value: name }]}
              actions={silenceMenuActions}
            />
          )
        }
      />
      <LabelChips labels={labels} list="/clients" most={20} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Panel title="Last report">
          <ReportFacts client={client} />
        </Panel>
        <Panel title="Disks">
          {disks.length > 0 ? (
            <DiskList disks={disks} />
          ) : (
            <p className="text-muted text-sm">{noDisksSentence(status, isOperator)}</p>
          )}
        </Panel>
      </div>
      {isOperator && <DiskHistories client={client} timezone={timezone} />}
      <Panel title="Jobs" padded={false}>
        <ClientJobs jobs={client.jobs} allowedJobs={client.allowedJobs} />
      </Panel>
      <Panel title="Outages" padded={false}>
        <Outages outages={outages} />
      </Panel>
      {isAdmin && (
        <>
          <ClientSettings
            id={id}
            client={{ name, labels, offlineAfterMinutes, intermittent, muted, diskThresholds }}
            mounts={disks.map(({ mount }) => mount)}
          />
          <ClientToken client={{ id, name, hint: client.hint, revokedAt, lastSeenAt: client.lastSeenAt }} />
        </>
      )}
    </Page>
  );
}

/** How full each of its disks was, and when it will be full. */
async function DiskHistories({ client, timezone }: { client: ClientDetail; timezone: string }) {
  const { disks } = await page(clientsStorage, { id: client.id });
  const thresholdOf = (mount: string) => client.diskThresholds.find((one) => one.mount === mount)?.threshold;
  return (
    <div className="grid gap-4 empty:hidden lg:grid-cols-2">
      {disks.map(({ mount, ...history }) => (
        <StoragePanel
          key={mount}
          {...history}
          title={`Space of ${mount}`}
          threshold={thresholdOf(mount) ?? DEFAULT_THRESHOLD}
          timezone={timezone}
          now={Date.now()}
        />
      ))}
    </div>
  );
}

function noDisksSentence(status: ClientDetail["status"], isOperator: boolean): string {
  if (!isOperator) return "Operators and administrators see them.";
  return status === "new" ? "The first report brings them." : "The last report names none.";
}

function ReportFacts({ client }: { client: ClientDetail }) {
  const { offlineSince, lastSeenAt, hostname, version, uptimeSeconds } = client;
  const every = client.acknowledgedIntervalSeconds ?? client.intervalSeconds;
  const silenceMs = Math.max(client.offlineDelayMinutes * 60_000, every * MISSED_HEARTBEATS * 1_000);
  return (
    <Facts
      items={[
        { label: "Last seen", value: <RelativeTime at={msOf(lastSeenAt)} empty="never" /> },
        { label: "Offline since", value: offlineSince && <RelativeTime at={msOf(offlineSince)} /> },
        { label: "Host name", value: hostname },
        { label: "Up for", value: uptimeSeconds === null ? null : formatDuration(uptimeSeconds * 1_000) },
        { label: "Agent", value: version },
        { label: "Reports every", value: formatDuration(every * 1_000) },
        {
          label: "Notifies after",
          value: client.muted ? "never, it is muted" : `${formatDuration(silenceMs)} of silence`,
        },
        { label: "Added", value: <RelativeTime at={msOf(client.createdAt)} /> },
      ]}
    />
  );
}

function Outages({ outages }: Pick<ClientDetail, "outages">) {
  if (outages.length === 0)
    return <EmptyState title="No outages">Those that people are notified of are listed here.</EmptyState>;
  return (
    <Table label="Outages" stack="sm">
      <Thead>
        <Th>Reported</Th>
        <Th>Ended</Th>
        <Th num>Open for</Th>
      </Thead>
      <Tbody>
        {outages.map(({ id, reportedAt, endedAt, resolution }) => (
          <Tr key={id} muted={endedAt !== null}>
            <Td>
              <Link href={`/notifications/${id}`} className="hover:underline">
                <RelativeTime at={msOf(reportedAt)} />
              </Link>
            </Td>
            <Td label="Ended">
              {endedAt === null ? "still open" : <RelativeTime at={msOf(endedAt)} />}
              {resolution === "person" && <span className="text-faint">, by a person</span>}
            </Td>
            <Td label="Open for" num>
              {endedAt === null ? "–" : formatDuration(Date.parse(endedAt) - Date.parse(reportedAt))}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
