/**
 * How a service takes mentions: people and groups that it alerts by name. What a person enters is read into the parts of
 * which the message is made, so nothing else of it reaches the service.
 */
export interface MentionFormat<M = unknown> {
  /** One as a person enters it: the placeholder of the field. */
  example: string;
  /** Help below the field: what can be mentioned and where its id is found. */
  hint: string;
  /** What may be entered, as one sentence beside what is refused. */
  refusal: string;
  /** @returns null when it is none */
  read(text: string): M | null;
}

/**
 * The mentions of one message, each once and in their order. What the service's format does not know is left out.
 * @param entered of a render's context
 */
export function readMentions<M>(format: MentionFormat<M>, entered: readonly string[] | undefined): M[] {
  return [...new Set(entered ?? [])].flatMap((text) => format.read(text) ?? []);
}

/** The fact of a preview that says who is mentioned; none when nobody is. */
export function mentionFacts(names: readonly string[]): { label: string; value: string }[] {
  return names.length > 0 ? [{ label: "Mentions", value: names.join(", ") }] : [];
}

/** `Ann Example <id>`, or the id alone, whose name is the id. Null for anything else. */
export function nameAndId(text: string, id: RegExp): { name: string; id: string } | null {
  const whole = text.trim();
  const at = whole.indexOf("<");
  const isNamed = at > 0 && whole.endsWith(">");
  const name = isNamed ? whole.slice(0, at).trim() : whole;
  const value = isNamed ? whole.slice(at + 1, -1) : whole;
  const isName = name.length > 0 && name.length <= NAME_MAX && !/[<>&,]/.test(name);
  return isName && id.test(value) ? { name, id: value } : null;
}

const NAME_MAX = 64;
