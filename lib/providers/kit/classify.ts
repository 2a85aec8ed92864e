import { STATUS_CODES } from "node:http";
import type { SendResult } from "../contract";
import { type AnswerRules, isWebPage, type ServiceAnswer } from "./answer-rules";
import type { HttpAnswer } from "./http";
import { retryAfterOf } from "./retry-after";
import { oneLine } from "./text";

/** Statuses below 500 after which the same request may well succeed later. */
const TRANSIENT = new Set([408, 425, 429]);
/** Statuses about the size of the request: another attempt is as large, so it does not matter who says so. */
const TOO_LARGE = new Set([413, 414, 431]);
/** Redirects that hold for all requests to come. */
const MOVED = new Set([301, 308]);

/**
 * Classifies every end of an HTTP request by the service's own rules.
 *
 * - 2xx is sent when it is the service's own yes. A web page in its place is retried: something in between answered.
 *   Any other answer is rejected, since a service that took the message would get it again.
 * - 408, 425, 429, 5xx, network errors and the service's own words for "later" are retried; `afterMs` is the pause that the service asked for.
 * - Everything else is a refusal only in the service's own words, and the target is gone only when those say so.
 *   Otherwise a proxy, a relay or a sign-in page answered, and it is retried.
 * @param now milliseconds, for services that name a point in time instead of a duration
 */
export function classify(answer: HttpAnswer, rules: AnswerRules, now: number = Date.now()): SendResult {
  if (answer.kind === "failed") {
    const { reason, advice } = answer;
    return { kind: answer.isRefused ? "rejected" : "retry", reason, ...(advice ? { advice } : {}) };
  }
  const { status, body } = answer;
  const said = { status, ...(body ? { answer: body } : {}) };
  if (status >= 200 && status < 300) return classifySuccess(answer, rules, said);
  const reason = reasonOf(status, body);
  const isOwn = rules.isOwn(answer);
  if (isOwn && rules.isGone?.(answer)) return { kind: "gone", reason, ...said };
  if (TRANSIENT.has(status) || status >= 500 || (isOwn && rules.isLater?.(answer))) {
    const afterMs = retryAfterOf(answer.headers, body, now);
    return { kind: "retry", reason, ...said, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (status >= 300 && status < 400) {
    const where = `${reason}. ${redirectOf(answer.headers.location)}`;
    return { kind: isOwn || MOVED.has(status) ? "rejected" : "retry", reason: where, ...said };
  }
  if (isOwn || TOO_LARGE.has(status)) return { kind: "rejected", reason, ...said };
  const seen = isWebPage(answer) ? "a web page" : "an answer";
  return {
    kind: "retry",
    reason: `${reason} (${seen} that is not ${rules.service}'s)`,
    advice: adviceOnForeign(rules),
    ...said,
  };
}

function classifySuccess(
  answer: ServiceAnswer,
  rules: AnswerRules,
  said: { status: number; answer?: string },
): SendResult {
  const { proof, service } = rules;
  if ("byStatus" in proof || proof.holds(answer)) return { kind: "sent", ...said };
  const reason = reasonOf(answer.status, answer.body);
  if (isWebPage(answer)) {
    return {
      kind: "retry",
      reason: `${reason} (answered with a web page, not as ${service} does)`,
      advice: adviceOnForeign(rules),
      ...said,
    };
  }
  return {
    kind: "rejected",
    reason: `${reason} (${service} answers ${proof.expected}, so it is unknown whether it took the message)`,
    advice: adviceOnForeign(rules),
    ...said,
  };
}

function adviceOnForeign({ service, address }: AnswerRules): string {
  const check = `Something else answered in the place of ${service}: a sign-in page, a proxy, or the wrong path. Check the address and what lies between.`;
  return address ? `${check} ${address}` : check;
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
    const title = /<(title|h1)[^<>]*>([^<]*)</i.exec(text)?.[2];
    words = title ?? text.replace(/<[^<>]*>/g, " ");
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
