import { TEMPLATE_NAMES } from "@/lib/core/template-names";

export interface TemplateSpot {
  message: string;
  /** Characters from the start. */
  at: number;
  length: number;
}

const known = new Set<string>(TEMPLATE_NAMES);

/** The first thing in an own text that the server would refuse, while it is being typed; the server's word is the last. */
export function templateProblem(text: string): TemplateSpot | null {
  for (const match of text.matchAll(/\{\{\{?([^{}]*)(\}\}\}?)?/g)) {
    const spot = { at: match.index, length: match[0].length };
    const name = (match[1] ?? "").trim();
    if (!match[2]) return { ...spot, message: "A {{ is not closed by }}." };
    if (/^[#^/>!=&]/.test(name)) return { ...spot, message: `Only {{name}} is supported, not {{${name}}}.` };
    if (!known.has(name))
      return { ...spot, message: name ? `There is no {{${name}}}.` : "Between {{ and }} stands a name." };
  }
  return null;
}
