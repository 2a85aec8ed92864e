"use client";

import { ChoiceList } from "@/components/form/choice-list";
import { LabelsField, type SuggestLabels } from "@/components/label/labels-field";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link-button";
import { Note } from "@/components/ui/note";
import { Select } from "@/components/ui/select";
import { ClientExecutorFields } from "./executor-fields";
import type { PickableClient, PickableEndpoint, PickableSource } from "./pickable";
import type { TabProps } from "./tab-props";

interface Props extends TabProps {
  sources: readonly PickableSource[];
  destinations: readonly PickableEndpoint[];
  repositories: readonly PickableEndpoint[];
  clients: readonly PickableClient[];
  isNew: boolean;
  suggestLabels: SuggestLabels;
}

export function GeneralTab(props: Props) {
  const { draft, change, errors, clients, isNew, suggestLabels } = props;
  return (
    <>
      <Field label="Name" error={errors.name} help="Part of every message about this job.">
        <Input
          name="name"
          value={draft.name}
          maxLength={200}
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      {isNew && (
        <ChoiceList
          legend="Where does it run?"
          name="executor"
          value={draft.executor}
          onChange={(executor) => change({ executor })}
          columns={2}
          options={[
            { value: "managed", label: "Here", description: "Belfry reads a source and stores what it holds." },
            ...(clients.length > 0
              ? [
                  {
                    value: "client" as const,
                    label: "On a client",
                    description: "A machine runs a command that it allows.",
                  },
                ]
              : []),
            {
              value: "external",
              label: "Elsewhere",
              description: "Another program runs it by itself, and reports to Belfry.",
            },
          ]}
        />
      )}
      {draft.executor === "client" && <ClientExecutorFields {...props} />}
      {draft.executor === "managed" && <ManagedFields {...props} />}
      {draft.executor === "external" && isNew && (
        <p className="text-muted text-sm">
          Once it is saved, the job has addresses of its own, with lines to copy into borgmatic, restic, cron and many
          others.
        </p>
      )}
      <LabelsField
        labels={draft.labels}
        onChange={(labels) => change({ labels })}
        suggest={suggestLabels}
        errors={errors}
        help="Lists, silences and routes find the job by them."
      />
      {isNew && (
        <Checkbox
          label="Enabled"
          description={
            draft.executor === "external"
              ? "If disabled, what is reported is noted only."
              : "If disabled, it runs manually only."
          }
          checked={draft.enabled}
          onChange={(event) => change({ enabled: event.target.checked })}
        />
      )}
    </>
  );
}

/** What Belfry itself reads, and where it stores that. */
function ManagedFields(props: Props) {
  const { draft, change, errors, sources, repositories } = props;
  const choose = (id: string) => {
    const source = sources.find((one) => one.id === id);
    change({ sourceId: id, storesItself: source?.storesItself ?? false });
  };
  return (
    <>
      <Field label="Source" error={errors.sourceId} help={<TextLink href="/sources">All sources</TextLink>}>
        <Select value={draft.sourceId} onChange={(event) => choose(event.target.value)}>
          {!draft.sourceId && <option value="">Choose one</option>}
          {sources.map((source) => (
            <option key={source.id} value={source.id}>
              {source.name} ({source.note})
            </option>
          ))}
        </Select>
      </Field>
      {draft.storesItself && (
        <Note>
          This source knows by itself where its backups go and what is kept of them. Belfry starts it, follows it, and
          says how it went.
        </Note>
      )}
      {!draft.storesItself && (repositories.length > 0 || draft.repositoryId) && (
        <Field
          label="Repository"
          error={errors.repositoryId}
          help="A repository stores what changed only. It takes folders, and has its own encryption and compression."
        >
          <Select value={draft.repositoryId} onChange={(event) => change({ repositoryId: event.target.value })}>
            <option value="">None: at destinations</option>
            {repositories.map((repository) => (
              <option key={repository.id} value={repository.id}>
                {repository.name} ({repository.note})
              </option>
            ))}
          </Select>
        </Field>
      )}
      {!draft.storesItself && !draft.repositoryId && <Destinations {...props} />}
    </>
  );
}

function Destinations({ draft, change, errors, destinations }: Props) {
  const destinationError =
    errors.destinationIds ?? Object.entries(errors).find(([path]) => path.startsWith("destinationIds"))?.[1];
  const toggle = (id: string, isOn: boolean) =>
    change({ destinationIds: isOn ? [...draft.destinationIds, id] : draft.destinationIds.filter((one) => one !== id) });
  return (
    <fieldset aria-describedby={destinationError ? "destinations-error" : undefined}>
      <legend className="mb-1.5 font-medium text-sm">Destinations</legend>
      <div className="flex flex-col gap-1">
        {destinations.map((destination) => (
          <Checkbox
            key={destination.id}
            label={destination.name}
            description={destination.note}
            aria-invalid={destinationError ? true : undefined}
            checked={draft.destinationIds.includes(destination.id)}
            onChange={(event) => toggle(destination.id, event.target.checked)}
          />
        ))}
      </div>
      {destinationError && (
        <p id="destinations-error" className="mt-1.5 text-failure text-xs">
          {destinationError}
        </p>
      )}
      <p className="mt-1.5 text-muted text-xs">
        Each stores its own copy. If one of several cannot be reached, the run ends with a warning; if none can, it
        fails.
      </p>
    </fieldset>
  );
}
