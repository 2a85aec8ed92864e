"use client";

import { useRef, useState } from "react";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ScriptForm } from "@/components/ui/script-form";
import type { ActionResult } from "@/lib/core/action-error";

/** The channel that a pasted text describes; `config` may hold secrets. */
export interface PastedChannel {
  provider: string;
  name: string | null;
  config: Record<string, unknown>;
  note: string | null;
}

export type Recognise = (input: { text: string }) => Promise<ActionResult<PastedChannel>>;

interface Props {
  recognise: Recognise;
  /** @returns why the channel cannot be used here; undefined when it can */
  onRecognised: (found: PastedChannel) => string | undefined;
}

/** Takes a URL as services issue it, and passes on the channel it describes. The text stays in the memory of the page. */
export function PasteField({ recognise, onRecognised }: Props) {
  const [text, setText] = useState("");
  const [mismatch, setMismatch] = useState<string>();
  const submitted = useRef("");
  const form = useVerbForm(recognise, { onSuccess: (found) => setMismatch(onRecognised(found)) });
  const submit = (pasted: string) => {
    if (pasted.trim() === "" || form.pending) return;
    submitted.current = pasted;
    setMismatch(undefined);
    void form.submit({ text: pasted });
  };
  const isEdited = text !== submitted.current;
  const error = isEdited ? undefined : (mismatch ?? form.fields.text ?? form.error?.message);
  return (
    <ScriptForm
      ref={form.formRef}
      onSubmit={(event) => {
        event.preventDefault();
        submit(text);
      }}
    >
      <Field
        label="Paste a webhook URL, an Apprise URL or an SMTP URL"
        error={error}
        help="Belfry detects the service and fills in its form, from ntfy.sh/topic and mail addresses too. Nothing is stored before you save."
      >
        <span className="flex items-start gap-2">
          <PasteInput text={text} setText={setText} onPasted={submit} />
          <Button type="submit" pending={form.pending} disabled={text.trim() === ""}>
            Fill in
          </Button>
        </span>
      </Field>
    </ScriptForm>
  );
}

/** Submits right after a paste into the empty field; a paste into existing text may be only a part. */
function PasteInput({
  text,
  setText,
  onPasted,
}: {
  text: string;
  setText: (text: string) => void;
  onPasted: (text: string) => void;
}) {
  return (
    <Input
      name="text"
      value={text}
      placeholder="https://…"
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      maxLength={8000}
      className="font-mono text-xs"
      onChange={(event) => setText(event.target.value)}
      onPaste={(event) => {
        const { selectionStart, selectionEnd, value } = event.currentTarget;
        const replacesAll = selectionStart === 0 && selectionEnd === value.length;
        const pasted = event.clipboardData.getData("text").slice(0, 8000);
        if (!replacesAll || pasted.trim() === "") return;
        event.preventDefault();
        setText(pasted);
        onPasted(pasted);
      }}
    />
  );
}
