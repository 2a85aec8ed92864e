import type { FieldMeta } from "@/lib/core/form-field";

export type Values = Record<string, unknown>;

export type FieldKind = "text" | "password" | "textarea" | "number" | "switch" | "select" | "list" | "pairs";

/** One field of a form. */
export interface FormField {
  name: string;
  kind: FieldKind;
  label: string;
  help?: string;
  placeholder?: string;
  secret: boolean;
  advanced: boolean;
  required: boolean;
  /** May be left empty whatever the other fields are: marked beside the label. */
  isOptional: boolean;
  showWhen?: FieldMeta["showWhen"];
  options: { value: string; label: string }[];
  default?: unknown;
  min?: number;
  max?: number;
  isInteger: boolean;
  inputType: "text" | "url" | "email";
}

/** A node of a JSON schema. */
type Node = Record<string, unknown>;

/**
 * The fields of a configuration form.
 * @param schema as `z.toJSONSchema(config, { io: "input" })` writes it, with the metadata of `field()` on each property
 */
export function readSchemaFields(schema: Node): FormField[] {
  const required = Array.isArray(schema.required) ? schema.required : [];
  // Without any required field the fields depend on one another, and a mark on each would mislead.
  const marksOptional = required.length > 0;
  return Object.entries(nodeOf(schema.properties)).map(([name, property]) => {
    const outer = nodeOf(property);
    const node = { ...unwrapNullable(outer), ...metaOf(outer) };
    const options = optionsOf(node);
    const secret = node.secret === true;
    const showWhen = showWhenOf(node.showWhen);
    return {
      name,
      kind: kindOf(node, options.length > 0, secret),
      label: textOf(node.label) ?? name,
      help: textOf(node.help),
      placeholder: textOf(node.placeholder),
      secret,
      advanced: node.advanced === true,
      required: required.includes(name),
      isOptional: marksOptional && !required.includes(name) && showWhen === undefined && outer.default === undefined,
      showWhen,
      options,
      default: outer.default ?? node.default,
      min: numberOf(node.minimum),
      max: numberOf(node.maximum),
      isInteger: node.type === "integer",
      inputType: node.format === "uri" ? "url" : node.format === "email" ? "email" : "text",
    };
  });
}

function kindOf(node: Node, isChoice: boolean, secret: boolean): FieldKind {
  if (node.type === "array") return "list";
  if (node.type === "object") return "pairs";
  if (node.type === "boolean") return "switch";
  if (node.type === "number" || node.type === "integer") return "number";
  if (node.widget === "textarea") return "textarea";
  if (isChoice) return "select";
  return secret || node.widget === "password" ? "password" : "text";
}

/** The part of a nullable schema that is not null. */
function unwrapNullable(node: Node): Node {
  for (const key of ["anyOf", "oneOf"]) {
    const parts = node[key];
    if (!Array.isArray(parts)) continue;
    const real = parts.map(nodeOf).filter((part) => part.type !== "null");
    const only = real[0];
    if (real.length === 1 && only) return { ...only, ...node };
    if (real.length > 1 && real.every((part) => "const" in part)) {
      return { ...node, type: "string", enum: real.map((part) => part.const) };
    }
  }
  return node;
}

function optionsOf(node: Node): FormField["options"] {
  const values = Array.isArray(node.enum) ? node.enum.filter((value) => typeof value === "string") : [];
  const labels = nodeOf(node.optionLabels);
  return values.map((value) => ({ value, label: textOf(labels[value]) ?? value }));
}

function metaOf(node: Node): Node {
  return Object.fromEntries(Object.entries(node).filter(([key]) => key !== "anyOf" && key !== "oneOf"));
}

function showWhenOf(value: unknown): FieldMeta["showWhen"] {
  const { field, is } = nodeOf(value);
  return typeof field === "string" && Array.isArray(is) ? { field, is } : undefined;
}

function nodeOf(value: unknown): Node {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Node) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined;
}
