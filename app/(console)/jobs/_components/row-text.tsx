"use client";

import { Braces } from "lucide-react";
import { type RefObject, useRef } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { Textarea } from "@/components/ui/textarea";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import type { RowDraft } from "./job-draft";
import { TemplateMark } from "./template-mark";
import { templateProblem } from "./template-problem";

interface Props {
  row: RowDraft;
  path: string;
  errors: Record<string, string>;
  onChange: (part: Partial<RowDraft>) => void;
}

type Typed = HTMLInputElement | HTMLTextAreaElement;

/** The row's own words: title and message with variables, the run's log, priority and tags. */
export function RowText({ row, path, errors, onChange }: Props) {
  const title = useRef<HTMLInputElement>(null);
  const message = useRef<HTMLTextAreaElement>(null);
  const errorOf = (field: "title" | "message") => errors[`${path}.${field}`] ?? templateProblem(row[field])?.message;
  return (
    <FieldStack className="mt-3 border-line border-l-2 pl-4">
      <TemplateField
        label="Own title"
        help="Blank: Belfry's own words."
        error={errorOf("title")}
        text={row.title}
        at={title}
        onInsert={(text) => onChange({ title: text })}
      >
        <Input
          ref={title}
          className="font-mono"
          value={row.title}
          placeholder="{{job.name}}: {{event.name}}"
          onChange={(event) => onChange({ title: event.target.value })}
        />
      </TemplateField>
      <TemplateField
        label="Own message"
        help="Variables are filled in and escaped for each channel. The usual facts follow below it."
        error={errorOf("message")}
        text={row.message}
        at={message}
        onInsert={(text) => onChange({ message: text })}
      >
        <Textarea
          ref={message}
          rows={4}
          className="font-mono"
          value={row.message}
          placeholder={"{{message}}\nTook {{run.durationText}}, {{run.bytesText}}."}
          onChange={(event) => onChange({ message: event.target.value })}
        />
      </TemplateField>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Checkbox
          label="Include the run's log"
          description="Its beginning and its end; a mark shows where it was cut."
          checked={row.includeLog}
          onChange={(event) => onChange({ includeLog: event.target.checked })}
        />
        {row.includeLog && (
          <Field label="At most, in kB" error={errors[`${path}.logLimit`]} className="w-32">
            <Input
              type="number"
              min={1}
              inputMode="numeric"
              value={row.logLimit}
              onChange={(event) => onChange({ logLimit: event.target.value })}
            />
          </Field>
        )}
      </div>
      <FormRow>
        <Field label="Priority" optional error={errors[`${path}.priority`]} help="For services that know one.">
          <Input value={row.priority} onChange={(event) => onChange({ priority: event.target.value })} />
        </Field>
        <Field label="Tags" optional error={errors[`${path}.tags`]} help="Parted by commas.">
          <Input value={row.tags} onChange={(event) => onChange({ tags: event.target.value })} />
        </Field>
      </FormRow>
    </FieldStack>
  );
}

interface TemplateFieldProps {
  label: string;
  help: string;
  error?: string;
  text: string;
  at: RefObject<Typed | null>;
  onInsert: (text: string) => void;
  children: React.ReactNode;
}

/** A text with variables: they can be picked from a list, and what is wrong is shown where it stands. */
function TemplateField({ label, help, error, text, at, onInsert, children }: TemplateFieldProps) {
  const insert = (name: string) => {
    const field = at.current;
    const start = field?.selectionStart ?? text.length;
    const end = field?.selectionEnd ?? start;
    const variable = `{{${name}}}`;
    onInsert(text.slice(0, start) + variable + text.slice(end));
    // After the menu has given the focus back and the text is drawn.
    setTimeout(() => {
      field?.focus();
      field?.setSelectionRange(start + variable.length, start + variable.length);
    }, 50);
  };
  return (
    <div className="flex flex-col gap-1.5">
      <Field label={label} optional error={error} help={help}>
        {children}
      </Field>
      <TemplateMark text={text} />
      <div>
        <Menu
          label={`Variables for ${label.toLowerCase()}`}
          align="start"
          trigger={
            <Button size="sm" variant="ghost" icon={<Braces aria-hidden="true" className="size-3.5" />}>
              Insert a variable
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
