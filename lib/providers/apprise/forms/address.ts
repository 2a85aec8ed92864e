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
  /** What people set after `?`; names in lower case. Use `readAppriseSetting`. */
  settings: ReadonlyMap<string, string>;
  /** `?+Name=value` */
  headers: Record<string, string>;
  /** `?-name=value` */
  parameters: Record<string, string>;
  /** `?:name=value` */
  fields: Record<string, string>;
  /** All after `schema://` up to the `?`, undecoded, for services with their own grammar. */
  raw: string;
}

/** What a URL resolves to: another provider, a mistake as one sentence, or null for a service that Belfry has no provider for. */
export type Mapping = Delegate | { problem: string } | null;

/** One service's URLs. Pure. */
export type Form = (address: AppriseAddress) => Mapping;

/** @param form a complete URL as an example */
export function incomplete(form: string): { problem: string } {
  return { problem: `This URL is incomplete. Expected form: ${form}.` };
}

export const LONGEST_URL = 8000;

/** Null for a text that is no Apprise URL. The time grows linearly with the length. */
export function readAddress(text: string): AppriseAddress | null {
  if (text.length > LONGEST_URL) return null;
  const [, schema = "", rest = ""] = /^([a-z][a-z0-9_.-]{0,31}):\/\/(.*)$/is.exec(text.trim()) ?? [];
  if (!schema || !rest) return null;
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
    user: query.settings.get("user") || decodePart(user),
    password: query.settings.get("pass") || query.settings.get("password") || decodePart(password.join(":")),
    host: decodePart(name),
    port: port === undefined ? null : Number(port),
    path: slash < 0 ? [] : readPath(raw.slice(slash)),
    raw,
    ...query,
  };
}

export function readPath(path: string): string[] {
  return path.split("/").map(decodePart).filter(Boolean);
}

/** A plus stays a plus, since passwords and keys contain them; spaces are `%20`. */
function readQuery(text: string): Pick<AppriseAddress, "settings" | "headers" | "parameters" | "fields"> {
  const settings = new Map<string, string>();
  const marked: Record<string, [string, string][]> = { "+": [], "-": [], ":": [] };
  for (const pair of text.split(/[&;]/)) {
    const equals = pair.indexOf("=");
    const name = decodePart(equals < 0 ? pair : pair.slice(0, equals)).trim();
    const value = equals < 0 ? "" : decodePart(pair.slice(equals + 1)).trim();
    if (name.length > 1) marked[name[0] ?? ""]?.push([name.slice(1), value]);
    if (name) settings.set(name.toLowerCase(), value);
  }
  const table = (sign: string) => Object.fromEntries(marked[sign] ?? []);
  return { settings, headers: table("+"), parameters: table("-"), fields: table(":") };
}

/** The first of these settings that is not empty. */
export function readAppriseSetting({ settings }: AppriseAddress, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = settings.get(name);
    if (value) return value;
  }
  return undefined;
}

/** yes, true, on, 1 … or no, false, off, 0; any other value is the default. */
export function isSet(address: AppriseAddress, name: string, otherwise = false): boolean {
  const word = readAppriseSetting(address, name)?.toLowerCase() ?? "";
  if (/^(y|yes|t|true|on|1|\+|enable)/.test(word)) return true;
  if (/^(n|no|f|false|off|0|-|disable|deny|never)/.test(word)) return false;
  return otherwise;
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
