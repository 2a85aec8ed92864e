import { escapeMarkup } from "../../kit/body-format";

/** A placeholder that is filled from the notification: the variables of a webhook's custom body. */
export class Fill {
  readonly template: string;
  constructor(template: string) {
    this.template = template;
  }
}

export function fill(template: string): Fill {
  return new Fill(template);
}

type Value = string | number | boolean | Fill | readonly Value[] | { readonly [name: string]: Value | undefined };

/** JSON with placeholders. Text from the URL stays literal: braces in it have no meaning. */
export function bodyJson(value: Value): string {
  if (value instanceof Fill) return JSON.stringify(value.template);
  if (typeof value === "string") return plainText(value);
  if (typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(bodyJson).join(",")}]`;
  const members = Object.entries(value).flatMap(([name, one]) =>
    one === undefined ? [] : [`${plainText(name)}:${bodyJson(one)}`],
  );
  return `{${members.join(",")}}`;
}

function isList(value: object): value is readonly Value[] {
  return Array.isArray(value);
}

function plainText(text: string): string {
  return JSON.stringify(text).replaceAll("{", "\\u007b");
}

/** An HTML form with placeholders. */
export function bodyForm(values: Record<string, string | Fill>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const [pair = ""] = [new URLSearchParams([[name, value instanceof Fill ? "" : value]]).toString()];
      return value instanceof Fill ? pair + value.template : pair;
    })
    .join("&");
}

/** One XML element, with a text or a placeholder. */
export function element(name: string, value: string | Fill): string {
  const text = value instanceof Fill ? value.template : escapeMarkup(value).replaceAll("{", "&#123;");
  return `<${name}>${text}</${name}>`;
}
