import { trimEndSigns } from "@/lib/core/trim-signs";
import type { AnswerRules, SendResult, ServiceAnswer } from "../contract";
import { isWebPage } from "../kit/answer-rules";
import { classify } from "../kit/classify";
import type { HttpAnswer, HttpRequest } from "../kit/http";
import { objectIn } from "../kit/json-body";
import { oneLine } from "../kit/text";
import {
  type AppriseAddress,
  meetCommonSettings,
  meetWords,
  originWithLogin,
  pathOf,
  readAppriseAddress,
  readAppriseSetting,
  readMarked,
  splitList,
  unreadSettings,
} from "./forms/address";

interface Message {
  title: string;
  body: string;
  type: string;
}

/** Time limit for a request; the server answers only when every service behind it did. */
const TIMEOUT_MS = 60_000;

/**
 * The request to an Apprise API server: the configured one, with the URL; or the one in an `apprise://host/key` URL,
 * which stores the URLs under the key.
 * https://github.com/caronc/apprise-api#api-details
 * @returns null when no such server is named
 */
export function appriseApiCall(target: {
  url: string;
  apiServerUrl?: string;
}): ((message: Message) => HttpRequest) | null {
  const { url, apiServerUrl } = target;
  if (apiServerUrl) {
    const base = new URL(apiServerUrl);
    base.pathname = `${trimEndSigns(base.pathname, "/")}/notify`;
    return (message) => requestOf(base.href, { ...message, format: "text", urls: url }, {});
  }
  const address = readAppriseAddress(url);
  const named = address && /^apprises?$/.test(address.schema) ? readApiTarget(address) : null;
  if (!named) return null;
  const { tags } = named;
  return (message) =>
    requestOf(named.url, { ...message, format: "text", ...(tags ? { tag: tags } : {}) }, named.headers);
}

/** What an `apprise://host/key` URL asks for; null when it is not all that Belfry can do. */
export function readApiTarget(
  address: AppriseAddress,
): { url: string; headers: Record<string, string>; tags: string } | null {
  const token = readAppriseSetting(address, "token", "to");
  const key = token ?? address.path.at(-1);
  const before = token ? address.path : address.path.slice(0, -1);
  const tags = splitList(readAppriseSetting(address, "tags", "tag")).join(",");
  const headers = readMarked(address, "+");
  meetWords(address, { format: /^t/i });
  meetCommonSettings(address);
  if (!address.host || !key || unreadSettings(address).length > 0) return null;
  const origin = originWithLogin(address, address.schema === "apprises");
  return { url: `${origin}${pathOf([...before, "notify", key])}`, headers, tags };
}

function requestOf(url: string, body: Record<string, unknown>, headers: Record<string, string>): HttpRequest {
  const own = { ...headers, "content-type": "application/json", accept: "application/json" };
  return { url, method: "POST", headers: own, body: JSON.stringify(body), timeoutMs: TIMEOUT_MS };
}

/**
 * A JSON object with `error`; older servers answer a success with their log as plain text, which may be empty.
 * https://github.com/caronc/apprise-api/blob/master/apprise_api/api/views.py
 */
export const apiServerAnswers: AnswerRules = {
  service: "the Apprise API server",
  proof: {
    expected: "with its log",
    holds: (answer) =>
      hasError(answer) || (/^text\/plain\b/i.test(answer.headers["content-type"] ?? "") && !isWebPage(answer)),
  },
  isOwn: hasError,
  address: "Enter the server's address without /notify.",
};

function hasError({ body }: ServiceAnswer): boolean {
  const said = objectIn(body);
  return said !== null && "error" in said;
}

/** Its answers: https://github.com/caronc/apprise-api/blob/master/apprise_api/api/views.py (ResponseCode) */
export function classifyApiAnswer(answer: HttpAnswer, mask: (text: string) => string): SendResult {
  const outcome = classify(answer, apiServerAnswers);
  if (answer.kind === "failed") return outcome;
  if (answer.status === 204)
    return {
      kind: "rejected",
      status: 204,
      reason: "204 No Content: the Apprise API server has no URLs under this key, so the message went nowhere.",
    };
  if (outcome.kind === "sent") return outcome;
  const details = detailsOf(answer.body);
  const masked = { ...outcome, reason: mask(details ? `${outcome.reason}: ${details}` : outcome.reason) };
  const said = masked.answer === undefined ? masked : { ...masked, answer: mask(masked.answer) };
  if (answer.status !== 424) return said;
  // The server tried nothing: https://github.com/caronc/apprise-api answers so when a tag matches no URL of the key.
  if (hasTriedNothing(answer.body))
    return { ...said, reason: `${said.reason}: no URL under this key has the tag, so the message went nowhere.` };
  // The service behind it failed. Each request has one URL, so a retry sends no duplicate.
  const isForGood = /unparseable|error=(400|401|403|404|410)\b/i.test(details);
  return isForGood
    ? said
    : { kind: "retry", status: 424, reason: said.reason, ...(said.answer ? { answer: said.answer } : {}) };
}

function hasTriedNothing(body: string): boolean {
  return /"details":\s*\[\s*\]/.test(body);
}

/** The server's log of this request: lines of text, or rows of level, time and text. */
function detailsOf(body: string): string {
  try {
    const { details } = JSON.parse(body) as { details?: unknown };
    if (!Array.isArray(details)) return "";
    const lines = details.flatMap((row: unknown): string[] => {
      if (typeof row === "string") return [row];
      if (!Array.isArray(row)) return [];
      const [level, , text] = row as unknown[];
      return typeof text === "string" && /^(WARNING|ERROR|CRITICAL)$/.test(String(level)) ? [text] : [];
    });
    return oneLine(lines.join(" ")).slice(0, 300);
  } catch {
    return "";
  }
}
