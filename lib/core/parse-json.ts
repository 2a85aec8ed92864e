/** An escaped half of a surrogate pair, whole pairs included. */
const ESCAPED_HALF = /\\u[dD][89a-fA-F]/;

/**
 * JSON from outside. Halves of surrogate pairs, which JSON can escape but no other encoding can carry, become U+FFFD:
 * databases and browsers each make something else of them.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!ESCAPED_HALF.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "\ufffd") : value,
  );
}
