import type { Markup } from "./text-layout";

/** Addresses stay whole; every other sign with a meaning within a line gets a backslash. */
const INLINE = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|[\\`*[\]<>~|&]|(?<![\p{L}\p{N}_])_+|(?<!_)_+(?![\p{L}\p{N}_])/gu;
/** Signs with a meaning at the start of a line: headings, lists, rules, underlines. */
const LINE_START = /^([ \t]*)([#+=-]|\d+(?=[.)]))/gm;
/** Four spaces would make a code block. */
const INDENT = /^[ \t]{4,}/gm;
const SINGLE_BREAK = /([^\n])\n(?=[^\n])/g;

/**
 * Plain text that CommonMark shows unchanged, with its line breaks. An underscore within a word has no meaning and stays.
 * https://spec.commonmark.org/0.31.2/#backslash-escapes
 */
export function escapeCommonMark(text: string): string {
  return text
    .replace(INLINE, (whole, address: string | undefined) => address ?? whole.replace(/./gu, "\\$&"))
    .replace(INDENT, "   ")
    .replace(LINE_START, (_, blanks: string, sign: string) =>
      /\d/.test(sign) ? `${blanks}${sign}\\` : `${blanks}\\${sign}`,
    )
    .replace(SINGLE_BREAK, "$1  \n");
}

/** `[label](address)`, with an address that cannot end it early. */
export function linkInCommonMark({ label, url }: { label: string; url: string }): string {
  return `[${escapeCommonMark(label)}](${url.replace(/[()\\<>]/g, encodeURIComponent).replace(/[()]/g, hex)})`;
}

function hex(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16)}`;
}

/** Facts as a list, the log in a fence that it cannot leave. */
export const COMMONMARK: Markup = {
  encode: escapeCommonMark,
  fact: (name, value) => `- **${name}:** ${value}`,
  log: (text) => `\`\`\`\n${text}\n\`\`\``,
  encodeLog: (text) => text.replaceAll("```", "`\u200b`\u200b`"),
};
