"use client";

import { ChoiceList } from "@/components/form/choice-list";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";

export type FirstCondition = "always" | "failure" | "none";

interface Props {
  channels: readonly { id: string; name: string }[];
  channelId: string;
  condition: FirstCondition;
  onChannel: (id: string) => void;
  onCondition: (condition: FirstCondition) => void;
}

/** The one notification rule of the first job. */
export function FirstRule({ channels, channelId, condition, onChannel, onCondition }: Props) {
  const channelName = channels.find(({ id }) => id === channelId)?.name ?? "the channel";
  return (
    <>
      {channels.length > 1 && (
        <Field label="Channel">
          <Select
            value={channelId}
            onChange={(event) => onChannel(event.target.value)}
            options={channels.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
      )}
      <ChoiceList
        legend={`When should ${channelName} be notified?`}
        name="condition"
        value={condition}
        onChange={onCondition}
        options={[
          {
            value: "always",
            label: "Always",
            description: "Every result. Good for the first days: the first message arrives in a moment.",
          },
          {
            value: "failure",
            label: "On Failure",
            description: "Only what needs attention. You can change to this later.",
          },
          { value: "none", label: "Never", description: "Failures of this job are shown in the inbox only." },
        ]}
      />
    </>
  );
}
