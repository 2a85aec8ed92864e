"use client";

import { useState, useSyncExternalStore } from "react";
import { CodeBlock } from "@/components/ui/code-block";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { ReceiverSecrets } from "@/lib/core/receiver-urls";
import { reportSnippets } from "./report-snippets";

interface Props {
  secrets: ReceiverSecrets;
  /** The address of Belfry that is set; empty: the browser's. */
  base: string;
  timezone: string;
  /** Its address for mail, and the port where mail is taken; null: none is. */
  mailTo: { address: string; port: number } | null;
}

const never = () => () => undefined;

/** What to copy into the program that makes the backups, so that it reports them. */
export function ReportPanel({ secrets, base, timezone, mailTo }: Props) {
  const [chosen, setChosen] = useState("curl");
  const own = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
  const snippets = reportSnippets(base || own, secrets, { timezone, mailTo });
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  if (!snippet) return null;
  return (
    <div className="flex flex-col gap-4">
      <Field label="Which program makes the backup?" help="Several may report about the same run: it stays one run.">
        <Select
          value={chosen}
          onChange={({ target }) => setChosen(target.value)}
          options={snippets.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Field>
      <div className="flex flex-col gap-1.5">
        <p className="text-muted text-sm">{snippet.where}:</p>
        <CodeBlock label={`the lines for ${snippet.name}`} maxHeight="none">
          {snippet.text}
        </CodeBlock>
      </div>
      <p className="text-muted text-xs">
        These addresses are secrets: anyone who has one can report in the name of this job.
      </p>
    </div>
  );
}
