"use client";

import { LivePreview, type PreviewBase, type ShowPreview } from "@/components/channel/texts/live-preview";
import { TextEditor } from "@/components/channel/texts/text-editor";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { PickableChannel } from "./pickable";
import type { RuleDraft } from "./rule-draft";

interface Props {
  rule: RuleDraft;
  channel?: PickableChannel;
  path: string;
  errors: Record<string, string>;
  jobName: string;
  show: ShowPreview;
  onChange: (part: Partial<RuleDraft>) => void;
}

/** The rule's custom text, for all outcomes and for each, and whether the run's log is included. */
export function RuleText({ rule, channel, path, errors, jobName, show, onChange }: Props) {
  const base: PreviewBase = {
    ...(channel && { channelId: channel.id }),
    ...(jobName.trim() && { job: { name: jobName.trim() } }),
    includeLog: rule.includeLog,
  };
  return (
    <FieldStack className="mt-3 border-line border-l-2 pl-4">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <Checkbox
          label="Include the run's log"
          description="Its beginning and end; a marker shows where it was cut."
          checked={rule.includeLog}
          onChange={(event) => onChange({ includeLog: event.target.checked })}
        />
        {rule.includeLog && (
          <Field label="At most, in kB" error={errors[`${path}.logLimit`]} className="w-32">
            <Input
              type="number"
              min={1}
              inputMode="numeric"
              value={rule.logLimit}
              onChange={(event) => onChange({ logLimit: event.target.value })}
            />
          </Field>
        )}
      </div>
      {channel?.purpose === "message" && (
        <TextEditor
          draft={rule.text}
          onChange={(text) => onChange({ text })}
          errors={errors}
          path={path}
          options={channel.messageOptions}
          defaultText="the channel's custom text, or the standard text"
          as="ruleTexts"
          base={base}
          show={show}
        />
      )}
      {channel?.purpose === "monitor" && (
        <div className="max-w-2xl">
          <LivePreview base={base} tab="every" show={show} />
        </div>
      )}
    </FieldStack>
  );
}
