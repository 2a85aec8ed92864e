import { measure } from "./text";

/** The size of a value in a request's body. */
export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * The longest cut of a text whose JSON has room, for services that limit the whole request:
 * quotes, line breaks and scripts make the JSON larger than the text.
 * @param max code points to begin with @param room bytes of JSON @param cutAt cuts to so many code points
 */
export function fitJson(max: number, room: number, cutAt: (max: number) => string): string {
  let most = max;
  while (most >= 20) {
    const text = cutAt(most);
    const size = jsonBytes(text);
    if (size <= room) return text;
    most = Math.floor((Math.min(most, measure(text, "codepoints")) * room) / size) - 1;
  }
  return "";
}
