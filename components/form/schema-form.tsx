"use client";

import { ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { FieldControl } from "./field-control";
import { errorAt, isShown } from "./form-values";
import { type FormPreset, PresetBar } from "./preset-bar";
import { readSchemaFields, type Values } from "./schema-fields";

export { useSchemaForm } from "./use-schema-form";

export interface SchemaFormProps {
  /** JSON schema with the metadata of `field()` on each property. */
  schema: Record<string, unknown>;
  values: Values;
  onChange: (values: Values) => void;
  /** Stored secrets without a placeholder in `values`. */
  stored?: readonly string[];
  /** One sentence per path, as an action answers: `config.url`. */
  errors?: Record<string, string>;
  /** Prefix of the paths; empty: the names themselves. */
  namePrefix?: string;
  presets?: readonly FormPreset[];
  disabled?: boolean;
}

const NO_ERRORS: Record<string, string> = {};
const STORED = { stored: true };

/** Renders a configuration form from its schema. */
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
  const fields = useMemo(() => readSchemaFields(schema), [schema]);
  const pathOf = (name: string) => (namePrefix ? `${namePrefix}.${name}` : name);
  const shown = fields.filter((field) => isShown(field, fields, values));
  const renderFields = (advanced: boolean) =>
    shown
      .filter((field) => field.advanced === advanced)
      .map((field) => (
        <FieldControl
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
  const advanced = renderFields(true);
  const hasAdvancedError = shown.some((field) => field.advanced && errorAt(errors, pathOf(field.name)));
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
      {renderFields(false)}
      {advanced.length > 0 && (
        <details open={hasAdvancedError || undefined} className="group">
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
