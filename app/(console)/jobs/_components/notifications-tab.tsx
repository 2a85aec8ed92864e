"use client";

import { Plus } from "lucide-react";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { newMonitorRule, newRule } from "./job-draft";
import { NotificationRule } from "./notification-rule";
import type { PickableChannel } from "./pickable";
import type { TabProps } from "./tab-props";

/** Who is notified about this job: one rule per channel. */
export function NotificationsTab({
  draft,
  change,
  errors,
  channels,
  show,
  jobId,
}: TabProps & { channels: readonly PickableChannel[]; show: ShowPreview; jobId?: string }) {
  const free = channels.filter((channel) => draft.rules.every((rule) => rule.channelId !== channel.id));
  const general = errors.notifications;
  return (
    <Panel
      title="Notification rules"
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
              hint: channel.enabled ? channel.providerLabel : `${channel.providerLabel}, disabled`,
              onSelect: () => change({ rules: [...draft.rules, newRuleFor(channel)] }),
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
      {draft.rules.length > 0 ? (
        <ul>
          {draft.rules.map((rule, index) => (
            <NotificationRule
              key={rule.channelId}
              rule={rule}
              channel={channels.find((one) => one.id === rule.channelId)}
              path={`notifications[${index}]`}
              errors={errors}
              jobName={draft.name}
              jobId={jobId}
              show={show}
              onChange={(part) =>
                change({
                  rules: draft.rules.map((one) => (one.channelId === rule.channelId ? { ...one, ...part } : one)),
                })
              }
              onRemove={() => change({ rules: draft.rules.filter((one) => one.channelId !== rule.channelId) })}
            />
          ))}
        </ul>
      ) : channels.length > 0 ? (
        <EmptyState title="No notifications">
          Add a channel. Until then failures of this job are shown on the Overview only, and a missed run is sent to the
          global channels.
        </EmptyState>
      ) : (
        <EmptyState
          title="There is no channel yet"
          action={<LinkButton href="/channels">Go to the channels</LinkButton>}
        >
          A channel is where messages go: a mail address, a chat, a webhook. Save the job first, so that your changes
          are not lost.
        </EmptyState>
      )}
    </Panel>
  );
}

/** A monitor receives what its service can show of a run; a person what needs attention. */
function newRuleFor({ id, purpose, ruleStates }: PickableChannel) {
  return purpose === "monitor" ? newMonitorRule(id, ruleStates) : newRule(id);
}
