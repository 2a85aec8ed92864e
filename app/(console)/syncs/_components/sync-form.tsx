"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { CronField } from "@/components/cron/cron-field";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { type Option, Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import { createSyncAction, updateSyncAction } from "../actions";
import { type SyncDraft, syncInput } from "./sync-draft";

interface Props {
  /** Null: a new one. */
  id: string | null;
  sync: SyncDraft;
  destinations: readonly Option[];
  repositories: readonly Option[];
  jobs: readonly Option[];
}

const KNOWN = [
  "name",
  "from.path",
  "from.repositoryId",
  "exclude",
  "destinationId",
  "schedule.cron",
  "schedule.timezone",
  "afterJobId",
];

const COPIES: readonly Option[] = [
  { value: "folder", label: "A folder" },
  { value: "repository", label: "A repository" },
];

/** Makes or changes a sync. */
export function SyncForm({ id, sync, destinations, repositories, jobs }: Props) {
  const router = useRouter();
  const [draft, setDraft] = useState(sync);
  const change = (part: Partial<SyncDraft>) => setDraft((now) => ({ ...now, ...part }));
  const save = (input: SyncDraft) =>
    id === null
      ? createSyncAction({ ...syncInput(input), destinationId: input.destinationId })
      : updateSyncAction({ id, ...syncInput(input) });
  const form = useVerbForm(save, {
    success: "Saved",
    leaves: id === null,
    onSuccess: (saved) => (id === null ? router.push(`/syncs/${saved.id}`) : router.refresh()),
  });
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(draft);
      }}
    >
      <Panel title={id === null ? "What is copied" : "Settings"}>
        <FieldStack>
          <CopiedFields draft={draft} change={change} fields={form.fields} repositories={repositories} />
          {id === null && (
            <Field
              label="Destination"
              error={
                form.fields.destinationId && (draft.destinationId ? form.fields.destinationId : "Choose a destination.")
              }
              className="sm:w-96"
            >
              <Select
                name="destinationId"
                value={draft.destinationId}
                options={[{ value: "", label: "Choose…" }, ...destinations]}
                onChange={(event) => change({ destinationId: event.target.value })}
              />
            </Field>
          )}
          <TimeFields draft={draft} change={change} fields={form.fields} jobs={jobs} />
          <SaveBar isInset form={form} known={KNOWN} />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

interface PartProps {
  draft: SyncDraft;
  change: (part: Partial<SyncDraft>) => void;
  fields: Record<string, string>;
}

function CopiedFields({
  draft,
  change,
  fields,
  repositories,
}: PartProps & { repositories: readonly Option[] }): ReactNode {
  const isFolder = draft.copies === "folder";
  return (
    <>
      <Field label="Name" error={fields.name} className="sm:w-96">
        <Input
          name="name"
          value={draft.name}
          maxLength={100}
          placeholder="Photos"
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      <Field label="Copy" className="sm:w-96">
        <Select
          name="copies"
          value={draft.copies}
          options={COPIES}
          // A copy of a repository with old files beside new ones is not whole.
          onChange={({ target }) =>
            change({
              copies: target.value === "repository" ? "repository" : "folder",
              deleteRemoved: target.value === "repository",
            })
          }
        />
      </Field>
      {isFolder ? (
        <FolderFields draft={draft} change={change} fields={fields} />
      ) : (
        <Field
          label="Repository"
          error={
            fields["from.repositoryId"] && (draft.repositoryId ? fields["from.repositoryId"] : "Choose a repository.")
          }
          help="Of this machine. Nothing writes to it while it is copied."
          className="sm:w-96"
        >
          <Select
            name="from.repositoryId"
            value={draft.repositoryId}
            options={[{ value: "", label: "Choose…" }, ...repositories]}
            onChange={(event) => change({ repositoryId: event.target.value })}
          />
        </Field>
      )}
      <Checkbox
        label={`Delete what is gone from the ${draft.copies}`}
        description={
          isFolder
            ? "Never for a folder that is empty, unreadable or not mounted, and not when most files are gone at once."
            : "As a copy of a repository needs it: with files that the repository has no more, a check of the copy finds errors."
        }
        checked={draft.deleteRemoved}
        onChange={(event) => change({ deleteRemoved: event.target.checked })}
      />
    </>
  );
}

function FolderFields({ draft, change, fields }: PartProps): ReactNode {
  return (
    <>
      <Field
        label="Folder"
        error={fields["from.path"]}
        help="Of this machine, with everything in it. Links are left out."
        className="sm:w-96"
      >
        <Input
          name="from.path"
          value={draft.path}
          placeholder="/srv/photos"
          onChange={(event) => change({ path: event.target.value })}
        />
      </Field>
      <Field
        label="Leave out"
        optional
        error={fields.exclude}
        help="One pattern a line, as in a .gitignore: *.tmp, node_modules/, /cache, !keep.tmp."
        className="sm:w-96"
      >
        <Textarea
          name="exclude"
          rows={2}
          className="font-mono text-xs"
          spellCheck={false}
          value={draft.exclude}
          onChange={({ target }) => change({ exclude: target.value })}
        />
      </Field>
    </>
  );
}

function TimeFields({ draft, change, fields, jobs }: PartProps & { jobs: readonly Option[] }): ReactNode {
  return (
    <>
      <Checkbox
        label="On a schedule"
        checked={draft.isScheduled}
        onChange={(event) => change({ isScheduled: event.target.checked })}
      />
      {draft.isScheduled && (
        <CronField
          cron={draft.cron}
          timezone={draft.timezone}
          onChange={({ cron, timezone }) => change({ cron, timezone })}
          error={fields["schedule.cron"] ?? fields.schedule}
          timezoneError={fields["schedule.timezone"]}
        />
      )}
      <Field
        label="After the backups of"
        optional
        error={fields.afterJobId}
        help="It runs after each backup that the job makes."
        className="sm:w-96"
      >
        <Select
          name="afterJobId"
          value={draft.afterJobId}
          options={[{ value: "", label: "No job" }, ...jobs]}
          onChange={(event) => change({ afterJobId: event.target.value })}
        />
      </Field>
      <Checkbox
        label="Enabled"
        description="A disabled sync runs only when somebody starts it."
        checked={draft.enabled}
        onChange={(event) => change({ enabled: event.target.checked })}
      />
    </>
  );
}
