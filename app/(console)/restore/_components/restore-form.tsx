"use client";

import { FormError } from "@/components/form/form-error";
import { Button } from "@/components/ui/button";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { Select } from "@/components/ui/select";
import { OverwriteWarning } from "./overwrite-warning";
import { type RestoresTo, suggestTarget, TARGET_LABEL, targetHelp } from "./restore-target";
import { type RestoreAction, useRestoreForm } from "./use-restore-form";

interface Props {
  artifactId: string;
  restoresTo: RestoresTo;
  /** A name that most likely is not in use. */
  suggestion: string;
  /** Where operators may restore to. */
  folder: string;
  isAdmin: boolean;
  /** Connections to servers of the right kind, for databases. */
  servers: readonly { id: string; name: string }[];
  restore: RestoreAction;
}

/**
 * Where a backup is restored to. It is first tried as a new target; when that exists, the form says what would be
 * overwritten and asks for the target to be typed.
 */
export function RestoreForm({ artifactId, restoresTo, suggestion, folder, isAdmin, servers, restore }: Props) {
  const { form, text, target, changeTarget, sourceId, changeSource, typed, setTyped, loss, submit } = useRestoreForm({
    artifactId,
    restoresTo,
    restore,
    target: suggestTarget(restoresTo, suggestion, folder),
    sourceId: servers[0]?.id ?? "",
  });
  const { fields } = form;
  const isDatabase = restoresTo === "database";
  if (isDatabase && !isAdmin) return <Note>Only administrators restore into a database server.</Note>;
  if (isDatabase && servers.length === 0) {
    return <Note>No source connects to such a server. An administrator can add one under Sources.</Note>;
  }
  return (
    <form
      ref={form.formRef}
      noValidate
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
          help={targetHelp(restoresTo, isAdmin, folder)}
        >
          <Input
            value={text}
            onChange={(event) => changeTarget(event.target.value)}
            spellCheck={false}
            autoCapitalize="off"
            className="font-mono"
          />
        </Field>
        {loss !== null && (
          <OverwriteWarning
            loss={loss}
            target={target}
            isAdmin={isAdmin}
            typed={typed}
            onType={setTyped}
            error={fields.confirm}
          />
        )}
        <div className="flex justify-end gap-2">
          {loss === null && (
            <Button type="submit" variant="primary" pending={form.pending}>
              Restore
            </Button>
          )}
          {loss !== null && isAdmin && (
            <Button type="submit" variant="danger" pending={form.pending} disabled={typed.trim() !== target}>
              Overwrite and restore
            </Button>
          )}
        </div>
      </FieldStack>
    </form>
  );
}
