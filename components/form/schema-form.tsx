"use client";

import { ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { DrawnField } from "./drawn-field";
import { errorAt, isShown } from "./form-values";
import { type FormPreset, PresetBar } from "./preset-bar";
import { fieldsOf, type Values } from "./schema-fields";

export { useSchemaForm } from "./use-schema-form";

export interface SchemaFormProps {
  /** JSON schema with the metadata of `field()` on each property. */
  schema: Record<string, unknown>;
  values: Values;
  onChange: (values: Values) => void;
  /** Secrets that are stored although `values` does not hold their mark. */
  stored?: readonly string[];
  /** One sentence per path, as an action answers: `config.url`. */
  errors?: Record<string, string>;
  /** What the paths begin with; empty: the names themselves. */
  namePrefix?: string;
  presets?: readonly FormPreset[];
  disabled?: boolean;
}

const NO_ERRORS: Record<string, string> = {};
const STORED = { stored: true };

/** Draws a configuration form from its schema: whoever adds a field to a schema has drawn it. */
export function SchemaForm(props: SchemaFormProps) {
  const {
    schema,
    values,
    onChange,
    stored = [],
    errors = NO_ERRORS,
    namePrefix = "config",
    presets = [],
    disabled,
  } = props;
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  const pathOf = (name: string) => (namePrefix ? `${namePrefix}.${name}` : name);
  const shown = fields.filter((field) => isShown(field, fields, values));
  const draw = (advanced: boolean) =>
    shown
      .filter((field) => field.advanced === advanced)
      .map((field) => (
        <DrawnField
          key={field.name}
          field={field}
          path={pathOf(field.name)}
          value={
            values[field.name] ??
            (values[field.name] !== null && stored.includes(field.name) ? STORED : values[field.name])
          }
          onChange={(value) => onChange({ ...values, [field.name]: value })}
          error={errorAt(errors, pathOf(field.name))}
          disabled={disabled}
        />
      ));
  const advanced = draw(true);
  const isAdvancedWrong = shown.some((field) => field.advanced && errorAt(errors, pathOf(field.name)));
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {presets.length > 0 && (
        <PresetBar
          presets={presets}
          values={values}
          disabled={disabled}
          onPick={(preset) => onChange({ ...values, ...preset.values })}
        />
      )}
      {draw(false)}
      {advanced.length > 0 && (
        <details open={isAdvancedWrong || undefined} className="group">
          <summary className="inline-flex min-h-6 list-none items-center gap-1 rounded-sm text-muted text-sm hover:text-ink">
            <ChevronRight aria-hidden="true" className="size-3.5 transition-transform group-open:rotate-90" />
            Advanced
          </summary>
          <div className="mt-3 flex flex-col gap-4 border-line border-l-2 pl-4">{advanced}</div>
        </details>
      )}
    </div>
  );
}
