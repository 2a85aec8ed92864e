import { STATUS_CODES } from "node:http";
import type { SendResult } from "../contract";
import type { HttpAnswer } from "./http";
import { retryAfterOf } from "./retry-after";
import { oneLine } from "./text";

/** Statuses below 500 after which the same request may well succeed later. */
const TRANSIENT = new Set([408, 425, 429]);

/**
 * Classifies every HTTP answer: 2xx is sent; 408, 425, 429, 5xx and network errors are worth a retry;
 * 410 means permanently gone; everything else is rejected, redirects too.
 * @param now milliseconds, for services that name a point in time instead of a duration
 */
export function classify(answer: HttpAnswer, now: number = Date.now()): SendResult {
  if (answer.kind === "failed") {
    return answer.isRefused ? { kind: "rejected", reason: answer.reason } : { kind: "retry", reason: answer.reason };
  }
  const { status, body } = answer;
  const said = { status, ...(body ? { answer: body } : {}) };
  if (status >= 200 && status < 300) return { kind: "sent", ...said };
  const reason = reasonOf(status, body);
  if (status === 410) return { kind: "gone", reason, ...said };
  if (TRANSIENT.has(status) || status >= 500) {
    const afterMs = retryAfterOf(answer.headers, body, now);
    return { kind: "retry", reason, ...said, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (status >= 300 && status < 400) {
    return { kind: "rejected", reason: `${reason}. ${redirectOf(answer.headers.location)}`, ...said };
  }
  return { kind: "rejected", reason, ...said };
}

/** The target's host only: the rest of an address may be a secret. */
function redirectOf(location: string | undefined): string {
  let host = "";
  try {
    host = location ? new URL(location, "http://same-host.invalid").host : "";
  } catch {
    // An invalid target has no host to name.
  }
  const where = host && host !== "same-host.invalid" ? `points to ${host}` : "points elsewhere";
  return `The answer ${where}, and Belfry does not follow redirects: enter the final address.`;
}

/** `404 Not Found: Unknown Webhook`: the status and the service's message. */
export function reasonOf(status: number, body: string): string {
  const name = STATUS_CODES[status];
  const words = wordsOf(body);
  const head = name ? `${status} ${name}` : String(status);
  return words ? `${head}: ${words}` : head;
}

/** The sentence in an answer: a message of a JSON body, the title of a page, or the text as it is. At most 300 characters. */
function wordsOf(body: string): string {
  const text = body.slice(0, 8_192).trim();
  if (!text) return "";
  let words = text;
  if (text.startsWith("{") || text.startsWith("[")) {
    try {
      words = messageIn(JSON.parse(body)) ?? text;
    } catch {
      // Not JSON after all, or truncated: shown as it is.
    }
  } else if (text.startsWith("<")) {
    const title = /<(title|h1)[^>]*>([^<]*)</i.exec(text)?.[2];
    words = title ?? text.replace(/<[^>]*>/g, " ");
  }
  const line = oneLine(words);
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

const MESSAGE_KEYS = ["message", "error_description", "description", "detail", "error", "errors", "title"];

function messageIn(json: unknown): string | undefined {
  if (typeof json === "string") return json;
  if (Array.isArray(json)) {
    const all = json.map(messageIn).filter((text) => text !== undefined);
    return all.length ? all.join("; ") : undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  for (const key of MESSAGE_KEYS) {
    const found = messageIn((json as Record<string, unknown>)[key]);
    if (found) return found;
  }
  return undefined;
}
