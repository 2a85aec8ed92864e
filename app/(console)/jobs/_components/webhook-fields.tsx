"use client";

import { useEffect, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { ChoiceList } from "@/components/form/choice-list";
import { Facts } from "@/components/ui/facts";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import type { ActionResult } from "@/lib/core/action-error";
import type { Keywords } from "@/lib/core/job";
import type { SignalState } from "@/lib/core/signal";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";
import { reportSettingsOf } from "./external-draft";
import type { TabProps } from "./tab-props";
import { ruleProblem, type WebhookDraft, webhookMappingOf } from "./webhook-draft";

interface Reading {
  state: SignalState;
  message: string | null;
  log: string | null;
}

export type PreviewWebhook = (input: {
  mapping: WebhookMapping;
  keywords: Keywords;
  example: string;
}) => Promise<ActionResult<Reading>>;

const PAUSE_MS = 300;
const EXAMPLE = `{"status": "failed", "title": "Nightly backup", "message": "Disk full"}`;

const STATE_NAME: Record<SignalState, string> = {
  start: "A run began",
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  log: "Nothing: the text is added to the log",
  unknown: "Nothing: the text is added to the log",
};

const PATHS = [
  { name: "title", label: "Title", help: "Blank: none." },
  { name: "message", label: "Message", help: "What went wrong, in a line." },
  { name: "log", label: "Log", help: "Blank: none." },
  { name: "runKey", label: "Run id", help: "Keeps overlapping runs apart. Blank: none." },
] as const;

/** Where the webhook of an external job finds what it needs, with a live reading of an example. */
export function WebhookFields({ draft, change, errors, preview }: TabProps & { preview: PreviewWebhook }) {
  const { external } = draft;
  const { webhook } = external;
  const set = (part: Partial<WebhookDraft>) => change({ external: { ...external, webhook: { ...webhook, ...part } } });
  return (
    <>
      <ChoiceList
        legend="Webhook"
        name="webhook"
        value={webhook.isMapped ? "mapped" : "usual"}
        onChange={(value) => set({ isMapped: value === "mapped" })}
        columns={2}
        options={[
          { value: "usual", label: "Usual names", description: "Its JSON has status, title and message." },
          { value: "mapped", label: "Own names", description: "You say where each of them stands." },
        ]}
      />
      {webhook.isMapped && (
        <>
          <Field
            label="State"
            error={errors["webhookMapping.state.path"]}
            help="A path into the JSON: data.items[0].status. Words such as success, ok, failed and error are understood."
          >
            <PathInput value={webhook.statePath} onChange={(statePath) => set({ statePath })} />
          </Field>
          <Field
            label="Other words for a state"
            optional
            error={ruleProblem(webhook.rules) ?? undefined}
            help="A line each: finito = success, kaputt = failure."
          >
            <Textarea
              rows={2}
              className="font-mono"
              spellCheck={false}
              value={webhook.rules}
              onChange={({ target }) => set({ rules: target.value })}
            />
          </Field>
          <div className="grid gap-4 sm:grid-cols-2">
            {PATHS.map(({ name, label, help }) => (
              <Field key={name} label={label} error={errors[`webhookMapping.${name}`]} help={help}>
                <PathInput value={webhook[name]} onChange={(value) => set({ [name]: value })} />
              </Field>
            ))}
          </div>
          <Example draft={draft} preview={preview} />
        </>
      )}
    </>
  );
}

function PathInput({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Input
      className="font-mono"
      spellCheck={false}
      autoCapitalize="off"
      maxLength={500}
      value={value}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

/** An example of the sender's JSON, and what it would be read as. It is not saved. */
function Example({ draft, preview }: { draft: TabProps["draft"]; preview: PreviewWebhook }) {
  const [example, setExample] = useState(EXAMPLE);
  const [answer, setAnswer] = useState<ActionResult<Reading> | null>(null);
  const { external } = draft;
  const input = JSON.stringify({
    mapping: webhookMappingOf(external.webhook, external.storedMapping) ?? {},
    keywords: reportSettingsOf(external).keywords,
    example,
  });
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const next = await answerOf(() => preview(JSON.parse(input)));
      if (isCurrent) setAnswer(next);
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [input, preview]);
  const problem = answer && !answer.ok ? (Object.values(answer.error.fields ?? {})[0] ?? answer.error.message) : null;
  return (
    <>
      <Field label="An example of its JSON" error={problem ?? undefined} help="To try the paths. It is not saved.">
        <Textarea
          rows={4}
          className="font-mono text-xs"
          spellCheck={false}
          value={example}
          onChange={({ target }) => setExample(target.value)}
        />
      </Field>
      {answer?.ok && (
        <section aria-label="What the example is read as" aria-live="polite" className="rounded-md bg-hover p-3">
          <Facts
            items={[
              { label: "It counts as", value: STATE_NAME[answer.value.state] },
              { label: "Message", value: answer.value.message ?? "none" },
              {
                label: "Log",
                value: answer.value.log && <span className="whitespace-pre-wrap">{answer.value.log}</span>,
              },
            ]}
          />
        </section>
      )}
    </>
  );
}
