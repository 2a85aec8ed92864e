import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { isAbsolute, sep } from "node:path";
import { AppError, isAppError } from "@/lib/core/errors";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { type ConfigSchema, type Recipient, recipientsOf } from "@/lib/core/secret-recipients";
import type { Config } from "./config";

/** What the operator of the server allows secrets to name. */
export interface AllowedReferences {
  /** Variables of the environment with their values. */
  variables: Readonly<Record<string, string>>;
  /** Absolute folders; files in them and below them may be named. */
  folders: readonly string[];
  /**
   * By the name of a variable or a folder: the only servers that it may be sent to, as `host`, `host:port` or
   * `*.domain`. Absent: any.
   */
  onlyTo?: Readonly<Record<string, readonly string[]>>;
}

declare module "@/lib/core/runtime" {
  interface RuntimeValues {
    /** `BELFRY_SECRET_REFERENCES`. */
    secretReferences: AllowedReferences;
  }
}

/** A configuration with the secrets themselves, for use and never to be stored. */
export interface OpenedReferences {
  config: Config;
  /** What was read, to be redacted. */
  values: string[];
  /** Fields that contain references. */
  fields: string[];
}

const REFERENCE = /\{(env|file):([^{}]*)\}/g;
const MOST_BYTES = 64 * 1024;

/** True when a text names a variable or a file by `{env:NAME}` or `{file:/path}`. */
export function hasReference(value: unknown): boolean {
  if (typeof value === "string") return value.search(REFERENCE) !== -1;
  return typeof value === "object" && value !== null && Object.values(value).some(hasReference);
}

/**
 * Replaces each `{env:NAME}` and `{file:/path}` in the secret fields by what it names now.
 * @param kind declares the fields, and where each secret is sent
 * @throws AppError `invalid` with a sentence beside each field whose reference is not allowed, is not allowed for the
 * server that it would be sent to, or leads nowhere
 */
export function openReferences(
  config: Config,
  { secretFields, configSchema }: { readonly secretFields: readonly string[]; readonly configSchema: ConfigSchema },
): OpenedReferences {
  const fields = secretFields.filter((name) => hasReference(config[name]));
  const opened: Config = { ...config };
  const values: string[] = [];
  const problems: Record<string, string> = {};
  const limits: { field: string; named: string; onlyTo: readonly string[] }[] = [];
  const replaceIn = (field: string) => (text: string) =>
    text.replace(REFERENCE, (_, kind: string, name: string) => {
      const found = kind === "env" ? variableOf(name) : contentOf(name);
      values.push(found.value);
      for (const onlyTo of found.onlyTo) limits.push({ field, named: name.slice(0, 100), onlyTo });
      return found.value;
    });
  for (const name of fields) {
    try {
      opened[name] = mapTexts(config[name], replaceIn(name));
    } catch (error) {
      if (!isAppError(error)) throw error;
      problems[name] = error.message;
    }
  }
  for (const { field, named, onlyTo } of limits) {
    const recipients = recipientsOf(configSchema, opened, field);
    if (recipients && !mayGoTo(recipients, onlyTo))
      problems[field] ??= `${named} may be sent to ${onlyTo.join(" or ")} only, as BELFRY_SECRET_REFERENCES says.`;
  }
  const sentences = Object.values(problems);
  if (sentences.length > 0) throw new AppError("invalid", sentences.join(" "), { fields: problems });
  return { config: opened, values, fields };
}

/** A server that is not known is none of those that are allowed. */
function mayGoTo(recipients: readonly Recipient[], onlyTo: readonly string[]): boolean {
  return recipients.length > 0 && recipients.every((one) => onlyTo.some((allowedOne) => isMeant(one, allowedOne)));
}

function isMeant({ host, port }: Recipient, text: string): boolean {
  const [, name = text, number] = /^(.*?)(?::(\d+))?$/.exec(text.toLowerCase()) ?? [];
  const isHost = name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;
  return isHost && (number === undefined || Number(number) === port);
}

/** What a reference names, and each list of servers that it may only be sent to. */
interface Found {
  value: string;
  onlyTo: (readonly string[])[];
}

function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return value.map((part) => mapTexts(part, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapTexts(part, replace)]));
}

function allowed(): AllowedReferences {
  return peekRuntimeValue("secretReferences") ?? { variables: {}, folders: [] };
}

function variableOf(name: string): Found {
  const { variables, onlyTo } = allowed();
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (value) return { value, onlyTo: onlyTo && Object.hasOwn(onlyTo, name) ? [onlyTo[name] ?? []] : [] };
  const cause = value === "" ? "is empty" : "is not set, or BELFRY_SECRET_REFERENCES does not list it";
  throw new AppError("invalid", `The variable ${name.slice(0, 100)} ${cause}.`);
}

/** The real path counts, so that no link leads out of the folder; nothing in the data folder may be named. */
function contentOf(path: string): Found {
  const shown = path.slice(0, 300);
  const refusal = `The file ${shown} is in no folder that BELFRY_SECRET_REFERENCES lists.`;
  if (!isAbsolute(path))
    throw new AppError("invalid", `A file is named by its absolute path: {file:/run/secrets/name}.`);
  // Before anything is looked at, so that nobody learns which other files exist.
  if (path.split(sep).includes("..") || !allowed().folders.some((folder) => isInside(path, folder)))
    throw new AppError("invalid", refusal);
  const real = realPath(path);
  if (real === null) throw new AppError("invalid", `There is no file ${shown}, or Belfry may not read it.`);
  const dataDir = realPath(peekRuntimeValue("dataDir") ?? "");
  const isAllowed = allowed().folders.some((folder) => isInside(real, realPath(folder) ?? folder));
  if (!isAllowed || (dataDir && isInside(real, dataDir))) throw new AppError("invalid", refusal);
  const text = readSmallFile(real);
  if (text === null)
    throw new AppError("invalid", `The file ${shown} cannot be read as a secret: it is no file, or too large.`);
  const value = text.replace(/\r?\n$/, "");
  if (value === "") throw new AppError("invalid", `The file ${shown} is empty.`);
  return { value, onlyTo: [path, real].flatMap((one) => limitOf(one)) };
}

/** The limit of the closest folder around a file. */
function limitOf(path: string): (readonly string[])[] {
  const { folders, onlyTo = {} } = allowed();
  const around = folders.flatMap((folder) => [folder, realPath(folder) ?? folder].map((place) => ({ folder, place })));
  const [closest] = around.filter(({ place }) => isInside(path, place)).sort((a, b) => b.place.length - a.place.length);
  const limit = closest && onlyTo[closest.folder];
  return limit ? [limit] : [];
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realPath(path: string): string | null {
  try {
    return path ? realpathSync(path) : null;
  } catch {
    return null;
  }
}

/** A pipe would hold up the whole process. */
function readSmallFile(path: string): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const facts = fstatSync(file);
    return facts.isFile() && facts.size <= MOST_BYTES ? readFileSync(file, "utf8") : null;
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
