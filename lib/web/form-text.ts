/** The form's text fields by name, without Next's hidden ones, which begin with `$`. */
export function textFields(form: FormData): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === "string" && !name.startsWith("$")) texts[name] = value;
  return texts;
}

/** Values that may be shown again; secrets are entered again. */
export function repeatableValues(form: FormData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(textFields(form)).filter(([name]) => !/password|current|code|token/i.test(name)),
  );
}
