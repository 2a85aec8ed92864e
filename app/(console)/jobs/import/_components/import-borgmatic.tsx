"use client";

import { useState } from "react";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { Textarea } from "@/components/ui/textarea";
import type { ActionResult } from "@/lib/core/action-error";
import { type BorgmaticResult, BorgmaticResultPanels } from "./borgmatic-result";

interface Props {
  run: (input: { text: string; name: string; create: boolean }) => Promise<ActionResult<BorgmaticResult>>;
  /** Without it only the job is created. */
  mayCreateChannels: boolean;
}

/** Takes a configuration file of borgmatic, shows what would be made of each of its keys, and creates that when asked to. */
export function ImportBorgmatic({ run, mayCreateChannels }: Props) {
  const [text, setText] = useState("");
  const [name, setName] = useState("borgmatic");
  const [result, setResult] = useState<BorgmaticResult | null>(null);
  const { submit, pending, error, fields } = useVerbForm(run, { onSuccess: setResult });
  // What is shown is about the form as it is.
  const change =
    <T,>(set: (next: T) => void) =>
    (next: T) => {
      set(next);
      setResult(null);
    };
  const write = change(setText);
  const rename = change(setName);
  const take = async (file: File | undefined) => {
    if (!file) return;
    write(await file.text());
    rename(nameOfFile(file.name));
  };
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Configuration file of borgmatic">
        <ScriptForm
          className="flex max-w-3xl flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void submit({ text, name, create: false });
          }}
        >
          <Field
            label="YAML"
            error={fields.text}
            help={
              mayCreateChannels
                ? "Of borgmatic 1.5 to 2.1. Its monitoring hooks become channels and rules of one external job; borgmatic keeps making the backups."
                : "Of borgmatic 1.5 to 2.1. It becomes an external job; only administrators create channels of its hooks."
            }
          >
            <Textarea
              value={text}
              onChange={(event) => write(event.target.value)}
              rows={12}
              spellCheck={false}
              className="font-mono text-xs"
            />
          </Field>
          <Field label="File" optional help="Fills the field above, and the name.">
            <Input type="file" accept=".yaml,.yml" onChange={(event) => void take(event.target.files?.[0])} />
          </Field>
          <Field label="Name of the job" error={fields.name}>
            <Input value={name} onChange={(event) => rename(event.target.value)} />
          </Field>
          <FormError error={error} known={["text", "name"]} />
          <div>
            <Button type="submit" variant={result ? undefined : "primary"} pending={pending}>
              Preview
            </Button>
          </div>
        </ScriptForm>
      </Panel>
      {result && (
        <BorgmaticResultPanels
          result={result}
          pending={pending}
          create={() => void submit({ text, name, create: true })}
        />
      )}
    </div>
  );
}

/** The usual name of a file says nothing about the machine. */
function nameOfFile(file: string): string {
  const base = file.replace(/\.ya?ml$/i, "").trim();
  return base === "" || base === "config" ? "borgmatic" : base.slice(0, 100);
}
