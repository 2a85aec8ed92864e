"use client";

import { ChevronRight, X } from "lucide-react";
import { useId, useState } from "react";
import type { ShowPreview } from "@/components/channel/texts/live-preview";
import { findInvalidTabs, hasCustomText, TEXT_TABS } from "@/components/channel/texts/text-draft";
import { classNames } from "@/components/class-names";
import { Button, IconButton } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { lazyPart } from "@/components/ui/lazy-part";
import { CONDITION_MEANS } from "./condition-labels";
import type { PickableChannel } from "./pickable";
import { RuleConditions } from "./rule-conditions";
import type { RuleDraft } from "./rule-draft";
import { RuleEscalation } from "./rule-escalation";
import { RuleStates } from "./rule-states";
import { RuleThreshold } from "./rule-threshold";
import { SharedMonitor } from "./shared-monitor";

const RuleText = lazyPart(() => import("./rule-text").then((file) => file.RuleText));

interface Props {
  rule: RuleDraft;
  /** None: it was deleted meanwhile. */
  channel?: PickableChannel;
  /** Of its errors: `notifications[0]`. */
  path: string;
  errors: Record<string, string>;
  /** Shown in the previews. */
  jobName: string;
  /** None: a new job. */
  jobId?: string;
  show: ShowPreview;
  onChange: (part: Partial<RuleDraft>) => void;
  onRemove: () => void;
}

/** One channel of the job: when it is notified, how often, and with which text. */
export function NotificationRule(props: Props) {
  const { rule, channel, path, errors, jobId, onChange, onRemove } = props;
  const name = channel?.name ?? "Deleted channel";
  const [isOpen, setOpen] = useState(false);
  const textId = useId();
  const isTextWrong = findInvalidTabs(errors, path).length > 0 || errors[`${path}.logLimit`] !== undefined;
  const isTextShown = isOpen || isTextWrong;
  const sharedWith = channel?.usedByJobs?.filter(({ id }) => id !== jobId) ?? [];
  return (
    <li className="relative border-line border-b px-4 py-3 last:border-b-0">
      <div className="grid items-start gap-x-3 gap-y-2 sm:grid-cols-[minmax(0,1fr)_130px_190px_auto]">
        <div className="min-w-0 pt-1 pr-10 text-sm sm:pr-0">
          <span className="font-medium [overflow-wrap:anywhere]">{name}</span>{" "}
          <span className="text-faint text-xs">
            {channel?.providerLabel}
            {channel && !channel.enabled && ", disabled"}
          </span>
          {errors[`${path}.channelId`] && <p className="text-failure text-xs">{errors[`${path}.channelId`]}</p>}
        </div>
        <RuleConditions rule={rule} channelName={name} path={path} errors={errors} onChange={onChange} />
        <div className="absolute top-2 right-3 sm:static">
          <IconButton label={`Remove ${name}`} onClick={onRemove}>
            <X aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
      </div>
      <div className="mt-1.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="text-muted text-xs">Notified on {CONDITION_MEANS[rule.condition]}.</p>
        <div className="flex flex-wrap items-center gap-x-3">
          {rule.condition !== "success" && (
            <Checkbox
              label="Notify on recovery"
              className="text-xs"
              checked={rule.notifyOnRecovery}
              onChange={(event) => onChange({ notifyOnRecovery: event.target.checked })}
            />
          )}
          <TextToggle rule={rule} isShown={isTextShown} controls={textId} onToggle={() => setOpen(!isTextShown)} />
        </div>
      </div>
      {sharedWith.length > 0 && <SharedMonitor channelName={name} jobs={sharedWith} />}
      <div className="mt-1.5 flex flex-wrap items-start justify-between gap-x-4 gap-y-2 empty:hidden">
        {channel?.purpose === "message" && rule.condition !== "success" && (
          <RuleThreshold rule={rule} channelName={name} path={path} errors={errors} onChange={onChange} />
        )}
        <RuleEscalation rule={rule} channelName={name} path={path} errors={errors} onChange={onChange} />
      </div>
      {rule.condition === "custom" && (
        <RuleStates rule={rule} channelName={name} error={errors[`${path}.states`]} onChange={onChange} />
      )}
      <div id={textId}>{isTextShown && <RuleText {...props} />}</div>
    </li>
  );
}

interface ToggleProps {
  rule: RuleDraft;
  isShown: boolean;
  controls: string;
  onToggle: () => void;
}

function TextToggle({ rule, isShown, controls, onToggle }: ToggleProps) {
  return (
    <Button
      variant="ghost"
      size="sm"
      aria-expanded={isShown}
      aria-controls={controls}
      onClick={onToggle}
      icon={
        <ChevronRight
          aria-hidden="true"
          className={classNames("size-3.5 transition-transform", isShown && "rotate-90")}
        />
      }
    >
      Text: {summarizeText(rule)}
    </Button>
  );
}

function summarizeText(rule: RuleDraft): string {
  const text = TEXT_TABS.some((tab) => hasCustomText(rule.text[tab])) ? "custom" : "standard";
  return rule.includeLog ? `${text}, with log (${rule.logLimit} kB)` : text;
}
