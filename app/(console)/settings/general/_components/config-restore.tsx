"use client";

import { type FormEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { postFile } from "./post-file";

/** Puts the configuration of a file in place of the one that stands. */
export function ConfigRestore() {
  const formRef = useRef<HTMLFormElement>(null);
  const [asked, setAsked] = useState<{ name: string; data: FormData } | null>(null);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const file = data.get("file");
    const hasFile = file instanceof File && file.size > 0;
    const problems = {
      ...(!hasFile && { file: "Choose a file." }),
      ...(!data.get("passphrase") && { passphrase: "Enter the passphrase." }),
    };
    setMissing(problems);
    if (hasFile && Object.keys(problems).length === 0) setAsked({ name: file.name, data });
  };
  return (
    <Panel title="Restore the configuration">
      <form ref={formRef} noValidate onSubmit={ask}>
        <FieldStack>
          <p className="text-muted text-sm">
            Takes a file that was downloaded here, or a scheduled one from its destination. Nothing changes until you
            have confirmed what it will do.
          </p>
          <Field label="Configuration file" error={missing.file}>
            <Input
              name="file"
              type="file"
              accept=".belfry"
              className="py-1 file:mr-3 file:rounded-sm file:border-0 file:bg-hover file:px-2 file:py-0.5 file:text-ink file:text-xs"
            />
          </Field>
          <Field label="Passphrase of the file" error={missing.passphrase}>
            <Input name="passphrase" type="password" autoComplete="off" className="sm:max-w-80" />
          </Field>
          <div>
            <Button type="submit">Restore…</Button>
          </div>
        </FieldStack>
      </form>
      <ConfirmDialog
        open={asked !== null}
        onOpenChange={(open) => !open && setAsked(null)}
        title="Replace the whole configuration?"
        confirmLabel="Replace configuration"
        danger
        typeToConfirm="replace"
        onConfirm={() => (asked ? postFile("/api/v1/config-backups/restore", asked.data) : Promise.resolve(undefined))}
        onDone={() => {
          // The accounts are those of the file now, so this session has ended.
          window.location.assign("/login");
        }}
      >
        <p>
          All users, API keys, channels, sources, destinations, jobs and settings are replaced by those in{" "}
          <b className="[overflow-wrap:anywhere]">{asked?.name}</b>, whole or not at all. What was added since that file
          was made is lost.
        </p>
        <p className="mt-2">
          Everybody is signed out, you too, and signs in with the passwords of the file. Backups, runs and the delivery
          log stay. It is refused while a run is going.
        </p>
      </ConfirmDialog>
    </Panel>
  );
}
