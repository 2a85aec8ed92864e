import {
  type AppriseAddress,
  delegate,
  type Form,
  incomplete,
  meetWords,
  originWithLogin,
  pathOf,
  readAppriseSetting,
  readMarked,
  unknownSetting,
} from "./address";
import { bodyForm, bodyJson, element, type Fill, fill } from "./body";

/** Apprise's own bodies to any address: https://github.com/caronc/apprise/wiki/Notify_Custom_JSON */
export const POST_FORMS: Record<string, Form> = Object.fromEntries(
  (["json", "form", "xml"] as const).flatMap((kind) => [
    [kind, (address: AppriseAddress) => post(address, kind, false)],
    [`${kind}s`, (address: AppriseAddress) => post(address, kind, true)],
  ]),
);

const CONTENT_TYPES = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  xml: "application/xml",
};

function post(address: AppriseAddress, kind: "json" | "form" | "xml", isSecure: boolean): ReturnType<Form> {
  const { host, path } = address;
  if (!host) return incomplete(`${kind}://host/path`);
  const method = (readAppriseSetting(address, "method") ?? "POST").toUpperCase();
  // Bodies with GET, and deletions, are for Apprise itself.
  if (!/^(POST|PUT|PATCH)$/.test(method)) return unknownSetting("method");
  meetWords(address, { format: /^t/i });
  const query = new URLSearchParams(readMarked(address, "-")).toString();
  const { contentType, others } = parted(readMarked(address, "+"));
  return delegate("webhook", {
    url: `${originWithLogin(address, isSecure)}${pathOf(path) || "/"}${query ? `?${query}` : ""}`,
    method,
    contentType: contentType ?? CONTENT_TYPES[kind],
    authHeader: others.find(([name]) => /^authorization$/i.test(name))?.[1],
    headers: tableOf(others.filter(([name]) => !/^authorization$/i.test(name))),
    template: BODIES[kind](readMarked(address, ":")),
  });
}

/** The content type is the one header with a separate field. */
function parted(headers: Record<string, string>): { contentType: string | undefined; others: [string, string][] } {
  const all = Object.entries(headers);
  const isType = ([name]: [string, string]) => /^content-type$/i.test(name);
  return { contentType: all.find(isType)?.[1], others: all.filter((each) => !isType(each)) };
}

function tableOf(pairs: [string, string][]): Record<string, string> | undefined {
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

const WORDS: Record<"title" | "message" | "type", string> = {
  title: "{{title}}",
  message: "{{message}}",
  type: "{{apprise.type}}",
};

/** `:message=text` renames a field that is there and `:message=` leaves it out; any other name adds a field. */
function withFields<V>(own: Record<string, V>, fields: Record<string, string>): Record<string, V | string> {
  const all: Record<string, V | string> = {};
  for (const [name, value] of Object.entries(own)) {
    const renamed = fields[name];
    if (renamed === undefined) all[name] = value;
    else if (renamed) all[renamed] = value;
  }
  for (const [name, value] of Object.entries(fields)) if (!(name in own)) all[name] = value;
  return all;
}

const BODIES: Record<"json" | "form" | "xml", (fields: Record<string, string>) => string> = {
  json: (fields) =>
    bodyJson(
      withFields<string | Fill | readonly never[]>(
        {
          version: "1.0",
          title: fill(WORDS.title),
          message: fill(WORDS.message),
          attachments: [],
          type: fill(WORDS.type),
        },
        fields,
      ),
    ),
  form: (fields) =>
    bodyForm(
      withFields<string | Fill>(
        { version: "1.0", title: fill(WORDS.title), message: fill(WORDS.message), type: fill(WORDS.type) },
        fields,
      ),
    ),
  xml: (fields) => {
    const own: Record<string, string | Fill> = {
      Version: "1.1",
      Subject: fill(WORDS.title),
      MessageType: fill(WORDS.type),
      Message: fill(WORDS.message),
    };
    const inside = Object.entries(withFields(own, fields)).flatMap(([name, value]) => {
      const tag = name.replace(/[^\w-]/g, "");
      return /^[A-Za-z_]/.test(tag) ? [element(tag, value)] : [];
    });
    return envelope(inside.join(""));
  },
};

/** https://raw.githubusercontent.com/caronc/apprise/master/apprise/assets/NotifyXML-1.1.xsd */
function envelope(inside: string): string {
  const spaces = [
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"',
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  ].join(" ");
  const schema = "https://raw.githubusercontent.com/caronc/apprise/master/apprise/assets/NotifyXML-1.1.xsd";
  const body = `<soapenv:Body><Notification xmlns:xsi="${schema}">${inside}</Notification></soapenv:Body>`;
  return `<?xml version='1.0' encoding='utf-8'?>\n<soapenv:Envelope ${spaces}>${body}</soapenv:Envelope>`;
}
