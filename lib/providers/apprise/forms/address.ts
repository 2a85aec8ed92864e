import type { Delegate } from "../../contract";
import { decodePart } from "../../kit/decode-part";

/**
 * An Apprise URL in its parts, percent-decoded: `schema://user:password@host:port/path/…?name=value`.
 * https://github.com/caronc/apprise/wiki/URLBasics
 */
export interface AppriseAddress {
  /** In lower case. */
  schema: string;
  user: string;
  password: string;
  host: string;
  port: number | null;
  /** Without empty ones. */
  path: string[];
  /**
   * What people set after `?`, without what is empty; names in lower case, with the sign of `?+name=`, `?-name=` and
   * `?:name=`. Use `readAppriseSetting` and `readMarked`, which note what was read.
   */
  settings: ReadonlyMap<string, string>;
  /** Names with a sign as they are written, and with values that may be empty: see `readMarked`. */
  marked: Readonly<Record<Sign, readonly (readonly [name: string, value: string])[]>>;
  /** The settings that a form has read. What is left at the end is unknown to Belfry. */
  read: Set<string>;
  /** All after `schema://` up to the `?`, undecoded, for services with their own grammar. */
  raw: string;
}

/** `+` adds a header or a detail, `-` a parameter of the query, `:` a field of the body. */
export type Sign = "+" | "-" | ":";

/**
 * What a URL resolves to: another provider; `apprise`, one sentence that says why Apprise itself sends it; or
 * `problem`, one sentence that says why it is no Apprise URL at all.
 */
export type Mapping = Delegate | { apprise: string } | { problem: string };

/** One service's URLs. Changes nothing but the list of what was read of the address. */
export type Form = (address: AppriseAddress) => Delegate | { apprise: string };

/** A URL that Belfry cannot read, though Apprise may. @param form a complete URL as an example */
export function incomplete(form: string): { apprise: string } {
  return { apprise: `Of this service's URLs Belfry knows the form ${form}.` };
}

/** A URL whose setting no field of Belfry's has. @param names as they are in the URL */
export function unknownSetting(...names: string[]): { apprise: string } {
  const list = names.map((name) => `“${name.slice(0, 60)}”`);
  const all = list.length > 1 ? `${list.slice(0, -1).join(", ")} and ${list.at(-1)}` : list[0];
  return { apprise: `Belfry cannot do what ${all} in this URL asks for.` };
}

export const LONGEST_URL = 8000;

/** Null for a text that is no Apprise URL. The time grows linearly with the length. */
export function readAppriseAddress(text: string): AppriseAddress | null {
  if (text.length > LONGEST_URL) return null;
  const [, schema = "", rest = ""] = /^([a-z][a-z0-9_.-]{0,31}):\/\/(.*)$/is.exec(text.trim()) ?? [];
  if (!schema) return null;
  const question = rest.indexOf("?");
  const raw = question < 0 ? rest : rest.slice(0, question);
  const slash = raw.indexOf("/");
  const authority = slash < 0 ? raw : raw.slice(0, slash);
  // A password with an @ in it is a common slip: the last one counts.
  const at = authority.lastIndexOf("@");
  const [user = "", ...password] = at < 0 ? [] : authority.slice(0, at).split(":");
  const place = authority.slice(at + 1);
  const [, name = place, port] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(place) ?? [];
  const query = readQuery(question < 0 ? "" : rest.slice(question + 1));
  return {
    schema: schema.toLowerCase(),
    user: query.settings.get("user") ?? decodePart(user),
    password: query.settings.get("pass") ?? query.settings.get("password") ?? decodePart(password.join(":")),
    host: decodePart(name),
    port: port === undefined ? null : Number(port),
    path: slash < 0 ? [] : readPath(raw.slice(slash)),
    raw,
    read: new Set(["user", "pass", "password"]),
    ...query,
  };
}

export function readPath(path: string): string[] {
  return path.split("/").map(decodePart).filter(Boolean);
}

/** A plus stays a plus, since passwords and keys contain them; spaces are `%20`. */
function readQuery(text: string): Pick<AppriseAddress, "settings" | "marked"> {
  const settings = new Map<string, string>();
  const marked: Record<Sign, [string, string][]> = { "+": [], "-": [], ":": [] };
  for (const pair of text.split(/[&;]/)) {
    const equals = pair.indexOf("=");
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals)).trim();
    const value = equals < 0 ? "" : decodePart(pair.slice(equals + 1)).trim();
    const sign = name[0];
    const isMarked = name.length > 1 && (sign === "+" || sign === "-" || sign === ":");
    if (isMarked) marked[sign].push([name.slice(1), value]);
    if (isMarked || (name && value)) settings.set(name.toLowerCase(), value);
  }
  return { settings, marked };
}

