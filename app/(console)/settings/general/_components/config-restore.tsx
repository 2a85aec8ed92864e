"use client";

import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { postFile } from "./post-file";

/** Replaces the configuration by that of a file. */
export function ConfigRestore() {
  const formRef = useRef<HTMLFormElement>(null);
  const [selected, setSelected] = useState<{ name: string; data: FormData } | null>(null);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const confirm = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const file = data.get("file");
    const hasFile = file instanceof File && file.size > 0;
    const problems = {
      ...(!hasFile && { file: "Choose a file." }),
      ...(!data.get("passphrase") && { passphrase: "Enter the passphrase." }),
    };
    setMissing(problems);
    if (hasFile && Object.keys(problems).length === 0) setSelected({ name: file.name, data });
  };
  return (
    <Panel title="Restore configuration">
      <ScriptForm ref={formRef} onSubmit={confirm}>
        <FieldStack>
          <p className="text-muted text-sm">
            Restores a file that was downloaded here, or a scheduled one from its destination. Nothing changes until you
            confirm.
          </p>
          <Field label="Configuration file" error={missing.file}>
            <Input name="file" type="file" accept=".belfry" />
          </Field>
          <Field label="Passphrase of the file" error={missing.passphrase}>
            <Input name="passphrase" type="password" autoComplete="off" className="sm:max-w-80" />
          </Field>
          <div>
            <Button type="submit">Restore…</Button>
          </div>
        </FieldStack>
      </ScriptForm>
      <ConfirmDialog
        open={selected !== null}
        onOpenChange={(open) => !open && setSelected(null)}
        title="Replace the whole configuration?"
        confirmLabel="Replace configuration"
        danger
        typeToConfirm="replace"
        onConfirm={() =>
          selected ? postFile("/api/v1/config-backups/restore", selected.data) : Promise.resolve(undefined)
        }
        onDone={() => {
          // The accounts are those of the file now, so this session has ended.
          window.location.assign("/login");
        }}
      >
        <p>
          All users, API keys, channels, sources, destinations, jobs and settings are replaced by those in{" "}
          <b className="[overflow-wrap:anywhere]">{selected?.name}</b>, in full or not at all. Anything added since that
          file was created is lost.
        </p>
        <p className="mt-2">
          Everyone, including you, is signed out and signs in with the passwords of the file. Backups, runs and the
          delivery log stay. Users who are disabled or were deleted here stay disabled. A configuration of another
          installation waits for your decision before anything scheduled runs. This is refused while a run is active.
        </p>
      </ConfirmDialog>
    </Panel>
  );
}
