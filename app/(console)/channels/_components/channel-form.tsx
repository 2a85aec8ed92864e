"use client";

import { DeliveryRulesFields } from "@/components/channel/delivery-rules/delivery-rules-fields";
import { MuteControl } from "@/components/channel/delivery-rules/mute-control";
import { SubscriptionList } from "@/components/channel/subscription-list";
import { TEXT_TABS, tabPath } from "@/components/channel/texts/text-draft";
import { TextsPanel } from "@/components/channel/texts/texts-panel";
import { SaveBar } from "@/components/form/save-bar";
import { SchemaForm } from "@/components/form/schema-form";
import { TestButton } from "@/components/form/test-button";
import { LabelsField } from "@/components/label/labels-field";
import { QuietHoursControl } from "@/components/quiet-hours/quiet-hours-control";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { useTimezone } from "@/components/ui/timezone";
import type { EventTypeView } from "@/lib/services/events/types";
import type { ProviderView } from "@/lib/services/providers/list";
import { suggestLabels } from "../../label-actions";
import { previewMessageAction, updateChannelAction } from "../actions";
import { type ChannelFormInput, type ChannelFormState, useChannelForm } from "./use-channel-form";

interface Props extends ChannelFormInput {
  types: EventTypeView[];
}

/** The form of a channel, new or stored. */
export function ChannelForm({ types, ...input }: Props) {
  const { provider, channel } = input;
  const state = useChannelForm(input);
  const { form, schemaForm, errors, texts, setTexts, events, setEvents } = state;
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
      <ConnectionPanel provider={provider} state={state} />
      <DeliveryRulesPanel provider={provider} channel={channel} state={state} />
      {provider.purpose === "message" && (
        <>
          <TextsPanel
            draft={texts}
            onChange={setTexts}
            errors={errors}
            options={provider.messageOptions}
            base={{ ...(channel && { channelId: channel.id }), provider: provider.id, config: schemaForm.config }}
            show={previewMessageAction}
          />
          <Panel title="Subscribed events" aside={events.length === 0 ? "none" : `${events.length} selected`}>
            <div className="flex flex-col gap-4">
              <p className="text-muted text-sm">
                Events sent to this channel in addition to those from jobs and Settings. Each event is sent only once.
              </p>
              <SubscriptionList types={types} value={events} onChange={setEvents} />
            </div>
          </Panel>
        </>
      )}
      {provider.purpose === "monitor" && (
        <Note>
          {provider.label} monitors single jobs. Add this channel on the Notifications tab of a job; of everything else,
          only reports can be sent to it.
        </Note>
      )}
      <SaveBar form={form} known={knownPaths(provider.schema)} saveLabel={channel ? "Save" : "Create channel"}>
        <TestButton run={state.test} />
      </SaveBar>
    </form>
  );
}

interface PartProps {
  provider: ProviderView;
  state: ChannelFormState;
}

function ConnectionPanel({ provider, state: { schemaForm, errors, name, setName, labels, setLabels } }: PartProps) {
  const { values, onChange, stored } = schemaForm;
  return (
    <Panel
      title={provider.label}
      aside={
        <a href={provider.docsUrl} target="_blank" rel="noreferrer" className="underline hover:text-ink">
          {provider.label} documentation
        </a>
      }
    >
      <FieldStack>
        <Field label="Name" error={errors.name} help="Shown in lists and in the delivery log">
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
        <LabelsField labels={labels} onChange={setLabels} suggest={suggestLabels} errors={errors} />
      </FieldStack>
    </Panel>
  );
}

function DeliveryRulesPanel({
  provider,
  channel,
  state: { rules, setRules, errors },
}: PartProps & Pick<ChannelFormInput, "channel">) {
  const timezone = useTimezone();
  return (
    <Panel title="Delivery rules">
      <FieldStack>
        {channel && (
          <section aria-labelledby="mute-heading" className="flex flex-col gap-1.5">
            <h3 id="mute-heading" className="font-medium text-sm">
              Mute
            </h3>
            <MuteControl channelId={channel.id} mutedUntil={channel.mutedUntil} mute={updateChannelAction} />
          </section>
        )}
        {channel && provider.purpose === "message" && (
          <section aria-labelledby="quiet-hours-heading" className="flex flex-col gap-1.5">
            <h3 id="quiet-hours-heading" className="font-medium text-sm">
              Quiet hours
            </h3>
            <QuietHoursControl
              quietHours={channel.quietHours}
              timezone={timezone}
              save={(quietHours) => updateChannelAction({ id: channel.id, quietHours })}
            />
          </section>
        )}
        <DeliveryRulesFields
          draft={rules}
          onChange={setRules}
          errors={errors}
          hasMinSeverity={provider.purpose === "message"}
        />
      </FieldStack>
    </Panel>
  );
}

/** Paths with a control of their own; errors of other paths are listed beside Save. */
function knownPaths(schema: Record<string, unknown>): string[] {
  const properties = schema.properties;
  const names = typeof properties === "object" && properties !== null ? Object.keys(properties) : [];
  const texts = TEXT_TABS.flatMap((tab) =>
    ["title", "message", "priority", "tags", "sound"].map((field) => `${tabPath("texts", tab)}.${field}`),
  );
  const rules = ["minSeverity", "rateLimit", "rateLimit.requests", "rateLimit.perSeconds"];
  return ["name", ...names.map((name) => `config.${name}`), ...rules, ...texts];
}
