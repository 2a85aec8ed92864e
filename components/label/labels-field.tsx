"use client";

import { useEffect, useId, useRef, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ActionResult } from "@/lib/core/action-error";
import { type Labels, labelText, parseLabel } from "@/lib/core/label";

/** Labels in use that begin with what is typed. */
export type SuggestLabels = (input: {
  q: string;
}) => Promise<ActionResult<{ items: { key: string; value: string; count: number }[] }>>;

interface Props {
  labels: Labels;
  onChange: (labels: Labels) => void;
  suggest: SuggestLabels;
  /** All errors of the form; those below `path` are shown. */
  errors: Record<string, string>;
  path?: string;
  label?: string;
  help?: string;
}

const PAUSE_MS = 200;
const UNFIT =
  "Write it as key:value. A key has lower-case letters, digits, “_”, “.” and “-”; a value has up to 100 characters.";

/** Labels as chips. Enter or leaving the field adds what is typed; labels in use are suggested. */
export function LabelsField({ labels, onChange, suggest, errors, path = "labels", label = "Labels", help }: Props) {
  const [typed, setTyped] = useState("");
  const [unfit, setUnfit] = useState<string>();
  const listId = useId();
  const { suggestions, ask } = useSuggestions(suggest);
  const refused = Object.entries(errors).find(([at]) => at === path || at.startsWith(`${path}.`))?.[1];
  const add = (text: string) => {
    if (text.trim() === "") return;
    const parsed = parseLabel(text);
    if (!parsed || parsed.value === null) return setUnfit(UNFIT);
    onChange({ ...labels, [parsed.key]: parsed.value });
    setTyped("");
    setUnfit(undefined);
  };
  const remove = (key: string) => onChange(Object.fromEntries(Object.entries(labels).filter(([one]) => one !== key)));
  return (
    <Field label={label} help={help} error={unfit ?? refused} optional>
      {Object.keys(labels).length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {Object.entries(labels).map(([key, value]) => (
            <li key={key} className="max-w-full">
              <Chip onRemove={() => remove(key)} removeLabel={`Remove ${labelText(key, value)}`}>
                {labelText(key, value)}
              </Chip>
            </li>
          ))}
        </ul>
      )}
      <span className="flex gap-2">
        <Input
          name={path}
          list={listId}
          value={typed}
          placeholder="env:prod"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onFocus={() => ask(typed)}
          onChange={(event) => {
            setTyped(event.target.value);
            setUnfit(undefined);
            ask(event.target.value);
          }}
          onBlur={() => add(typed)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || typed.trim() === "") return;
            event.preventDefault();
            add(typed);
          }}
        />
        <datalist id={listId}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
        <Button onClick={() => add(typed)} disabled={typed.trim() === ""}>
          Add
        </Button>
      </span>
    </Field>
  );
}

/** Suggestions for what is typed, asked for when it rests. Without an answer there are none. */
function useSuggestions(suggest: SuggestLabels) {
  const [suggestions, setSuggestions] = useState<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (text: string) => {
    clearTimeout(timer.current);
    const turn = ++latest.current;
    timer.current = setTimeout(() => {
      void answerOf(() => suggest({ q: text.trim() })).then((answer) => {
        if (turn !== latest.current) return;
        setSuggestions(answer.ok ? answer.value.items.map(({ key, value }) => labelText(key, value)) : []);
      });
    }, PAUSE_MS);
  };
  return { suggestions, ask };
}
