"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import {
  deliveryRulesDraftOf,
  mannerOf,
  type StoredDeliveryRules,
} from "@/components/channel/delivery-rules/delivery-rules-draft";
import { DeliveryRulesFields } from "@/components/channel/delivery-rules/delivery-rules-fields";
import { MuteControl } from "@/components/channel/delivery-rules/mute-control";
import { SubscriptionList } from "@/components/channel/subscription-list";
import { pathOfTab, TEXT_TABS, textDraftOf, textSetOf } from "@/components/channel/texts/text-draft";
import { TextsPanel } from "@/components/channel/texts/texts-panel";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import type { TextSet } from "@/lib/core/delivery";
import type { ChannelView } from "@/lib/services/channels/view";
import type { EventType } from "@/lib/services/events/types";
import type { ProviderView } from "@/lib/services/providers/list";
import { createChannel, previewMessage, testChannelDraft, updateChannel } from "../actions";

interface Props {
  provider: ProviderView;
  types: EventType[];
  /** The stored one; none: a new one is made. */
  channel?: StoredDeliveryRules & {
    id: string;
    name: string;
    config: Record<string, unknown>;
    events: string[];
    texts: TextSet | null;
    /** Milliseconds. */
    mutedUntil: number | null;
  };
  /** What a new one begins with, when somebody pasted it. */
  initial?: { name: string; config: Record<string, unknown> };
}

/** One form for a channel, new or stored. A stored one sends only what was changed. */
export function ChannelForm({ provider, types, channel, initial }: Props) {
  const router = useRouter();
  const schemaForm = useSchemaForm(provider.schema, channel?.config ?? initial?.config);
  const [name, setName] = useState(channel?.name ?? initial?.name ?? "");
  const [events, setEvents] = useState(channel?.events ?? []);
  const [texts, setTexts] = useState(() => textDraftOf(channel?.texts ?? null));
  const [manner, setManner] = useState(() => deliveryRulesDraftOf(channel));
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const [saved, setSaved] = useState({ name, events, texts, manner });

  const save = async (): Promise<ActionResult<ChannelView>> => {
    const { config } = schemaForm;
    const own = { ...mannerOf(manner), texts: textSetOf(texts) };
    if (!channel) return createChannel({ name, provider: provider.id, config, events, ...own });
    return updateChannel({
      id: channel.id,
      ...(name !== saved.name && { name }),
      ...(schemaForm.dirty && { config }),
      ...(events !== saved.events && { events }),
      ...(texts !== saved.texts && { texts: own.texts }),
      ...(manner !== saved.manner && mannerOf(manner)),
    });
  };
  const form = useVerbForm(save, {
    onSuccess: ({ id, name: stored, config }) => {
      setTestFields({});
      toast.success(channel ? "Saved" : `${stored} was created.`);
      if (!channel) return router.push(`/channels/${id}`);
      setName(stored);
      setSaved({ name: stored, events, texts, manner });
      // Secrets that were typed are stored now, and shown so.
      schemaForm.reset(config ?? undefined);
      router.refresh();
    },
  });
  const test = async () => {
    form.clear();
    const answer = await testChannelDraft({
      ...(channel && { id: channel.id }),
      name: name.trim() || provider.label,
      provider: provider.id,
      config: schemaForm.config,
    });
    setTestFields(answer.ok ? {} : (answer.error.fields ?? {}));
    return answer;
  };
  const errors = { ...testFields, ...form.fields };
  const { values, onChange, stored } = schemaForm;
  return (
    <form
      ref={form.formRef}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(undefined);
      }}
    >
      <Panel
        title={provider.label}
        aside={
          <a href={provider.docsUrl} target="_blank" rel="noreferrer" className="underline hover:text-ink">
            {provider.label} documentation
          </a>
        }
        footer={<TestButton run={test} />}
      >
        <FieldStack>
          <FormError error={form.error} known={knownPaths(provider.schema)} />
          <Field label="Name" error={errors.name} help="What people see in lists and in the delivery log">
            <Input
              name="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
              autoComplete="off"
              placeholder={`Ops ${provider.label}`}
              maxLength={100}
            />
          </Field>
          <SchemaForm
            schema={provider.schema}
            values={values}
            onChange={onChange}
            stored={stored}
            errors={errors}
            presets={provider.presets}
          />
        </FieldStack>
      </Panel>
      <Panel title="When it is told">
        <FieldStack>
          {channel && (
            <section aria-labelledby="mute-heading" className="flex flex-col gap-1.5">
              <h3 id="mute-heading" className="font-medium text-sm">
                Mute
              </h3>
              <MuteControl channelId={channel.id} mutedUntil={channel.mutedUntil} mute={updateChannel} />
            </section>
          )}
          <DeliveryRulesFields
            draft={manner}
            onChange={setManner}
            errors={errors}
            hasFloor={provider.purpose === "message"}
          />
        </FieldStack>
      </Panel>
      {provider.purpose === "message" && (
        <TextsPanel
          draft={texts}
          onChange={setTexts}
          errors={errors}
          manner={provider.messageOptions}
          base={{ ...(channel && { channelId: channel.id }), provider: provider.id, config: schemaForm.config }}
          show={previewMessage}
        />
      )}
      {provider.purpose === "message" && (
        <Panel title="Subscribed events" aside={events.length === 0 ? "none" : `${events.length} chosen`}>
          <div className="flex flex-col gap-4">
            <p className="text-muted text-sm">
              This channel gets the events chosen here besides what jobs and Settings send to it, and never the same one
              twice.
            </p>
            <SubscriptionList types={types} value={events} onChange={setEvents} />
          </div>
        </Panel>
      )}
      {provider.purpose === "monitor" && (
        <Note>
          {provider.label} watches single jobs: choose this channel on the Notifications tab of a job. System events
          cannot be sent to it.
        </Note>
      )}
      <SaveBar pending={form.pending} saveLabel={channel ? "Save" : "Create channel"} />
    </form>
  );
}

/** Paths that have a control of their own; a problem anywhere else is listed above the form. */
function knownPaths(schema: Record<string, unknown>): string[] {
  const properties = schema.properties;
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const words = TEXT_TABS.flatMap((tab) =>
    ["title", "message", "priority", "tags", "sound"].map((field) => `${pathOfTab("texts", tab)}.${field}`),
  );
  const manner = ["minSeverity", "rateLimit", "rateLimit.requests", "rateLimit.perSeconds"];
  return ["name", ...names.map((name) => `config.${name}`), ...manner, ...words];
}
