import { AppError } from "@/lib/core/errors";
import { isMapping, readYaml, type YamlMapping, YamlTagged, type YamlValue } from "@/lib/core/yaml/read-yaml";
import type { HookReader, ReadHook, Syntax } from "./hook";
import { MESSAGE_HOOKS } from "./message-hooks";
import { MONITOR_HOOKS, SHORT_FORMS } from "./monitor-hooks";
import { whyNotTaken } from "./other-keys";
import { type Constants, HookRefused, INCLUDED, type KeyLine, refusedShape, Section } from "./section";

/** Groups of keys of borgmatic up to 1.7, which later versions still read for a while. */
const SECTIONS = ["location", "storage", "retention", "consistency", "output", "hooks"];
const HOOKS: ReadonlyMap<string, HookReader> = new Map(Object.entries({ ...MESSAGE_HOOKS, ...MONITOR_HOOKS }));
/** Most keys of a file with every option. */
const MAX_KEYS = 1_000;

/** A configuration file of borgmatic, as Belfry understands it. */
export interface ReadConfig {
  syntax: Syntax;
  hooks: ReadHook[];
  /** Every key, in the order of the file. */
  lines: KeyLine[];
}

/**
 * Reads a configuration file of borgmatic, 1.5 to 2.1.
 * @throws AppError `invalid` for what is none
 */
export function readConfig(text: string): ReadConfig {
  const root = readYaml(text);
  if (!isMapping(root) || Object.keys(root).length === 0)
    throw refuse("This is no configuration of borgmatic: at its top there is no key such as repositories or location.");
  const syntax: Syntax = SECTIONS.some((name) => isMapping(root[name])) ? "sections" : "flat";
  const entries = entriesOf(root);
  if (!entries.some(({ key }) => HOOKS.has(key) || KNOWN.test(key)))
    throw refuse(
      "This is no configuration of borgmatic: it names no repositories, no source directories and no hooks.",
    );
  if (entries.length > MAX_KEYS) throw refuse("This file has more than 1,000 keys: borgmatic knows far fewer.");
  const constants = constantsOf(root.constants);
  const seen = new Set<string>();
  const read = entries.map((entry) => {
    if (seen.has(entry.key)) return leave(entry.path, "It is there twice, and counts once.");
    seen.add(entry.key);
    return readEntry(entry, syntax, constants);
  });
  return { syntax, hooks: read.flatMap(({ hooks }) => hooks), lines: read.flatMap(({ lines }) => lines) };
}

const KNOWN = /^(repositories|source_directories|keep_\w+|checks|patterns|encryption_pass\w+)$/;

interface Entry {
  /** Its name, by which it is known. */
  key: string;
  /** With its section. */
  path: string;
  value: YamlValue;
}

function entriesOf(root: YamlMapping): Entry[] {
  return Object.entries(root).flatMap(([key, value]): Entry[] => {
    if (!SECTIONS.includes(key) || !isMapping(value)) return [{ key, path: key, value }];
    return Object.entries(value).map(([name, inner]) => ({ key: name, path: `${key}.${name}`, value: inner }));
  });
}

interface Read {
  hooks: ReadHook[];
  lines: KeyLine[];
}

function readEntry({ key, path, value }: Entry, syntax: Syntax, constants: Constants): Read {
  const reader = HOOKS.get(key);
  if (reader) return readHook(reader, path, shortForm(key, value), syntax, constants);
  if (key === "constants" && constants.size > 0)
    return { hooks: [], lines: [{ key: path, isTaken: true, text: "Put in where a hook names them." }] };
  if (key === "<<" || key === "include" || value instanceof YamlTagged) return leave(path, INCLUDED);
  return leave(path, whyNotTaken(key));
}

function readHook(reader: HookReader, path: string, value: YamlValue, syntax: Syntax, constants: Constants): Read {
  if (!isMapping(value)) return leave(path, refusedShape(value));
  const section = new Section(path, value, constants);
  try {
    const hooks = reader(section, syntax).map((hook) => ({ key: path, ...hook }));
    section.leaveRest();
    return { hooks, lines: section.lines };
  } catch (error) {
    if (error instanceof HookRefused) return leave(path, error.message);
    throw error;
  }
}

/** Older files give the address alone. */
function shortForm(key: string, value: YamlValue): YamlValue {
  const name = SHORT_FORMS[key];
  return name !== undefined && typeof value === "string" && value !== "" ? { [name]: value } : value;
}

function constantsOf(value: YamlValue | undefined): Constants {
  if (!isMapping(value)) return new Map();
  return new Map(
    Object.entries(value).flatMap(([name, one]) =>
      typeof one === "string" || typeof one === "number" ? [[name, String(one)] as const] : [],
    ),
  );
}

function leave(key: string, text: string): Read {
  return { hooks: [], lines: [{ key, isTaken: false, text }] };
}

function refuse(sentence: string): AppError {
  return new AppError("invalid", sentence);
}
