import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Document as YamlDocument } from "yaml";
import { AppError } from "@/lib/core/errors";

/** Most characters of a file: one with every option of a program and its comments has a third of them. */
export const MAX_YAML = 400_000;
/** Most levels, with room for any configuration that people write. */
const MAX_DEPTH = 20;
/** Most values after its aliases are put in: a page of nested aliases is billions of them. */
const MAX_VALUES = 20_000;
/** Longer than any line that people write. */
const MAX_LINE = 20_000;
/** More brackets in a row are no list of a configuration, and cost the parser more than their number. */
const NESTED_BRACKETS = /[[{][\s[{]{200}/;

const COMMENTS = /^[ \t]*#.*$\n?/gm;
const SEPARATORS = /[\n,]/g;

export type YamlValue = string | number | boolean | null | YamlList | YamlMapping | YamlTagged;
export type YamlList = YamlValue[];
/** Without a prototype: a key may be any word. */
export interface YamlMapping {
  [key: string]: YamlValue;
}

/** A value with a tag of the program that the file is for, such as `!include /etc/common.yaml`. */
export class YamlTagged {
  constructor(
    readonly tag: string,
    readonly text: string,
  ) {}
}

/**
 * Reads a file of one YAML document as plain data, in bounded time and memory. Aliases and `<<` are put in; what has a tag of
 * its own is named, never followed.
 * @throws AppError `invalid` with what is wrong and where
 */
export function readYaml(text: string): YamlValue {
  if (text.length > MAX_YAML) throw refuse(`The file is larger than ${MAX_YAML.toLocaleString("en")} characters.`);
  if (NESTED_BRACKETS.test(text)) throw tooDeep();
  // The parser takes seconds for what the reader would refuse.
  if (countOf(text.replaceAll(COMMENTS, ""), SEPARATORS) > MAX_VALUES) throw tooMany();
  if (text.split("\n").some((line) => line.length > MAX_LINE))
    throw refuse(`A line has more than ${MAX_LINE.toLocaleString("en")} characters.`);
  const document = parse(text);
  const [error] = document.errors;
  if (error) throw /call stack/.test(error.message) ? tooDeep() : refuse(sentenceOf(error));
  return new Reader().read(document.contents, 0);
}

function parse(text: string): YamlDocument {
  try {
    // The parser compares each key with each other one: the reader finds duplicates in less.
    return parseDocument(text, { uniqueKeys: false, version: "1.2", logLevel: "error", prettyErrors: true });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

class Reader {
  #values = 0;
  /** By name, as they came so far. The library looks through the whole file for each alias. */
  readonly #anchors = new Map<string, unknown>();

  read(node: unknown, depth: number): YamlValue {
    if (++this.#values > MAX_VALUES) throw tooMany();
    if (depth > MAX_DEPTH) throw tooDeep();
    if (isAlias(node)) {
      if (!this.#anchors.has(node.source))
        throw refuse(`There is no anchor &${node.source.slice(0, 100)} before its alias.`);
      return this.read(this.#anchors.get(node.source), depth + 1);
    }
    const { anchor } = (node ?? {}) as { anchor?: string };
    if (anchor) this.#anchors.set(anchor, node);
    if (isScalar(node)) return scalarOf(node);
    const tag = (node as Node | null)?.tag;
    if (typeof tag === "string" && tag.startsWith("!")) return new YamlTagged(tag, "");
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    if (isMap(node)) return this.#mapping(node, depth);
    return null;
  }

  #mapping(node: { items: readonly { key: unknown; value: unknown }[] }, depth: number): YamlMapping {
    const own: YamlMapping = Object.create(null);
    const merged: YamlMapping[] = [];
    for (const { key, value } of node.items) {
      const name = keyOf(this.read(key, depth + 1));
      const read = this.read(value, depth + 1);
      if (name === "<<" && isMerge(read)) merged.push(...[read].flat().filter(isMapping));
      else if (Object.hasOwn(own, name)) throw refuse(`The key “${name.slice(0, 100)}” is there twice.`);
      else own[name] = read;
    }
    for (const source of merged)
      for (const [name, value] of Object.entries(source)) if (!Object.hasOwn(own, name)) own[name] = value;
    return own;
  }
}

function scalarOf(node: { value: unknown; tag?: string; source?: string }): YamlValue {
  const { value, tag, source } = node;
  if (typeof tag === "string" && tag.startsWith("!")) return new YamlTagged(tag, String(value ?? ""));
  // A key of digits alone keeps them all.
  if (typeof value === "number") return Number.isFinite(value) && Math.abs(value) <= 1e15 ? value : (source ?? "");
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  return String(value);
}

function keyOf(key: YamlValue): string {
  if (typeof key === "object" && key !== null) throw refuse("A key is a list or a mapping: only words are keys here.");
  return String(key);
}

function isMerge(value: YamlValue): boolean {
  return isMapping(value) || (Array.isArray(value) && value.every(isMapping));
}

/** True for a mapping of a file. */
export function isMapping(value: YamlValue | undefined): value is YamlMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof YamlTagged);
}

function sentenceOf({
  code,
  message,
  linePos,
}: {
  code: string;
  message: string;
  linePos?: readonly { line: number }[];
}) {
  const line = linePos?.[0]?.line;
  const where = line === undefined ? "" : ` in line ${line}`;
  if (code === "TAB_AS_INDENT") return `There is a tab${where}: indent with spaces.`;
  if (code === "MULTIPLE_DOCS") return "The file has several documents, separated by ---: paste one.";
  // The parser's sentence goes on with the line itself, which may hold a secret.
  const [sentence = ""] = message.split("\n");
  return `This is not YAML${where}: ${sentence.replace(/ at line \d+, column \d+:?$/, "")}.`;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function tooMany(): AppError {
  return refuse("The file has more than 20,000 values once its aliases are put in: write it without them.");
}

function tooDeep(): AppError {
  return refuse(`The file is nested deeper than ${MAX_DEPTH} levels, or in itself.`);
}

function refuse(sentence: string): AppError {
  return new AppError("invalid", sentence);
}
