import { AppError } from "@/lib/core/errors";
import { allDestinations, allSources } from "@/lib/jobs/registry";
import { allProviders } from "@/lib/providers/registry";

type Json = Record<string, unknown>;

interface ConfiguredKind {
  id: string;
  label: string;
  formSchema(): Record<string, unknown>;
}

/** The schemas of `config` as components of the document, one per kind. */
export function configSchemas(): Record<string, Json> {
  return {
    ...byKind("ChannelConfig", "provider", allProviders()),
    ...byKind("SourceConfig", "kind", allSources()),
    ...byKind("DestinationConfig", "kind", allDestinations()),
  };
}

function byKind(name: string, discriminator: string, kinds: readonly ConfiguredKind[]): Record<string, Json> {
  const entries = kinds.map(
    (kind) => [`${name}.${kind.id}`, { title: kind.label, ...inSpecificationTerms(plain(kind.formSchema())) }] as const,
  );
  const refs = entries.map(([one]) => ({ $ref: `#/components/schemas/${one}` }));
  const description = `By \`${discriminator}\``;
  const union = refs.length === 1 ? { description, ...refs[0] } : { description, anyOf: refs };
  return { [name]: union, ...Object.fromEntries(entries) };
}

/** Metadata of the form that says nothing about the value. */
const FORM_ONLY = new Set([
  "placeholder",
  "advanced",
  "widget",
  "optionLabels",
  "showWhen",
  "place",
  "sentTo",
  "loosenedBy",
]);

/** A form's schema in the specification's own words: what a person reads becomes title and description, a secret is write-only. */
function inSpecificationTerms(schema: Json): Json {
  const described: Json = {};
  for (const [key, value] of Object.entries(schema)) {
    if (FORM_ONLY.has(key)) continue;
    if (key === "label") described.title = value;
    else if (key === "help") described.description = value;
    else if (key === "secret") described.writeOnly = value;
    else if (key === "properties")
      described.properties = mapValues(value as Record<string, Json>, inSpecificationTerms);
    else if (Array.isArray(value) && /^(any|one|all)Of$/.test(key)) described[key] = value.map(inSpecificationTerms);
    else if (/^(items|additionalProperties|propertyNames)$/.test(key) && typeof value === "object" && value !== null)
      described[key] = inSpecificationTerms(value as Json);
    else described[key] = value;
  }
  return described;
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/**
 * A JSON schema as it stands in the document.
 * @throws AppError `internal` for one with definitions of its own: references to them would not resolve there
 */
export function plain(schema: unknown): Json {
  const { $schema: _, ...rest } = JSON.parse(JSON.stringify(schema)) as Json;
  if (JSON.stringify(rest).includes('"#/$defs'))
    throw new AppError("internal", "A schema of the API refers to itself.");
  return rest;
}
