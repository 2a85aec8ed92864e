import { z } from "zod";

/** The parts of a JSON schema that a form uses. */
interface FormPart {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  widget?: string;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, FormPart>;
  additionalProperties?: FormPart | boolean;
  propertyNames?: FormPart;
  items?: FormPart | boolean;
  anyOf?: FormPart[];
  oneOf?: FormPart[];
}

/** Characters of a line, and of a text of several lines such as a certificate, where the field says nothing else. */
const LINE = 4_000;
const TEXT = 100_000;
const ENTRIES = 500;
const NAMES = 200;
const NAME = 200;
const NUMBER = 1e15;

/** The JSON schema of a form, `io: "input"`, with the field metadata. What sets no limit of its own gets a general one. */
export function describeForm(schema: z.ZodObject): Record<string, unknown> {
  // Spread: zod attaches a hidden object with methods to it, which cannot travel to a browser.
  return { ...limited(z.toJSONSchema(schema, { io: "input" }) as FormPart) };
}

/** One sentence per part of a value that exceeds what its form allows, by path: `to[3]`. */
export function formProblems(form: object, value: unknown): Record<string, string> {
  const problems: Record<string, string> = {};
  measure(form, value, "", problems);
  return problems;
}

function limited(part: FormPart): FormPart {
  const { properties, items, additionalProperties, propertyNames, anyOf, oneOf } = part;
  return {
    ...part,
    ...limitsOf(part),
    ...(properties && { properties: mapValues(properties, limited) }),
    ...(typeof items === "object" && { items: limited(items) }),
    ...(typeof additionalProperties === "object" && {
      additionalProperties: limited(additionalProperties),
      propertyNames: {
        ...propertyNames,
        ...(propertyNames?.enum ? {} : { maxLength: propertyNames?.maxLength ?? NAME }),
      },
    }),
    ...(anyOf && { anyOf: anyOf.map((one) => limited({ widget: part.widget, ...one })) }),
    ...(oneOf && { oneOf: oneOf.map(limited) }),
  };
}

function limitsOf(part: FormPart): FormPart {
  const types = [part.type].flat();
  const isFixed = part.enum !== undefined || "const" in part;
  if (isFixed) return {};
  const isRecord = types.includes("object") && typeof part.additionalProperties === "object";
  return {
    ...(types.includes("string") && { maxLength: part.maxLength ?? (part.widget === "textarea" ? TEXT : LINE) }),
    ...(types.includes("array") && { maxItems: part.maxItems ?? ENTRIES }),
    ...(isRecord && { maxProperties: part.maxProperties ?? NAMES }),
    ...((types.includes("number") || types.includes("integer")) && numberLimits(part)),
  };
}

function numberLimits({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: FormPart): FormPart {
  const isOpen = (bound: number | undefined) => bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER;
  return {
    ...(isOpen(minimum ?? exclusiveMinimum) && { minimum: -NUMBER }),
    ...(isOpen(maximum ?? exclusiveMaximum) && { maximum: NUMBER }),
  };
}

function measure(part: FormPart, value: unknown, path: string, problems: Record<string, string>): void {
  const options = part.anyOf ?? part.oneOf;
  if (options) {
    const attempts = options.filter((option) => mayBe(option, value)).map((option) => collect(option, value, path));
    const least = attempts.sort((a, b) => Object.keys(a).length - Object.keys(b).length)[0];
    Object.assign(problems, least);
  } else if (typeof value === "string") {
    if (part.maxLength !== undefined && value.length > part.maxLength)
      problems[path] = `At most ${count(part.maxLength)} characters.`;
  } else if (typeof value === "number") {
    if (part.maximum !== undefined && value > part.maximum) problems[path] = `At most ${count(part.maximum)}.`;
    if (part.minimum !== undefined && value < part.minimum) problems[path] = `At least ${count(part.minimum)}.`;
  } else if (Array.isArray(value)) measureList(part, value, path, problems);
  else if (typeof value === "object" && value !== null) measureNames(part, value, path, problems);
}

function measureList(part: FormPart, value: unknown[], path: string, problems: Record<string, string>): void {
  if (part.maxItems !== undefined && value.length > part.maxItems)
    problems[path] = `At most ${count(part.maxItems)} entries.`;
  else if (typeof part.items === "object") {
    for (const [at, item] of value.entries()) measure(part.items, item, `${path}[${at}]`, problems);
  }
}

function measureNames(part: FormPart, value: object, path: string, problems: Record<string, string>): void {
  const { properties = {}, additionalProperties, propertyNames, maxProperties } = part;
  const entries = Object.entries(value);
  if (maxProperties !== undefined && entries.length > maxProperties) {
    problems[path] = `At most ${count(maxProperties)} entries.`;
    return;
  }
  for (const [name, item] of entries) {
    const at = path ? `${path}.${name}` : name;
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (propertyNames?.maxLength !== undefined && name.length > propertyNames.maxLength)
      problems[path] = `Names have at most ${count(propertyNames.maxLength)} characters.`;
    else if (typeof own === "object") measure(own, item, at, problems);
  }
}

function collect(part: FormPart, value: unknown, path: string): Record<string, string> {
  const problems: Record<string, string> = {};
  measure(part, value, path, problems);
  return problems;
}

/** Whether a value has the type of a part; what has none of the types is for the schema itself to refuse. */
function mayBe(part: FormPart, value: unknown): boolean {
  const type = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  return [part.type]
    .flat()
    .some((one) => one === type || (one === "integer" && type === "number") || one === undefined);
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function count(limit: number): string {
  return limit.toLocaleString("en-US");
}
