import { AppError } from "./errors";
import { formatBytes } from "./format-units";
import { parseJson } from "./parse-json";

/** The largest body of a request, in bytes, where a route does not say otherwise. */
export const MAX_BODY_BYTES = 1_048_576;

/**
 * The value of a JSON body; `{}` for an empty one. A missing content type counts as JSON.
 * @throws AppError `invalid` for another content type, or for text that is not JSON
 */
export function readJsonBody(text: string, contentType: string | null | undefined): unknown {
  if (text === "") return {};
  if (contentType && !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(contentType)) {
    throw new AppError("invalid", "Send JSON, with the header Content-Type: application/json.");
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new AppError("invalid", `The body is not valid JSON: ${(error as Error).message}.`);
  }
}

/** @param maxBytes the limit that was exceeded */
export function bodyTooLarge(maxBytes: number): AppError {
  return new AppError("too_large", `The body is larger than ${formatBytes(maxBytes)}.`);
}
