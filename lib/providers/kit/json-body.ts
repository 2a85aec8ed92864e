/** An answer's body as a JSON object; null for anything else. */
export function objectIn(body: string | undefined): Record<string, unknown> | null {
  if (!body?.trimStart().startsWith("{")) return null;
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

/** True for a JSON object, so that its members can be read. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
