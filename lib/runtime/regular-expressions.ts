import { parseSync } from "oxc-parser";
import { textBefore } from "@/lib/core/trim-signs";

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/** A regular expression of the sources. */
export interface Expression {
  pattern: string;
  flags: string;
  /** `file:line` of its first occurrence. */
  at: string;
}

export interface FoundExpressions {
  literal: Expression[];
  /** Made when the program runs, from text that is not all known here: `file: code`. */
  made: string[];
}

/** The regular expressions of a file: literals, `new RegExp` of a constant text, and those that are made of other parts. */
export function findExpressions(file: string, source: string): FoundExpressions {
  const found: FoundExpressions = { literal: [], made: [] };
  const at = (node: Node) => `${file}:${source.slice(0, node.start).split("\n").length}`;
  const visit = (node: Node) => {
    const regex = node.regex as { pattern: string; flags: string } | undefined;
    if (node.type === "Literal" && regex) found.literal.push({ ...regex, at: at(node) });
    if ((node.type === "NewExpression" || node.type === "CallExpression") && (node.callee as Node).name === "RegExp") {
      const [pattern, flags] = (node.arguments as Node[]).map(textOf);
      if (typeof pattern === "string" && flags !== null)
        found.literal.push({ pattern, flags: flags ?? "", at: at(node) });
      else found.made.push(`${file}: ${source.slice(node.start, node.end).replaceAll(/\s+/g, " ")}`);
    }
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child === "object" && child !== null && typeof (child as Node).type === "string")
          visit(child as Node);
      }
    }
  };
  visit(parseSync(file, source).program as unknown as Node);
  return found;
}

/** The text of a constant; null for anything else. */
function textOf(node: Node): string | null {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  const quasis = node.quasis as { value: { cooked: string } }[] | undefined;
  return node.type === "TemplateLiteral" && quasis?.length === 1 ? (quasis[0]?.value.cooked ?? null) : null;
}

/** True when an expression can repeat something without a limit; all others take at most their own length at each position. */
export function repeats({ pattern }: Expression): boolean {
  const parts = pattern.replaceAll(/\\./gs, "_").split("]");
  return parts.some((part) => /[*+]|\{\d+,\}/.test(textBefore(part, "[")));
}

const CLASSES: Record<string, string> = {
  s: " ",
  d: "0",
  w: "a",
  S: "x",
  D: "x",
  W: "-",
  n: "\n",
  t: "\t",
  p: "é",
  b: "",
  B: "",
};

/** Texts that are likely to be slow: what the expression itself names, over and over, with an end that fits or does not. */
export function slowTexts({ pattern }: Expression, length: number): string[] {
  const signs = new Set(["a", "0", " ", "\n", "/", "-", "."]);
  for (const [, escaped, plain] of pattern.matchAll(/\\(.)|([^\\^$()[\]{}|?*+])/gs))
    signs.add(escaped === undefined ? (plain ?? "") : (CLASSES[escaped] ?? escaped));
  const words = pattern
    .split(/[^\w <>/:@"'-]+/)
    .filter((word) => word.length > 1)
    .slice(0, 8);
  const pieces = [...[...signs].filter(Boolean).slice(0, 24), ...words, ...words.map((word) => `${word} `)];
  return pieces.flatMap((piece) => {
    const text = piece.repeat(Math.ceil(length / piece.length));
    return [text, `a${text}\u0000`, `${words[0] ?? ""}${text}\n!`];
  });
}
