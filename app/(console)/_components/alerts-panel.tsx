import type { ComponentProps } from "react";
import { OpenAlerts } from "@/components/alert/open-alerts";
import { TextLink } from "@/components/ui/link-button";
import { Pager } from "@/components/ui/pager";
import { Panel } from "@/components/ui/panel";

interface Props extends ComponentProps<typeof OpenAlerts> {
  nextCursor: string | null;
  /** Cursor of this page of alerts; none on the first. */
  cursor?: string;
  before?: string;
}

/** Open alerts, the newest first, page by page. */
export function AlertsPanel({ alerts, actions, nextCursor, cursor, before }: Props) {
  if (alerts.length === 0 && !cursor) return null;
  return (
    <Panel
      title="Open alerts"
      padded={false}
      aside={
        <>
          {cursor ? "Older ones" : `${alerts.length}${nextCursor ? "+" : ""} open`}
          <TextLink href="/notifications?status=open">Inbox</TextLink>
        </>
      }
      footer={
        (nextCursor || cursor) && (
          <Pager newestFirst nextCursor={nextCursor} cursor={cursor} before={before} label="Pages of open alerts" />
        )
      }
    >
      <OpenAlerts alerts={alerts} actions={actions} />
    </Panel>
  );
}
