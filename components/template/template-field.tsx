"use client";

import { Braces } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { Textarea } from "@/components/ui/textarea";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { TemplateErrorExcerpt } from "./template-error-excerpt";
import { findTemplateProblem } from "./template-problem";

interface Props {
  label: string;
  help?: string;
  /** The server's error; errors that are visible while typing are shown without it. */
  error?: string;
  value: string;
  placeholder?: string;
  /** Several lines. */
  isLong?: boolean;
  onChange: (text: string) => void;
}

/** A text with variables: they can be picked from a list, and an error is shown in place. */
export function TemplateField({ label, help, error, value, placeholder, isLong, onChange }: Props) {
  const line = useRef<HTMLInputElement>(null);
  const lines = useRef<HTMLTextAreaElement>(null);
  const insert = (name: string) => {
    const field = line.current ?? lines.current;
    const start = field?.selectionStart ?? value.length;
    const end = field?.selectionEnd ?? start;
    const variable = `{{${name}}}`;
    onChange(value.slice(0, start) + variable + value.slice(end));
    // After the menu has given the focus back and the text is drawn.
    setTimeout(() => {
      field?.focus();
      field?.setSelectionRange(start + variable.length, start + variable.length);
    }, 50);
  };
  const control = { className: "font-mono", value, placeholder };
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Field label={label} optional error={error ?? findTemplateProblem(value)?.message} help={help}>
        {isLong ? (
          <Textarea ref={lines} rows={4} {...control} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <Input ref={line} {...control} onChange={(event) => onChange(event.target.value)} />
        )}
      </Field>
      <TemplateErrorExcerpt text={value} />
      <div>
        <Menu
          label={`Variables for ${label.toLowerCase()}`}
          align="start"
          trigger={
            <Button size="sm" variant="ghost" icon={<Braces aria-hidden="true" className="size-3.5" />}>
              Insert variable
            </Button>
          }
          items={TEMPLATE_NAMES.map((name) => ({
            label: <span className="font-mono text-xs">{name}</span>,
            onSelect: () => insert(name),
          }))}
        />
      </div>
    </div>
  );
}
