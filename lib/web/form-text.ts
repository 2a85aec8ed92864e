/** The form's own text fields; Next's hidden ones begin with `$`. */
export function textsOf(form: FormData): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === "string" && !name.startsWith("$")) texts[name] = value;
  return texts;
}

/** What may be shown again: a secret is typed anew. */
export function typedIn(form: FormData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(textsOf(form)).filter(([name]) => !/password|current|code|token/i.test(name)),
  );
}