/** `?+Name=value` and the like by their names. */
export function readMarked({ marked, read }: AppriseAddress, sign: Sign): Record<string, string> {
  for (const [name] of marked[sign]) read.add(`${sign}${name}`.toLowerCase());
  return Object.fromEntries(marked[sign]);
}

/** The first of these settings that is not empty. */
export function readAppriseSetting({ settings, read }: AppriseAddress, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = settings.get(name);
    if (value === undefined) continue;
    read.add(name);
    return value;
  }
  return undefined;
}

/** Settings that no form has read, as they are in the URL. */
export function unreadSettings({ settings, read }: AppriseAddress): string[] {
  return [...settings.keys()].filter((name) => !read.has(name));
}

/** yes, true, on, 1 … or no, false, off, 0; any other value is the default. */
export function isSet(address: AppriseAddress, name: string, otherwise = false): boolean {
  const word = readAppriseSetting(address, name)?.toLowerCase() ?? "";
  if (/^(y|yes|t|true|on|1|\+|enable)/.test(word)) return true;
  if (/^(n|no|f|false|off|0|-|disable|deny|never)/.test(word)) return false;
  return otherwise;
}

/**
 * Notes switches as read that are set to what Belfry does anyway; any other stays unread.
 * @param does what Belfry does, by the name of the switch
 */
export function meetSwitches(address: AppriseAddress, does: Record<string, boolean>): void {
  for (const [name, value] of Object.entries(does)) {
    if (isSet({ ...address, read: new Set() }, name, value) === value) address.read.add(name);
  }
}

/** Notes settings as read whose value means what Belfry does anyway; any other stays unread. */
export function meetWords(address: AppriseAddress, met: Record<string, RegExp>): void {
  for (const [name, words] of Object.entries(met))
    if (words.test(address.settings.get(name) ?? "")) address.read.add(name);
}

/** How long Belfry waits for a connection and for an answer, at least; a URL that asks for more is Apprise's. */
const LONGEST_WAITS = { cto: 5, rto: 10 };

/** Settings of every URL: https://github.com/caronc/apprise/wiki/URLBasics. Text over a limit is always cut. */
export function meetCommonSettings(address: AppriseAddress): void {
  meetSwitches(address, { verify: true, emojis: false });
  meetWords(address, { overflow: /^[ut]/i, store: /./ });
  for (const [name, longest] of Object.entries(LONGEST_WAITS)) {
    if (Number(address.settings.get(name)) <= longest) address.read.add(name);
  }
}

/** Targets of the path and of `?to=`, each once. */
export function targetsOf(address: AppriseAddress, path: string[] = address.path): string[] {
  return [...new Set([...path, ...splitList(readAppriseSetting(address, "to"))])];
}

export function splitList(text: string | undefined): string[] {
  return (text ?? "").split(/[\s,;|]+/).filter(Boolean);
}

/** `https://host:8443` for the schemas that have an encrypted twin ending in s. */
export function appriseOrigin({ host, port }: AppriseAddress, isSecure: boolean): string {
  return `${isSecure ? "https" : "http"}://${host}${port === null ? "" : `:${port}`}`;
}

/** The same with user and password, for Basic authentication. */
export function originWithLogin(address: AppriseAddress, isSecure: boolean): string {
  const { user, password } = address;
  const origin = appriseOrigin(address, isSecure);
  if (!user) return origin;
  const login = `${encodeURIComponent(user)}${password ? `:${encodeURIComponent(password)}` : ""}@`;
  return origin.replace("://", `://${login}`);
}

/** Path entries joined, encoded, each with a leading slash. */
export function pathOf(entries: readonly string[]): string {
  return entries.map((entry) => `/${encodeURIComponent(entry)}`).join("");
}

/** A configuration without its empty values. */
export function withoutEmpty(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined && value !== ""));
}

/** One target: the whole URL is one channel of that provider. */
export function delegate(provider: string, config: Record<string, unknown>, name = ""): Delegate {
  return { provider, targets: [{ name, config: withoutEmpty(config) }] };
}

/** One request per name. */
export function delegateEach(
  provider: string,
  names: readonly string[],
  config: (name: string) => Record<string, unknown>,
): Delegate {
  return { provider, targets: [...new Set(names)].map((name) => ({ name, config: withoutEmpty(config(name)) })) };
}
