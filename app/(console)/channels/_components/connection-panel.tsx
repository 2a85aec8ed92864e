"use client";

import { SchemaForm } from "@/components/form/schema-form";
import { LabelsField } from "@/components/label/labels-field";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import type { ProviderView } from "@/lib/services/providers/list";
import { suggestLabels } from "../../label-actions";
import type { ChannelFormState } from "./use-channel-form";

interface Props {
  provider: ProviderView;
  state: ChannelFormState;
}

/** Name, connection and labels of a channel. */
export function ConnectionPanel({ provider, state: { schemaForm, errors, name, setName, labels, setLabels } }: Props) {
  const { values, onChange, stored } = schemaForm;
  return (
    <>
      <Panel title={provider.label}>
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
      {provider.purpose === "monitor" && (
        <Note>
          {provider.label} monitors single jobs. Add this channel on the Notifications tab of a job; of everything else,
          only reports can be sent to it.
        </Note>
      )}
    </>
  );
}
