"use client";

import { Plus } from "lucide-react";
import type { MessageOptions } from "@/components/channel/texts/custom-text-fields";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { newMonitorRule, newRow } from "./job-draft";
import { NotificationRule } from "./notification-row";
import type { TabProps } from "./tab-props";

export interface PickableChannel {
  id: string;
  name: string;
  providerLabel: string;
  enabled: boolean;
  purpose: "message" | "monitor";
  messageOptions: MessageOptions;
  /** Only of a channel that serves one job: the jobs that use it. */
  usedByJobs?: readonly { id: string; name: string }[];
}

/** RoutingPreview is told about this job: rows of a channel and a condition. A channel stands here once. */
export function NotificationsTab({
  draft,
  change,
  errors,
  channels,
  show,
  jobId,
}: TabProps & { channels: readonly PickableChannel[]; show: ShowPreview; jobId?: string }) {
  const free = channels.filter((channel) => draft.rows.every((row) => row.channelId !== channel.id));
  const general = errors.notifications;
  return (
    <Panel
      title="RoutingPreview is told about this job"
      padded={false}
      aside={
        channels.length > 0 && (
          <Menu
            label="Add a channel"
            trigger={
              <Button size="sm" disabled={free.length === 0} icon={<Plus aria-hidden="true" className="size-3.5" />}>
                Add
              </Button>
            }
            items={free.map((channel) => ({
              label: channel.name,
              hint: channel.enabled ? channel.providerLabel : `${channel.providerLabel}, switched off`,
              onSelect: () => change({ rows: [...draft.rows, rowOf(channel)] }),
            }))}
          />
        )
      }
    >
      {general && (
        <p role="alert" className="px-4 pt-3 text-failure text-sm">
          {general}
        </p>
      )}
      {draft.rows.length > 0 ? (
        <ul>
          {draft.rows.map((row, index) => (
            <NotificationRule
              key={row.channelId}
              row={row}
              channel={channels.find((one) => one.id === row.channelId)}
              path={`notifications[${index}]`}
              errors={errors}
              jobName={draft.name}
              jobId={jobId}
              show={show}
              onChange={(part) =>
                change({ rows: draft.rows.map((one) => (one.channelId === row.channelId ? { ...one, ...part } : one)) })
              }
              onRemove={() => change({ rows: draft.rows.filter((one) => one.channelId !== row.channelId) })}
            />
          ))}
        </ul>
      ) : channels.length > 0 ? (
        <EmptyState title="Nobody is told">
          Add a channel. Until then failures of this job stand on the Overview, and a missed run goes to the global
          channels.
        </EmptyState>
      ) : (
        <EmptyState
          title="There is no channel yet"
          action={<LinkButton href="/channels">Go to the channels</LinkButton>}
        >
          A channel is where messages go: a mail address, a chat, a webhook. Save the job first, so that nothing typed
          is lost.
        </EmptyState>
      )}
    </Panel>
  );
}

/** A monitor wants to hear of every start and end; a person of what needs a look. */
function rowOf({ id, purpose }: PickableChannel) {
  return purpose === "monitor" ? newMonitorRule(id) : newRow(id);
}
