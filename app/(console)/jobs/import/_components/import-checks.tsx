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
import { type CheckResult, CheckTable } from "./check-table";

interface Result {
  isCreated: boolean;
  checks: CheckResult[];
}

interface Props {
  run: (input: { text: string; create: boolean }) => Promise<ActionResult<Result>>;
}

const COMMAND = "curl -H 'X-Api-Key: YOUR-KEY' https://healthchecks.io/api/v3/checks/";

/** Takes an export of Healthchecks, shows what jobs it would make, and creates the jobs when asked to. */
export function ImportChecks({ run }: Props) {
  const [text, setText] = useState("");
  const [result, setResult] = useState<Result | null>(null);
  const { submit, pending, error, fields } = useVerbForm(run, { onSuccess: setResult });
  const write = (next: string) => {
    setText(next);
    // What is shown is about the text as it is.
    setResult(null);
  };
  const count = result?.checks.filter(({ reason }) => reason === null).length ?? 0;
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Export of Healthchecks">
        <ScriptForm
          className="flex max-w-3xl flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            void submit({ text, create: false });
          }}
        >
          <Field
            label="JSON"
            error={fields.text}
            help={
              <>
                The answer to <code>{COMMAND}</code>. With a read-write key the jobs keep their UUIDs, and what pings
                them only needs another host.
              </>
            }
          >
            <Textarea
              value={text}
              onChange={(event) => write(event.target.value)}
              rows={8}
              spellCheck={false}
              className="font-mono text-xs"
            />
          </Field>
          <Field label="File" optional help="Fills the field above.">
            <Input
              type="file"
              accept=".json,application/json"
              onChange={(event) => void event.target.files?.[0]?.text().then(write)}
            />
          </Field>
          <FormError error={error} known={["text"]} />
          <div>
            <Button type="submit" variant={count > 0 ? undefined : "primary"} pending={pending}>
              Preview
            </Button>
          </div>
        </ScriptForm>
      </Panel>
      {result && (
        <Panel
          title={result.isCreated ? `${jobCount(count)} created` : `${jobCount(count)} would be created`}
          padded={false}
          footer={
            !result.isCreated &&
            count > 0 && (
              <Button variant="primary" pending={pending} onClick={() => void submit({ text, create: true })}>
                Create {jobCount(count)}
              </Button>
            )
          }
        >
          <CheckTable checks={result.checks} />
        </Panel>
      )}
    </div>
  );
}

function jobCount(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}
