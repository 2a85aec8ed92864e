"use client";

import { ChoiceList } from "@/components/form/choice-list";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ExternalFields } from "./external-fields";
import { type HookChoices, HookFields } from "./hook-fields";
import { PlausibilityFields } from "./plausibility-fields";
import type { TabProps } from "./tab-props";
import { type PreviewWebhook, WebhookFields } from "./webhook-fields";

export function AdvancedTab({
  draft,
  change,
  errors,
  previewWebhook,
  hooks,
}: TabProps & { previewWebhook: PreviewWebhook; hooks: HookChoices }) {
  return (
    <>
      {draft.executor === "managed" && !draft.storesItself && (
        <ChoiceList
          legend="Compression"
          name="compression"
          value={draft.compression}
          onChange={(compression) => change({ compression })}
          error={errors.compression}
          options={[
            { value: "gzip", label: "gzip", description: "Built in, and opens everywhere." },
            { value: "zstd", label: "zstd", description: "Faster and smaller. Requires zstd on this machine." },
            {
              value: "none",
              label: "None",
              description: "For data that is compressed already: images, videos, archives.",
            },
          ]}
        />
      )}
      <Field
        label="Time limit, in minutes"
        optional
        error={errors.timeLimitMinutes}
        help={
          draft.executor === "external"
            ? "A run whose end is not reported within this time counts as failed. Blank: a day."
            : "A run that takes longer is stopped and counts as failed."
        }
      >
        <Input
          type="number"
          min={1}
          inputMode="numeric"
          className="max-w-32"
          value={draft.timeLimitMinutes}
          onChange={(event) => change({ timeLimitMinutes: event.target.value })}
        />
      </Field>
      {draft.executor !== "external" && (
        <Field
          label="Retries"
          error={errors.retries}
          help="How often a failed run is retried before it counts as failed. Only the last failure is notified, with the number of attempts."
        >
          <Input
            type="number"
            min={0}
            inputMode="numeric"
            className="max-w-32"
            value={draft.retries}
            onChange={(event) => change({ retries: event.target.value })}
          />
        </Field>
      )}
      {draft.executor === "external" && <ExternalFields draft={draft} change={change} errors={errors} />}
      {draft.executor === "external" && (
        <WebhookFields draft={draft} change={change} errors={errors} preview={previewWebhook} />
      )}
      {draft.executor === "managed" && <PlausibilityFields draft={draft} change={change} errors={errors} />}
      {draft.executor === "managed" && <HookFields draft={draft} change={change} errors={errors} choices={hooks} />}
    </>
  );
}
