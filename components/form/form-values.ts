import { type FormField, readSchemaFields, type Values } from "./schema-fields";

/** Whether a value is the placeholder of a stored secret. */
export function isStored(value: unknown): boolean {
  return typeof value === "object" && value !== null && "stored" in value && value.stored === true;
}

/** Names of the stored secret fields. */
export function storedNames(values: Values): string[] {
  return Object.keys(values).filter((name) => isStored(values[name]));
}

/** Initial values: the given ones, and the defaults for the rest. */
export function startValues(schema: Record<string, unknown>, given: Values = {}): Values {
  const defaults = readSchemaFields(schema)
    .filter((field) => field.default !== undefined)
    .map((field) => [field.name, field.default] as const);
  return { ...Object.fromEntries(defaults), ...given };
}

/** Whether the field is shown with these values. A field whose own condition is hidden is hidden too. */
export function isShown(field: FormField, fields: readonly FormField[], values: Values): boolean {
  if (!field.showWhen) return true;
  const { field: name, is } = field.showWhen;
  const other = fields.find((each) => each.name === name);
  if (other && !isShown(other, fields, values)) return false;
  const value = values[name] ?? other?.default ?? (other?.kind === "switch" ? false : "");
  return is.some((wanted) => wanted === value);
}

/**
 * The configuration to send: without hidden and blank fields.
 * An unchanged secret is left out or is its placeholder, so that the server keeps it.
 * A required text that is empty is sent, so that the server names it.
 */
export function configOf(schema: Record<string, unknown>, values: Values): Values {
  const fields = readSchemaFields(schema);
  const known = new Set(fields.map((field) => field.name));
  const config: Values = Object.fromEntries(Object.entries(values).filter(([name]) => !known.has(name)));
  for (const field of fields) {
    const value = values[field.name];
    if (!isShown(field, fields, values)) continue;
    if (isBlank(value)) {
      const isRequiredText = field.required && !field.secret && ["text", "textarea", "select"].includes(field.kind);
      if (isRequiredText) config[field.name] = "";
      else if (value === null && field.secret) config[field.name] = null;
      continue;
    }
    config[field.name] = value;
  }
  return config;
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** The error of a field: under its own path or, of a list or of named values, the first one below it. */
export function errorAt(errors: Record<string, string>, path: string): string | undefined {
  if (errors[path]) return errors[path];
  const below = Object.keys(errors).find((key) => key.startsWith(`${path}.`) || key.startsWith(`${path}[`));
  return below === undefined ? undefined : errors[below];
}
