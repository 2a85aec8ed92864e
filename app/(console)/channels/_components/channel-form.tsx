"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SubscriptionList } from "@/components/channel/subscription-list";
import { FormError } from "@/components/form/form-error";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm, useSchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/failure";
import type { ChannelView } from "@/lib/services/channels/view";
import type { EventType } from "@/lib/services/events/types";
import type { ProviderView } from "@/lib/services/providers/list";
import { createChannel, testChannelDraft, updateChannel } from "../actions";

interface Props {
  provider: ProviderView;
  types: EventType[];
  /** The stored one; none: a new one is made. */
  channel?: { id: string; name: string; config: Record<string, unknown>; events: string[] };
  /** What a new one begins with, when somebody pasted it. */
  initial?: { name: string; config: Record<string, unknown> };
}

/** One form for a channel, new or stored. A stored one sends only what was changed. */
export function ChannelForm({ provider, types, channel, initial }: Props) {
  const router = useRouter();
  const schemaForm = useSchemaForm(provider.schema, channel?.config ?? initial?.config);
  const [name, setName] = useState(channel?.name ?? initial?.name ?? "");
  const [events, setEvents] = useState(channel?.events ?? []);
  const [testFields, setTestFields] = useState<Record<string, string>>({});
  const [saved, setSaved] = useState({ name, events });

  const save = async (): Promise<ActionResult<ChannelView>> => {
    const { config } = schemaForm;
    if (!channel) return createChannel({ name, provider: provider.id, config, events });
    return updateChannel({
      id: channel.id,
      ...(name !== saved.name && { name }),
      ...(schemaForm.dirty && { config }),
      ...(events !== saved.events && { events }),
    });
  };
  const form = useVerbForm(save, {
    onSuccess: ({ id, name: stored, config }) => {
      setTestFields({});
      toast.success(channel ? "Saved" : `${stored} was created.`);
      if (!channel) return router.push(`/channels/${id}`);
      setName(stored);
      setSaved({ name: stored, events });
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
      <SaveBar pending={form.pending} saveLabel={channel ? "Save" : "Create channel"} />
    </form>
  );
}

/** Paths that have a control of their own; a problem anywhere else is listed above the form. */
function knownPaths(schema: Record<string, unknown>): string[] {
  const properties = schema.properties;
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  return ["name", ...names.map((name) => `config.${name}`)];
}
