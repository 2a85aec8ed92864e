"use client";

import { useRef, useState } from "react";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ActionResult } from "@/lib/core/action-error";

/** What a pasted line stands for; secrets that were just pasted are among the values. */
export interface Recognised {
  provider: string;
  name: string | null;
  config: Record<string, unknown>;
  note: string | null;
}

export type Recognise = (input: { text: string }) => Promise<ActionResult<Recognised>>;

interface Props {
  recognise: Recognise;
  /** @returns why this one does not fit here, in words; nothing when it does */
  onRecognised: (found: Recognised) => string | undefined;
}

/** Takes a whole URL, as services give it out, and hands on what it stands for. What was pasted stays in this page's memory. */
export function PasteField({ recognise, onRecognised }: Props) {
  const [text, setText] = useState("");
  const [misfit, setMisfit] = useState<string>();
  const asked = useRef("");
  const form = useVerbForm(recognise, { onSuccess: (found) => setMisfit(onRecognised(found)) });
  const ask = (pasted: string) => {
    if (pasted.trim() === "" || form.pending) return;
    asked.current = pasted;
    setMisfit(undefined);
    void form.submit({ text: pasted });
  };
  const isNews = text !== asked.current;
  const error = isNews ? undefined : (misfit ?? form.fields.text ?? form.error?.message);
  return (
    <form
      ref={form.formRef}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        ask(text);
      }}
    >
      <Field
        label="Paste a webhook URL, an Apprise URL or an SMTP URL"
        error={error}
        help="Belfry finds out which service it is and fills in its form. Nothing is stored before you save."
      >
        <span className="flex items-start gap-2">
          <PasteInput text={text} setText={setText} onPasted={ask} />
          <Button type="submit" pending={form.pending} disabled={text.trim() === ""}>
            Fill in
          </Button>
        </span>
      </Field>
    </form>
  );
}

/** Asks right after a paste into the empty field; a paste into what is there may be only a part. */
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
        const isWhole = selectionStart === 0 && selectionEnd === value.length;
        const pasted = event.clipboardData.getData("text").slice(0, 8000);
        if (!isWhole || pasted.trim() === "") return;
        event.preventDefault();
        setText(pasted);
        onPasted(pasted);
      }}
    />
  );
}
