import { type FormField, readSchemaFields } from "@/components/form/schema-fields";
import type { Provider } from "@/lib/providers/contract";
import { cell, markdownTable } from "./markdown";

/** The fields of a channel's form: the key that the API and configuration files use, and what the form shows. */
export function fieldsTable(provider: Provider): string {
  const fields = readSchemaFields(provider.formSchema());
  const rows = fields.map((field) => [
    `\`${field.name}\``,
    plain(field.label),
    startOf(field),
    sentencesOf(field, fields),
  ]);
  return markdownTable(["key", "on the form", "default", "meaning"], rows);
}

function startOf({ required, kind, default: start }: FormField): string {
  if (required) return "required";
  if (kind === "switch") return start === true ? "on" : "off";
  return start === undefined || start === "" ? "none" : code(typeof start === "string" ? start : JSON.stringify(start));
}

function sentencesOf(field: FormField, all: FormField[]): string {
  const { help, options, showWhen } = field;
  const choices = options.map(({ value, label }) =>
    label === value ? code(value) : `${code(value)} (${plain(label)})`,
  );
  const other = all.find(({ name }) => name === showWhen?.field);
  return [
    help && sentence(plain(help)),
    choices.length > 0 && `One of ${choices.join(", ")}.`,
    field.secret && "Secret.",
    field.advanced && "Under Advanced.",
    showWhen && `Shown while ${plain(other?.label ?? showWhen.field)} is ${showWhen.is.map(wordOf).join(" or ")}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

function wordOf(value: string | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return value === "" ? "empty" : code(value);
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

/** Screen text, escaped for markdown. */
function plain(text: string): string {
  return cell(text).replace(/[\\`*_<[](?!\|)/g, "\\$&");
}
