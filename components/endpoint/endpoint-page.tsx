import type { ReactNode } from "react";
import { formatBytes, pluralize } from "@/components/format";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { ConnectionBadge } from "@/components/status/connection-badge";
import { Facts } from "@/components/ui/facts";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import type { ActionResult } from "@/lib/core/action-error";
import { type StorageThreshold, usedPercent } from "@/lib/core/storage";
import { DeleteEndpointButton } from "./delete-endpoint-button";
import { type EndpointActions, EndpointForm, type EndpointFormKind } from "./endpoint-form";
import type { EndpointLine } from "./endpoint-line";
import { ENDPOINT_TEXT, type EndpointNoun } from "./endpoint-text";
import { UsedBy } from "./used-by";

interface Props {
  noun: EndpointNoun;
  endpoint: EndpointLine;
  /** Null for a reader who may not change it. */
  kinds: readonly EndpointFormKind[] | null;
  /** Below the settings. */
  space?: ReactNode;
  actions: EndpointActions & { remove: (input: { id: string }) => Promise<ActionResult<unknown>> };
}

/** One source or destination: its settings, and what uses it. */
export function EndpointPage({ noun, endpoint, kinds, space, actions: { remove, ...actions } }: Props) {
  const { title, remains } = ENDPOINT_TEXT[noun];
  return (
    <Page>
      <LiveRefresh topics={["storage"]} />
      <Crumbs items={[{ label: title, href: `/${noun}s` }, { label: endpoint.name }]} />
      <PageHeader
        title={endpoint.name}
        sub={endpoint.kindLabel}
        badge={<ConnectionBadge state={endpoint.connection.state} />}
        actions={kinds && <DeleteEndpointButton noun={noun} endpoint={endpoint} remains={remains} remove={remove} />}
      />
      <Columns
        side={
          <Panel title="About">
            <Facts items={aboutItems(endpoint, `/jobs?${noun}Id=${endpoint.id}`)} />
          </Panel>
        }
      >
        <Panel title="Settings">
          {kinds ? (
            <EndpointForm key={endpoint.updatedAt} noun={noun} kinds={kinds} endpoint={endpoint} actions={actions} />
          ) : (
            <Facts items={[{ label: "Location", value: <span className="num">{endpoint.summary}</span> }]} />
          )}
        </Panel>
        {space}
      </Columns>
    </Page>
  );
}

function usedText({ usedBytes, freeBytes }: NonNullable<EndpointLine["usage"]>): string | null {
  if (usedBytes === null || freeBytes === null) return null;
  return `${formatBytes(usedBytes)} (${Math.floor(usedPercent({ usedBytes, freeBytes }))} %)`;
}

function thresholdText(threshold: StorageThreshold): string {
  return "percent" in threshold
    ? `from ${threshold.percent} % used on`
    : `below ${formatBytes(threshold.freeBytes)} free`;
}

function aboutItems(endpoint: EndpointLine, jobsHref: string): { label: string; value: ReactNode }[] {
  const { connection, usage, threshold, mountPoints, usedBy, createdAt, updatedAt } = endpoint;
  const stored = usage && `${pluralize(usage.count, "backup")}, ${formatBytes(usage.bytes)}`;
  return [
    { label: "Not reached since", value: connection.since && <RelativeTime at={msOf(connection.since)} /> },
    { label: "Reason", value: connection.problem && <span className="text-failure">{connection.problem}</span> },
    { label: "Version", value: connection.version && <span className="num">{connection.version}</span> },
    { label: "Connection checked", value: connection.checkedAt && <RelativeTime at={msOf(connection.checkedAt)} /> },
    { label: "Stored", value: stored },
    { label: "Used", value: usage && usedText(usage) },
    { label: "Free", value: usage?.freeBytes == null ? null : formatBytes(usage.freeBytes) },
    { label: "Storage Low", value: threshold && thresholdText(threshold) },
    { label: "Measured", value: usage?.checkedAt && !usage.problem && <RelativeTime at={msOf(usage.checkedAt)} /> },
    { label: "Not measured", value: usage?.problem && <span className="text-failure">{usage.problem}</span> },
    { label: "To be removed", value: usage && usage.overdue > 0 && pluralize(usage.overdue, "overdue backup") },
    { label: "Mount", value: mountPoints.length > 0 && <span className="num">{mountPoints.join(", ")}</span> },
    { label: "Used by", value: <UsedBy jobs={usedBy} allHref={jobsHref} /> },
    { label: "Created", value: <RelativeTime at={msOf(createdAt)} /> },
    { label: "Changed", value: <RelativeTime at={msOf(updatedAt)} /> },
  ];
}
