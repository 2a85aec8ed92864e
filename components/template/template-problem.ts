import { TEMPLATE_NAMES } from "@/lib/core/template-names";

interface InvalidVariable {
  message: string;
  /** Characters from the start. */
  at: number;
  length: number;
}

const known = new Set<string>(TEMPLATE_NAMES);

/** Finds the first error of a custom text while it is being typed; the server decides in the end. */
export function findTemplateProblem(text: string): InvalidVariable | null {
  for (const match of text.matchAll(/\{\{\{?([^{}]*)(\}\}\}?)?/g)) {
    const range = { at: match.index, length: match[0].length };
    const name = (match[1] ?? "").trim();
    if (!match[2]) return { ...range, message: "A {{ is not closed by }}." };
    if (/^[#^/>!=&]/.test(name)) return { ...range, message: `Only {{name}} is supported, not {{${name}}}.` };
    if (!known.has(name)) return { ...range, message: name ? `There is no {{${name}}}.` : "A {{ }} needs a name." };
  }
  return null;
}
