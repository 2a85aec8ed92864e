"use client";

import { useMemo, useState } from "react";
import { configOf, startValues, storedNames } from "./form-values";
import type { Values } from "./schema-fields";

export interface SchemaFormState {
  /** For SchemaForm. */
  values: Values;
  onChange: (values: Values) => void;
  stored: readonly string[];
  /** What to send: without hidden and blank fields, stored secrets as placeholders. */
  config: Values;
  /** Whether anything was changed since the start or the last reset. */
  dirty: boolean;
  /** Starts over: with these values, or with those it began with. */
  reset: (values?: Values) => void;
}

/** The state of one SchemaForm. Give the component around it a `key` when the schema may change. */
export function useSchemaForm(schema: Record<string, unknown>, given?: Values): SchemaFormState {
  const [start, setStart] = useState(() => startValues(schema, given));
  const [values, setValues] = useState(start);
  const config = useMemo(() => configOf(schema, values), [schema, values]);
  return {
    values,
    onChange: setValues,
    stored: storedNames(start),
    config,
    dirty: JSON.stringify(config) !== JSON.stringify(configOf(schema, start)),
    reset: (next) => {
      const fresh = next ? startValues(schema, next) : start;
      setStart(fresh);
      setValues(fresh);
    },
  };
}
