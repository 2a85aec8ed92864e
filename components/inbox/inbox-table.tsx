"use client";

import { classNames } from "@/components/class-names";
import { formatDayTime } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { ShapeMark } from "@/components/ui/badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { useTimezone } from "@/components/ui/timezone";
import { ENTRY_STATUS_LABEL, type EntryActions, firstLine, type InboxItem, subjectPath } from "./entry";
import { EntryButtons } from "./entry-buttons";
import { SeverityBadge } from "./severity-badge";
import { useEntryActions } from "./use-entry-actions";
import { useRowKeys } from "./use-row-keys";

interface Props {
  entries: readonly InboxItem[];
  actions: EntryActions;
}

/** The inbox: one row per entry, with what may be done about it, by mouse and by keys. */
export function InboxTable({ entries: sent, actions }: Props) {
  const { entries, handlers } = useEntryActions(sent, actions);
  const rows = useRowKeys(entries, handlers);
  return (
    <Table label="Inbox" compact="lg">
      <Thead>
        <Th width="w-28">Severity</Th>
        <Th>Message</Th>
        <Th width="w-44">Subject</Th>
        <Th num width="w-24">
          Occurrences
        </Th>
        <Th width="w-36">Last occurred</Th>
        <Th width="w-32">Status</Th>
        <Th hidden width="w-44">
          Actions
        </Th>
      </Thead>
      <Tbody>
        {entries.map((entry) => (
          <Tr
            key={entry.id}
            muted={entry.status === "resolved"}
            tabIndex={-1}
            ref={(element) => {
              if (element) rows.current.set(entry.id, element);
              else rows.current.delete(entry.id);
            }}
          >
            <Td inCompact="state">
              <SeverityBadge severity={entry.severity} />
            </Td>
            <Td inCompact="name">
              <MessageCell entry={entry} />
            </Td>
            <Td className="text-muted">
              <SubjectCell subject={entry.subject} />
            </Td>
            <Td num>{entry.occurrences}</Td>
            <Td className="text-muted">
              <RelativeTime at={msOf(entry.lastOccurredAt)} />
            </Td>
            <Td>
              <StatusCell entry={entry} />
            </Td>
            <Td actions inCompact={entry.kind === "alert" && entry.status !== "resolved" ? "actions" : undefined}>
              <EntryButtons entry={entry} handlers={handlers} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** What is unread and not over stands out. */
function MessageCell({ entry }: { entry: InboxItem }) {
  const isUnread = !entry.isRead && entry.status !== "resolved";
  return (
    <div className="min-w-0">
      <Link
        href={`/notifications/${entry.id}`}
        title={entry.title}
        className={classNames("line-clamp-2 [overflow-wrap:anywhere] hover:underline", isUnread && "font-medium")}
      >
        {isUnread && (
          <>
            <ShapeMark shape="dot" className="mr-1.5 inline-block size-2 align-baseline text-ink" />
            <span className="sr-only">Unread: </span>
          </>
        )}
        {entry.title}
      </Link>
      <div className="compact-only text-faint text-xs">
        <RelativeTime at={msOf(entry.lastOccurredAt)} />
        {entry.occurrences > 1 && `, ${entry.occurrences} times`}
        {entry.status !== "new" && ` · ${ENTRY_STATUS_LABEL[entry.status]}`}
        {` · ${entry.subject.name}`}
      </div>
      {entry.message && (
        <div className="table-only line-clamp-2 text-faint text-xs [overflow-wrap:anywhere]">
          {firstLine(entry.message)}
        </div>
      )}
    </div>
  );
}

function SubjectCell({ subject }: { subject: InboxItem["subject"] }) {
  const path = subjectPath(subject);
  const look = "line-clamp-2 [overflow-wrap:anywhere]";
  if (!path)
    return (
      <span title={subject.name} className={look}>
        {subject.name}
      </span>
    );
  return (
    <Link href={path} title={subject.name} className={classNames(look, "hover:underline")}>
      {subject.name}
    </Link>
  );
}

function StatusCell({ entry: { status, snoozedUntil } }: { entry: InboxItem }) {
  const timezone = useTimezone();
  return (
    <span className={status === "new" ? undefined : "text-muted"}>
      {ENTRY_STATUS_LABEL[status]}
      {snoozedUntil && (
        <span className="block text-faint text-xs">
          Snoozed until {formatDayTime(Date.parse(snoozedUntil), timezone)}
        </span>
      )}
    </span>
  );
}
