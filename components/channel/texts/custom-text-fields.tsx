"use client";

import { errorAt } from "@/components/form/form-values";
import { TemplateField } from "@/components/template/template-field";
import { Field, FormRule } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { PRIORITIES, type Priority } from "@/lib/core/priority";
import type { CustomTextDraft } from "./text-draft";

/** What of a message's manner a service knows. */
export interface MessageOptions {
  priority: boolean;
  tags: boolean;
  sound: boolean;
}

interface Props {
  words: CustomTextDraft;
  onChange: (words: CustomTextDraft) => void;
  path: string;
  errors: Record<string, string>;
  manner: MessageOptions;
  /** What blank means where there is no fallback: `Belfry's own words`. */
  usual: string;
  /** The words for every outcome, which blank falls back to. */
  fallback?: CustomTextDraft;
}

const PRIORITY_NAME: Record<Priority, string> = {
  lowest: "Lowest",
  low: "Low",
  normal: "Normal",
  high: "High",
  urgent: "Urgent",
};

/** Title, message and manner for one outcome or for all. */
export function CustomTextFields({ words, onChange, path, errors, manner, usual, fallback }: Props) {
  const set = (part: Partial<CustomTextDraft>) => onChange({ ...words, ...part });
  const { priority, tags, sound } = manner;
  return (
    <>
      <TemplateField
        label="Own title"
        help={`Blank: ${fallback ? "as for every outcome" : usual}.`}
        error={errors[`${path}.title`]}
        value={words.title}
        placeholder={fallback?.title || "{{job.name}}: {{event.name}}"}
        onChange={(title) => set({ title })}
      />
      <TemplateField
        label="Own message"
        help="Variables are filled in and escaped for the service. The usual facts follow below it."
        error={errors[`${path}.message`]}
        value={words.message}
        placeholder={fallback?.message || "{{message}}\nTook {{run.durationText}}, {{run.bytesText}}."}
        isLong
        onChange={(message) => set({ message })}
      />
      {priority && (
        <Field label="Priority" error={errors[`${path}.priority`]}>
          <Select
            value={words.priority}
            onChange={(event) => set({ priority: PRIORITIES.find((one) => one === event.target.value) ?? "" })}
            options={[
              { value: "", label: fallback ? "As for every outcome" : "As usual" },
              ...PRIORITIES.map((value) => ({ value, label: PRIORITY_NAME[value] })),
            ]}
          />
        </Field>
      )}
      {(tags || sound) && (
        <FormRule>
          {tags && (
            <Field label="Tags" optional error={errorAt(errors, `${path}.tags`)} help="Parted by commas.">
              <Input
                value={words.tags}
                placeholder={fallback?.tags}
                onChange={(event) => set({ tags: event.target.value })}
              />
            </Field>
          )}
          {sound && (
            <Field label="Sound" optional error={errors[`${path}.sound`]} help="The service's own name of it.">
              <Input
                value={words.sound}
                placeholder={fallback?.sound}
                onChange={(event) => set({ sound: event.target.value })}
              />
            </Field>
          )}
        </FormRule>
      )}
    </>
  );
}
