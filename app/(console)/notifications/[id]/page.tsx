import type { Metadata } from "next";
import { cache } from "react";
import { formatDateTime, formatDayTime, pluralize } from "@/components/format";
import { ENTRY_STATUS_LABEL, subjectPath } from "@/components/inbox/entry";
import { EntryToolbar } from "@/components/inbox/entry-toolbar";
import { SeverityBadge } from "@/components/inbox/severity-badge";
import { Timeline } from "@/components/inbox/timeline";
import { LiveRefresh } from "@/components/live/live-refresh";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { SilenceMenu } from "@/components/silence/silence-menu";
import { Facts } from "@/components/ui/facts";
import { LinkButton, TextLink } from "@/components/ui/link-button";
import { Columns, Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { Panel } from "@/components/ui/panel";
import type { MatchCondition } from "@/lib/core/matching";
import { type EntryDetail, notificationsGet } from "@/lib/services/notifications/get";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { silenceMenuActions } from "../../silences/menu-actions";
import { entryActions } from "../entry-actions";

const readNotification = cache((id: string) => page(notificationsGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { title, kind, status } = await readNotification((await params).id);
  return { title: kind === "alert" ? `${title}, ${ENTRY_STATUS_LABEL[status].toLowerCase()}` : title };
}

export default async function NotificationPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { timezone, isOperator } = await currentUser();
  const { timeline, omittedOccurrences, ...entry } = await readNotification(id);
  return (
    <Page>
      <LiveRefresh topics={["alerts", "deliveries", "inbox"]} />
      <Crumbs items={[{ label: "Inbox", href: "/notifications" }, { label: entry.title }]} />
      <PageHeader
        title={entry.title}
        badge={<SeverityBadge severity={entry.severity} />}
        sub={entry.kind === "alert" ? stateSentence(entry, timezone) : entry.typeName}
        actions={
          <>
            <EntryToolbar entry={entry} actions={entryActions(isOperator)} />
            {isOperator && entry.kind === "alert" && entry.status !== "resolved" && (
              <SilenceMenu name={entry.subject.name} conditions={conditionsOf(entry)} actions={silenceMenuActions} />
            )}
            {entry.link !== `/notifications/${id}` && <LinkButton href={entry.link}>Open</LinkButton>}
          </>
        }
      />
      <Columns
        side={
          <Panel title="Facts">
            <EntryFacts entry={entry} timezone={timezone} />
          </Panel>
        }
      >
        <Panel title="Timeline">
          <Timeline items={timeline} omitted={omittedOccurrences} timezone={timezone} />
        </Panel>
      </Columns>
    </Page>
  );
}

/** What a silence of this alert matches: everything of its job or client, otherwise such events about the same thing. */
function conditionsOf({ subject: { kind, name }, type }: Entry): MatchCondition[] {
  if (kind === "job" || kind === "client") return [{ field: kind, op: "is", value: name }];
  return [
    { field: "event", op: "is", value: type },
    { field: "name", op: "is", value: name },
  ];
}

type Entry = Omit<EntryDetail, "timeline" | "omittedOccurrences">;

function stateSentence({ status, isRead, acknowledgedBy, snoozedUntil, snoozedBy }: Entry, timezone: string): string {
  const state =
    status === "acknowledged" && acknowledgedBy
      ? `Acknowledged by ${acknowledgedBy}`
      : status === "new" || (status === "read" && isRead)
        ? "Open"
        : ENTRY_STATUS_LABEL[status];
  if (!snoozedUntil) return state;
  const by = snoozedBy ? ` by ${snoozedBy}` : "";
  return `${state}, snoozed${by} until ${formatDayTime(Date.parse(snoozedUntil), timezone)}`;
}

function EntryFacts({ entry, timezone }: { entry: Entry; timezone: string }) {
  const path = subjectPath(entry.subject);
  const time = (iso: string) => formatDateTime(Date.parse(iso), timezone);
  return (
    <Facts
      items={[
        { label: "Event", value: entry.typeName },
        { label: "Subject", value: path ? <TextLink href={path}>{entry.subject.name}</TextLink> : entry.subject.name },
        { label: "Status", value: ENTRY_STATUS_LABEL[entry.status] },
        { label: "Occurred", value: pluralize(entry.occurrences, "time") },
        { label: "First", value: time(entry.firstOccurredAt) },
        { label: "Last", value: time(entry.lastOccurredAt) },
        { label: "Resolved", value: entry.resolvedAt && time(entry.resolvedAt) },
      ]}
    />
  );
}
