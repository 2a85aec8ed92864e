"use client";

import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { LinkButton } from "@/components/ui/link-button";
import { Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/panel";
import { NotificationRule } from "./notification-rule";
import type { PickableChannel } from "./pickable";
import { newMonitorRule, newRule, type RuleDraft } from "./rule-draft";

interface Props {
  title: string;
  rules: readonly RuleDraft[];
  onChange: (rules: RuleDraft[]) => void;
  errors: Record<string, string>;
  channels: readonly PickableChannel[];
  /** Shown in the previews of texts. */
  jobName: string;
  /** None: a new job, or a profile. */
  jobId?: string;
  show: ShowPreview;
  /** What holds while there is no rule. */
  whenEmpty: ReactNode;
}

/** Rules of a job or a profile: one per channel. */
export function RulesEditor(props: Props) {
  const { title, rules, onChange, errors, channels, jobName, jobId, show, whenEmpty } = props;
  const free = channels.filter((channel) => rules.every((rule) => rule.channelId !== channel.id));
  const general = errors.notifications;
  return (
    <Panel
      title={title}
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
              onSelect: () => onChange([...rules, newRuleFor(channel)]),
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
      {rules.length > 0 ? (
        <ul>
          {rules.map((rule, index) => (
            <NotificationRule
              key={rule.channelId}
              rule={rule}
              channel={channels.find((one) => one.id === rule.channelId)}
              path={`notifications[${index}]`}
              errors={errors}
              jobName={jobName}
              jobId={jobId}
              show={show}
              onChange={(part) =>
                onChange(rules.map((one) => (one.channelId === rule.channelId ? { ...one, ...part } : one)))
              }
              onRemove={() => onChange(rules.filter((one) => one.channelId !== rule.channelId))}
            />
          ))}
        </ul>
      ) : channels.length > 0 ? (
        <EmptyState title="No rules">{whenEmpty}</EmptyState>
      ) : (
        <EmptyState
          title="There is no channel yet"
          action={<LinkButton href="/channels">Go to the channels</LinkButton>}
        >
          A channel is where messages go: a mail address, a chat, a webhook. Save first, so that your changes are not
          lost.
        </EmptyState>
      )}
    </Panel>
  );
}

/** A monitor receives what its service can show of a run; a person what needs attention. */
function newRuleFor({ id, purpose, ruleStates }: PickableChannel) {
  return purpose === "monitor" ? newMonitorRule(id, ruleStates) : newRule(id);
}
