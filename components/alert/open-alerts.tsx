import { formatList, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { ToneBadge } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { ActionResult } from "@/lib/core/action-error";
import type { AlertStatus } from "@/lib/core/alert";
import type { SubjectKind } from "@/lib/core/event";
import type { Tone } from "@/lib/core/tone";
import { AcknowledgeButton } from "./acknowledge-button";
import { ResolveButton } from "./resolve-button";

export interface OpenAlertItem {
  id: string;
  status: AlertStatus;
  typeName: string;
  tone: Tone;
  subject: { kind: SubjectKind; id: string; name: string };
  title: string;
  message: string;
  count: number;
  openedAt: string;
  notified: string[];
}

interface Props {
  alerts: readonly OpenAlertItem[];
  /** Left out for users who may not change alerts. */
  actions?: {
    acknowledge: (input: { id: string }) => Promise<ActionResult<unknown>>;
    resolve: (input: { id: string }) => Promise<ActionResult<unknown>>;
  };
}

const PAGE_OF: Partial<Record<SubjectKind, string>> = {
  job: "/jobs",
  source: "/sources",
  destination: "/destinations",
  client: "/clients",
  repository: "/repositories",
  channel: "/channels",
  user: "/users",
};

/** Open alerts in the order of the list: what, since when, and who was notified. */
export function OpenAlerts({ alerts, actions }: Props) {
  return (
    <Table label="Open alerts" compact="lg">
      <Thead>
        <Th width="w-64">Alert</Th>
        <Th>What happened</Th>
        <Th width="w-52">Since</Th>
        <Th width="w-48">Notified</Th>
        <Th hidden width="w-56">
          Actions
        </Th>
      </Thead>
      <Tbody>
        {alerts.map((alert) => (
          <Tr key={alert.id}>
            <Td inCompact="foot">
              <ToneBadge tone={alert.tone}>{alert.typeName}</ToneBadge>
            </Td>
            <Td inCompact="name">
              <Primary sub={firstLine(alert.message)} compactSub={<CompactLine alert={alert} />}>
                <SubjectLink subject={alert.subject} />
              </Primary>
            </Td>
            <Td className="text-muted">
              <Since alert={alert} />
            </Td>
            <Td className="text-muted">{alert.notified.length > 0 ? formatList(alert.notified) : "no one yet"}</Td>
            <Td actions inCompact={actions && "actions"}>
              {actions && alert.status === "firing" && (
                <AcknowledgeButton alert={nameOf(alert)} acknowledge={actions.acknowledge} />
              )}
              {actions && <ResolveButton alert={nameOf(alert)} resolve={actions.resolve} />}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function Since({ alert: { openedAt, count, status } }: { alert: OpenAlertItem }) {
  return (
    <>
      <RelativeTime at={msOf(openedAt)} />
      {count > 1 && `, ${pluralize(count, "time")}`}
      {status === "acknowledged" && ", acknowledged"}
    </>
  );
}

/** Since when, and what happened. */
function CompactLine({ alert }: { alert: OpenAlertItem }) {
  return (
    <span className="line-clamp-2 whitespace-normal">
      <Since alert={alert} />
      {alert.message && ` · ${firstLine(alert.message)}`}
    </span>
  );
}

/** All that goes to the browser a second time, for its buttons. */
const nameOf = ({ id, title }: OpenAlertItem) => ({ id, title });

function SubjectLink({ subject }: { subject: OpenAlertItem["subject"] }) {
  const path = PAGE_OF[subject.kind];
  if (!path) return <>{subject.name}</>;
  return (
    <Link href={`${path}/${subject.id}`} className="hover:underline">
      {subject.name}
    </Link>
  );
}

/** The beginning of a message; the page of the run has all of it. */
function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}
