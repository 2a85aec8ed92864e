import { isMapping, type YamlMapping, YamlTagged, type YamlValue } from "@/lib/core/yaml/read-yaml";

/** A key of the file, and whether it is taken. */
export interface KeyLine {
  /** With the keys above it: `hooks.ntfy.topic`. */
  key: string;
  isTaken: boolean;
  /** As what it is taken, or why not, as a sentence without values of the file. */
  text: string;
}

/** Why what another file would add is not there. */
export const INCLUDED = "Another file is included, which is not read: put it into the text to import it too.";

/** A hook that cannot become a channel, because of what the message says. */
export class HookRefused extends Error {}

export type Constants = ReadonlyMap<string, string>;

/** borgmatic reads these on its own machine. Belfry's own references are refused too: a pasted file names no secrets of this server. */
const ELSEWHERE = /\{credential\s|\{(?:env|file):/;
const VARIABLE = /(?<!\\)\$\{[A-Za-z_]/;
const CONSTANT = /\{([A-Za-z_]\w*)\}/g;

/** A mapping of the file that notes the result of each key. */
export class Section {
  readonly lines: KeyLine[] = [];
  readonly #open: Set<string>;

  constructor(
    readonly path: string,
    private readonly values: YamlMapping,
    private readonly constants: Constants,
  ) {
    this.#open = new Set(Object.keys(values));
  }

  /** True while nothing is noted of a key that is there with a value. */
  has(key: string): boolean {
    return this.#open.has(key) && this.values[key] !== null;
  }

  value(key: string): YamlValue | undefined {
    return Object.hasOwn(this.values, key) ? this.values[key] : undefined;
  }

  take(key: string, text: string): void {
    this.#note(key, true, text);
  }

  leave(key: string, text: string): void {
    this.#note(key, false, text);
  }

  /**
   * The text of a key, with constants put in. Null: it is not there, or empty.
   * @throws HookRefused for what only borgmatic's machine can read
   */
  text(key: string, as: string): string | null {
    const value = this.value(key);
    if (value === undefined) return null;
    const text = this.#resolved(key, value);
    if (text === null) this.leave(key, "It is empty.");
    else this.take(key, as);
    return text;
  }

  /** As `text`. @throws HookRefused when it is not there */
  required(key: string, as: string): string {
    const text = this.text(key, as);
    if (text === null) throw new HookRefused(`It has no ${key}.`);
    return text;
  }

  flag(key: string, as: (is: boolean) => string): boolean | null {
    const value = this.value(key);
    if (value === undefined) return null;
    if (typeof value === "boolean") this.take(key, as(value));
    else this.leave(key, "It is neither true nor false.");
    return typeof value === "boolean" ? value : null;
  }

  whole(key: string, as: string): number | null {
    const value = this.value(key);
    if (value === undefined) return null;
    if (Number.isSafeInteger(value)) this.take(key, as);
    else this.leave(key, "It is no whole number.");
    return Number.isSafeInteger(value) ? Number(value) : null;
  }

  /** A mapping below; its lines become this one's by `adopt`. */
  below(key: string): Section | null {
    const value = this.value(key);
    if (isMapping(value)) return new Section(`${this.path}.${key}`, value, this.constants);
    if (value !== undefined && this.#open.has(key)) this.leave(key, refusedShape(value));
    return null;
  }

  /** A mapping of a list below. */
  item(key: string, index: number, values: YamlMapping): Section {
    return new Section(`${this.path}.${key}[${index}]`, values, this.constants);
  }

  adopt(key: string, section: Section): void {
    this.#open.delete(key);
    this.lines.push(...section.lines);
  }

  /** Names what is left. */
  leaveRest(reason = "Belfry does not know it."): void {
    for (const key of this.#open) {
      if (key === "<<") this.leave(key, INCLUDED);
      else this.leave(key, this.values[key] === null ? "It is empty." : reason);
    }
  }

  #note(key: string, isTaken: boolean, text: string): void {
    this.#open.delete(key);
    this.lines.push({ key: `${this.path}.${key}`, isTaken, text });
  }

  #resolved(key: string, value: YamlValue): string | null {
    if (value === null || value === "") return null;
    if (value instanceof YamlTagged) throw new HookRefused(`Its ${key} is in another file (${value.tag}).`);
    if (typeof value === "object") throw new HookRefused(`Its ${key} is a list or a mapping, and should be a text.`);
    const text = String(value).replaceAll(CONSTANT, (whole, name) => this.constants.get(name) ?? whole);
    if (ELSEWHERE.test(text))
      throw new HookRefused(`Its ${key} is a credential that is kept elsewhere: enter it by hand.`);
    if (VARIABLE.test(text))
      throw new HookRefused(`Its ${key} is in an environment variable of its machine: enter it by hand.`);
    return text.replaceAll("\\${", "${");
  }
}

/** Why a value that should be a mapping cannot be read. */
export function refusedShape(value: YamlValue): string {
  if (value === null) return "It is empty.";
  if (value instanceof YamlTagged)
    return `It is in another file (${value.tag}), which is not read: put it into the text and import that.`;
  return "It is no mapping, so it cannot be read.";
}
