"use client";

import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import { OverwriteWarning } from "./overwrite-warning";
import { RestoreModeChoice, RestoreOutlookNotes } from "./restore-outlook";
import { type RestoresTo, suggestTarget, TARGET_LABEL, targetHelp } from "./restore-target";
import { type RestoreActions, useRestoreForm } from "./use-restore-form";

interface Props {
  artifactId: string;
  restoresTo: RestoresTo;
  /** A name that most likely is not in use. */
  suggestion: string;
  /** Where operators may restore to. */
  folder: string;
  /** Where administrators may restore to as well. */
  roots: readonly string[];
  isAdmin: boolean;
  /** Connections to servers of the right kind, for databases. */
  servers: readonly { id: string; name: string }[];
  actions: RestoreActions;
}

/**
 * Where a backup is restored to. The target is looked at first: the form says what would be overwritten, what stays and
 * what cannot come back, and asks for the target to be typed where something would be lost.
 */
export function RestoreForm({ artifactId, restoresTo, suggestion, folder, roots, isAdmin, servers, actions }: Props) {
  const state = useRestoreForm({
    artifactId,
    restoresTo,
    actions,
    target: suggestTarget(restoresTo, suggestion, folder),
    sourceId: servers[0]?.id ?? "",
  });
  const { form, text, target, changeTarget, sourceId, changeSource, outlook, submit } = state;
  const { fields } = form;
  const loss = outlook?.overwrites ?? null;
  const isDatabase = restoresTo === "database";
  if (isDatabase && !isAdmin) return <Note>Only administrators restore into a database server.</Note>;
  if (isDatabase && servers.length === 0) {
    return <Note>No source connects to such a server. An administrator can add one under Sources.</Note>;
  }
  return (
    <ScriptForm
      ref={form.formRef}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <FieldStack>
        <FormError error={form.error} />
        {isDatabase && (
          <Field
            label="Server"
            error={fields["target.sourceId"]}
            help="The host, user and password of this source are used; its own database is not touched unless it is named below."
          >
            <Select
              value={sourceId}
              onChange={(event) => changeSource(event.target.value)}
              options={servers.map(({ id, name }) => ({ value: id, label: name }))}
            />
          </Field>
        )}
        <Field
          label={TARGET_LABEL[restoresTo]}
          error={fields["target.path"] ?? fields["target.database"] ?? fields.target}
          help={targetHelp(restoresTo, isAdmin, folder, roots)}
        >
          <Input
            value={text}
            onChange={(event) => changeTarget(event.target.value)}
            spellCheck={false}
            autoCapitalize="off"
            className="font-mono"
          />
        </Field>
        {outlook && <RestoreOutlookNotes outlook={outlook} />}
        {outlook && outlook.modes.length > 1 && (
          <RestoreModeChoice modes={outlook.modes} value={state.mode ?? null} onChange={state.setMode} />
        )}
        {loss !== null && (
          <OverwriteWarning
            loss={`This would overwrite ${loss}.`}
            target={target}
            isAdmin={isAdmin}
            typed={state.typed}
            onType={state.setTyped}
            error={fields.confirm}
          />
        )}
        <SubmitButton
          overwrites={loss !== null}
          isAdmin={isAdmin}
          isConfirmed={state.typed.trim() === target}
          pending={form.pending}
        />
      </FieldStack>
    </ScriptForm>
  );
}

function SubmitButton(props: { overwrites: boolean; isAdmin: boolean; isConfirmed: boolean; pending: boolean }) {
  if (props.overwrites && !props.isAdmin) return null;
  return (
    <div className="flex justify-end gap-2">
      {props.overwrites ? (
        <Button type="submit" variant="danger" pending={props.pending} disabled={!props.isConfirmed}>
          Overwrite and restore
        </Button>
      ) : (
        <Button type="submit" variant="primary" pending={props.pending}>
          Restore
        </Button>
      )}
    </div>
  );
}
