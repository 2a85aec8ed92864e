"use client";

import { errorAt } from "@/components/form/form-values";
import { TemplateField } from "@/components/template/template-field";
import { Field, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { PRIORITIES, type Priority } from "@/lib/core/priority";
import type { CustomTextDraft } from "./text-draft";

/** Message options that a service supports. */
export interface MessageOptions {
  priority: boolean;
  tags: boolean;
  sound: boolean;
  /** Null: the service has none. */
  mentions: { example: string; hint: string } | null;
}

interface Props {
  text: CustomTextDraft;
  onChange: (text: CustomTextDraft) => void;
  path: string;
  errors: Record<string, string>;
  options: MessageOptions;
  /** What applies to a blank field without a fallback: `Belfry's default text`. */
  defaultText: string;
  /** The text for all outcomes, which blank fields fall back to. */
  fallback?: CustomTextDraft;
}

const PRIORITY_LABEL: Record<Priority, string> = {
  lowest: "Lowest",
  low: "Low",
  normal: "Normal",
  high: "High",
  urgent: "Urgent",
};

/** Title, message and message options for one outcome or for all. */
export function CustomTextFields({ text, onChange, path, errors, options, defaultText, fallback }: Props) {
  const set = (part: Partial<CustomTextDraft>) => onChange({ ...text, ...part });
  const { priority } = options;
  return (
    <>
      <TemplateField
        label="Custom title"
        help={`Blank: ${fallback ? "same as all outcomes" : defaultText}.`}
        error={errors[`${path}.title`]}
        value={text.title}
        placeholder={fallback?.title || "{{job.name}}: {{event.name}}"}
        onChange={(title) => set({ title })}
      />
      <TemplateField
        label="Custom message"
        help="Variables are replaced and escaped for the service."
        error={errors[`${path}.message`]}
        value={text.message}
        placeholder={fallback?.message || "{{message}}\nTook {{run.durationText}}, {{run.bytesText}}."}
        isLong
        onChange={(message) => set({ message })}
      />
      <Field
        label="Facts"
        help="Source, size, duration and the other facts of the event, below the message."
        error={errors[`${path}.showFacts`]}
      >
        <Select
          value={text.showFacts === null ? "" : String(text.showFacts)}
          onChange={({ target }) => set({ showFacts: target.value === "" ? null : target.value === "true" })}
          options={[
            { value: "", label: fallback ? "Same as all outcomes" : "Default" },
            { value: "true", label: "Shown" },
            { value: "false", label: "Left out" },
          ]}
        />
      </Field>
      {priority && (
        <Field label="Priority" error={errors[`${path}.priority`]}>
          <Select
            value={text.priority}
            onChange={(event) => set({ priority: PRIORITIES.find((one) => one === event.target.value) ?? "" })}
            options={[
              { value: "", label: fallback ? "Same as all outcomes" : "Default" },
              ...PRIORITIES.map((value) => ({ value, label: PRIORITY_LABEL[value] })),
            ]}
          />
        </Field>
      )}
      <ServiceOptions {...{ text, set, path, errors, options, fallback }} />
    </>
  );
}

type OptionProps = Pick<Props, "text" | "path" | "errors" | "options" | "fallback"> & {
  set: (part: Partial<CustomTextDraft>) => void;
};

/** Mentions, tags and sound, as far as the service has them. */
function ServiceOptions({ text, set, path, errors, options, fallback }: OptionProps) {
  const { tags, sound, mentions } = options;
  return (
    <>
      {mentions && (
        <Field
          label="Mentions"
          optional
          error={errorAt(errors, `${path}.mentions`)}
          help={`${mentions.hint}. Several are separated by commas.${fallback ? "" : " A recovery mentions nobody, unless Success has its own."}`}
        >
          <Input
            value={text.mentions}
            placeholder={fallback?.mentions || mentions.example}
            onChange={(event) => set({ mentions: event.target.value })}
          />
        </Field>
      )}
      {(tags || sound) && (
        <FormRow>
          {tags && (
            <Field label="Tags" optional error={errorAt(errors, `${path}.tags`)} help="Separated by commas.">
              <Input
                value={text.tags}
                placeholder={fallback?.tags}
                onChange={(event) => set({ tags: event.target.value })}
              />
            </Field>
          )}
          {sound && (
            <Field label="Sound" optional error={errors[`${path}.sound`]} help="As the service names it.">
              <Input
                value={text.sound}
                placeholder={fallback?.sound}
                onChange={(event) => set({ sound: event.target.value })}
              />
            </Field>
          )}
        </FormRow>
      )}
    </>
  );
}
