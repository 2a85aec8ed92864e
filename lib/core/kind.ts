import type { z } from "zod";
import { describeForm } from "./form-limits";

/** A mark in one colour: SVG path data on a field of 24 × 24. */
export interface Icon {
  path: string;
}

/** What every kind of a thing declares about itself: a provider, a source, a destination, a receiver, a monitor. */
export interface KindSpec<S extends z.ZodObject> {
  id: string;
  label: string;
  /** One short line for the picker: what it is for. */
  tagline: string;
  /** What else people call it, for the search of the picker. */
  aliases?: readonly string[];
  icon: Icon;
  /** Given as a function it is made when it is first asked for: all forms at once would take half of a start's time. */
  config: S | (() => S);
  /** Complete and plausible: tests, the documentation and the OpenAPI document use it. */
  example: z.input<S>;
  /** Programs that must be installed for it, by the names that are run. */
  tools?: readonly string[];
  /** A configuration in one line, without its secrets: `/srv/files`, `backup@db1/shop`. Empty: nothing says it. */
  summary?(config: z.output<S>): string;
}

/** A kind as a registry holds it: its config type is closed over, so nothing casts. */
export interface Kind {
  readonly id: string;
  readonly label: string;
  readonly tagline: string;
  readonly aliases: readonly string[];
  readonly icon: Icon;
  readonly tools: readonly string[];
  readonly configSchema: z.ZodObject;
  readonly example: unknown;
  /** Names of the fields that are secrets, the only ones that are sealed. */
  readonly secretFields: readonly string[];
  /** JSON schema of the form, `io: "input"`, with the field metadata. */
  formSchema(): Record<string, unknown>;
  /** @throws ZodError */
  parse(config: unknown): unknown;
  /** One line for lists; empty for a configuration that the schema does not take. */
  summary(config: unknown): string;
}

/** Closes over a kind's config type. `defineProvider`, `defineSource` and the others add what is theirs. */
export function defineKind<S extends z.ZodObject>(spec: KindSpec<S>): Kind {
  let made: S | undefined;
  const schema = (): S => {
    made ??= typeof spec.config === "function" ? spec.config() : spec.config;
    return made;
  };
  let secrets: string[] | undefined;
  return {
    id: spec.id,
    label: spec.label,
    tagline: spec.tagline,
    aliases: spec.aliases ?? [],
    icon: spec.icon,
    tools: spec.tools ?? [],
    example: spec.example,
    get configSchema() {
      return schema();
    },
    get secretFields() {
      secrets ??= secretNames(schema());
      return secrets;
    },
    formSchema: () => describeForm(schema()),
    parse: (config) => schema().parse(config),
    summary(config) {
      const parsed = schema().safeParse(config);
      return parsed.success ? (spec.summary?.(parsed.data) ?? "") : "";
    },
  };
}

/** Kinds by id. @throws Error when two have the same id: a defect of the registry */
export function kindsById<K extends { id: string }>(kinds: readonly K[]): ReadonlyMap<string, K> {
  const byId = new Map(kinds.map((kind) => [kind.id, kind]));
  if (byId.size !== kinds.length) throw new Error("A registry holds two kinds of the same id.");
  return byId;
}

function secretNames(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([, field]) => field.meta()?.secret === true)
    .map(([name]) => name);
}
