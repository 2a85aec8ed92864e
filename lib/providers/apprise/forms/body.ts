import { escapeMarkup } from "../../kit/body-format";

/** A place in a body that is filled with the notification: names of a webhook's own body. */
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

/** JSON with places to fill. Words of a URL stay words: two braces of theirs mean nothing. */
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

/** An HTML form with places to fill. */
export function bodyForm(values: Record<string, string | Fill>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const [pair = ""] = [new URLSearchParams([[name, value instanceof Fill ? "" : value]]).toString()];
      return value instanceof Fill ? pair + value.template : pair;
    })
    .join("&");
}

/** One element of XML, with its text or a place to fill. */
export function element(name: string, value: string | Fill): string {
  const text = value instanceof Fill ? value.template : escapeMarkup(value).replaceAll("{", "&#123;");
  return `<${name}>${text}</${name}>`;
}
