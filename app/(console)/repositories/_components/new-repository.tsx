"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import type { RepositoryKind } from "@/lib/core/repository";
import { createRepositoryAction } from "../actions";

const KINDS = [
  { value: "borg", label: "Borg" },
  { value: "restic", label: "restic" },
];
const KNOWN = ["name", "kind", "location", "passphrase", "privateKey", "hostKey", "retention"];

interface Draft {
  name: string;
  kind: RepositoryKind;
  location: string;
  passphrase: string;
  create: boolean;
  privateKey: string;
  hostKey: string;
  /** As typed; empty: prunes are refused. */
  keepDaily: string;
}
const EMPTY: Draft = {
  name: "",
  kind: "borg",
  location: "",
  passphrase: "",
  create: true,
  privateKey: "",
  hostKey: "",
  keepDaily: "",
};

/** The draft as the verb takes it. What is no number is refused there, beside its field. */
function inputOf({ keepDaily, privateKey, hostKey, ...draft }: Draft) {
  const typed = keepDaily.trim();
  return {
    ...draft,
    privateKey: privateKey.trim() || null,
    hostKey: hostKey.trim() || null,
    retention: typed === "" ? null : { daily: Number(typed) },
  };
}

/** Makes or adopts a repository, and goes to its page. */
export function NewRepository() {
  const router = useRouter();
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const form = useVerbForm(createRepositoryAction, {
    leaves: true,
    onSuccess: ({ id }) => router.push(`/repositories/${id}`),
  });
  const shownKey = form.error?.proposal?.hostKey;
  return (
    <ScriptForm
      ref={form.formRef}
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void form.submit(inputOf(draft));
      }}
    >
      <Panel title="Repository">
        <FieldStack>
          <MainFields draft={draft} change={change} fields={form.fields} />
          <ServerFields draft={draft} change={change} fields={form.fields} />
          <SaveBar isInset form={form} known={KNOWN} saveLabel={draft.create ? "Make repository" : "Adopt repository"}>
            {shownKey && <Button onClick={() => change({ hostKey: shownKey })}>Accept this host key</Button>}
          </SaveBar>
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

interface Part {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  fields: Record<string, string>;
}

function MainFields({ draft, change, fields }: Part) {
  return (
    <>
      <Field label="Name" error={fields.name} className="sm:w-96">
        <Input
          name="name"
          value={draft.name}
          maxLength={100}
          onChange={(event) => change({ name: event.target.value })}
        />
      </Field>
      <Field label="Kind" error={fields.kind} className="sm:w-96">
        <Select
          name="kind"
          options={KINDS}
          value={draft.kind}
          onChange={(event) => change({ kind: event.target.value as RepositoryKind })}
        />
      </Field>
      <Field
        label="Location"
        error={fields.location}
        help={`An absolute path on this machine, or ${draft.kind === "borg" ? "ssh" : "sftp"}://user@host/path.`}
      >
        <Input
          name="location"
          value={draft.location}
          placeholder="/srv/repository"
          onChange={(event) => change({ location: event.target.value })}
        />
      </Field>
      <Field
        label="Passphrase"
        error={fields.passphrase}
        help="It is sealed and never shown again: keep it in another place, too."
        className="sm:w-96"
      >
        <Input
          name="passphrase"
          type="password"
          autoComplete="new-password"
          value={draft.passphrase}
          onChange={(event) => change({ passphrase: event.target.value })}
        />
      </Field>
      <Checkbox
        label="Make it"
        description="Otherwise the repository that is there is adopted, when the passphrase opens it."
        checked={draft.create}
        onChange={(event) => change({ create: event.target.checked })}
      />
      <Field
        label="Daily archives of each job that a prune keeps"
        optional
        error={fields.retention ?? fields["retention.daily"]}
        help="Prunes are refused when left empty. Archives that no job of Belfry made are never pruned."
        className="sm:w-96"
      >
        <Input
          name="retention"
          inputMode="numeric"
          value={draft.keepDaily}
          onChange={(event) => change({ keepDaily: event.target.value })}
        />
      </Field>
    </>
  );
}

/** Only where the location leads to a server. */
function ServerFields({ draft, change, fields }: Part) {
  if (!draft.location.includes("://")) return null;
  return (
    <>
      <Field
        label="Private key"
        optional
        error={fields.privateKey}
        help="By which Belfry signs in, without a passphrase of its own. Left empty, the keys of the user that Belfry runs as are tried."
      >
        <Textarea
          name="privateKey"
          rows={4}
          value={draft.privateKey}
          onChange={(event) => change({ privateKey: event.target.value })}
        />
      </Field>
      <Field
        label="Host key"
        optional
        error={fields.hostKey}
        help="Left empty, the key that the server shows is proposed, for you to compare and accept."
      >
        <Textarea
          name="hostKey"
          rows={2}
          value={draft.hostKey}
          onChange={(event) => change({ hostKey: event.target.value })}
        />
      </Field>
    </>
  );
}
