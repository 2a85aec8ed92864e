"use client";

import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { postFile, saveFile } from "./post-file";

async function download(passphrase: string) {
  const answer = await postFile("/api/v1/config-backups/download", { passphrase });
  if (answer.ok) await saveFile(answer.value);
  return answer;
}

/** Downloads the whole configuration as one encrypted file. */
export function ConfigDownload() {
  const form = useVerbForm(download, {
    success: "The configuration was downloaded.",
    onSuccess: () => form.formRef.current?.reset(),
  });
  return (
    <Panel title="Download configuration">
      <ScriptForm className="flex flex-col gap-3" {...form.bind((data) => String(data.get("passphrase")))}>
        <p className="text-muted text-sm">
          The whole configuration, including secrets, in one file encrypted with the passphrase. It does not contain
          backups.
        </p>
        <FormError error={form.error} known={["passphrase"]} />
        <div className="flex flex-wrap items-start gap-3">
          <Field
            label="Passphrase for the file"
            error={form.fields.passphrase}
            help="At least 12 characters. The file cannot be opened without it."
            className="min-w-56 flex-1"
          >
            <Input name="passphrase" type="password" autoComplete="new-password" />
          </Field>
          <Button type="submit" pending={form.pending} className="mt-6.25">
            Download
          </Button>
        </div>
      </ScriptForm>
    </Panel>
  );
}
