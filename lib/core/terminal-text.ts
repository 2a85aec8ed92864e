/**
 * What a terminal obeys in place of showing it, or shows in an order that is not the text's: control characters (C0, DEL,
 * C1), bidirectional controls, line and paragraph separators, tags and other invisible marks. Joiners of letters and of
 * emoji are not among them.
 * @see https://www.unicode.org/reports/tr36/ https://www.unicode.org/reports/tr9/
 */
const STEERING = /[\p{Cc}\p{Bidi_C}\u2028\u2029\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * A text from anywhere as a person may see it in a terminal: what would steer the terminal is written out, `\u001b`. Line
 * ends and tabs stay.
 */
export function visibleText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(STEERING, (character) => (character === "\n" || character === "\t" ? character : escapeOf(character)));
}

/** A value as one line of JSON that steers no terminal: the same characters are written as JSON's own escapes. */
export function escapedJson(value: unknown): string {
  return (JSON.stringify(value) ?? "null").replace(STEERING, escapeOf);
}

function escapeOf(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
    .join("");
}
