import { trimEndSigns } from "@/lib/core/trim-signs";
import type { AnswerRules, SendResult, ServiceAnswer } from "../contract";
import { classify, reasonOf } from "../kit/classify";
import type { HttpAnswer, HttpIo } from "../kit/http";
import { isObject, objectIn } from "../kit/json-body";
import { retryAfterOf } from "../kit/retry-after";
import { oneLine } from "../kit/text";

const isOwn = ({ body }: ServiceAnswer) => errorIn(body) !== null;

/** https://docs.rocket.chat/docs/integrations; its errors: apps/meteor/app/integrations/server/api/api.ts */
export const hookAnswers: AnswerRules = {
  service: "Rocket.Chat",
  proof: { expected: 'with "success": true', holds: ({ body }) => objectIn(body)?.success === true },
  isOwn,
  isGone: ({ body }) => /invalid integration id or token/i.test(errorIn(body) ?? ""),
  address: "A webhook's address ends in /hooks/ID/TOKEN.",
};

/** https://developer.rocket.chat/apidocs/post-message */
export const restAnswers: AnswerRules = {
  service: "Rocket.Chat",
  proof: { expected: "with the message's id", holds: ({ body }) => messageIdIn(body) !== undefined },
  isOwn,
};

const loginAnswers: AnswerRules = {
  service: "Rocket.Chat",
  proof: { expected: "with a token of the user", holds: (answer) => sessionIn(answer) !== null },
  isOwn,
};

/** Posts to an incoming integration: https://docs.rocket.chat/docs/integrations */
export async function postToHook(http: HttpIo, webhookUrl: string, message: object): Promise<SendResult> {
  return judge(await http.request(requestOf(webhookUrl, message)), hookAnswers);
}

/**
 * Signs in, posts and signs out again. Providers keep no state between messages, and a stored token would stay valid
 * for months: https://developer.rocket.chat/apidocs/authenticate-a-rest-client
 */
export async function postAsUser(
  http: HttpIo,
  account: { serverUrl: string; user: string; password: string },
  message: object,
): Promise<SendResult> {
  const { user, password } = account;
  const api = `${trimEndSigns(account.serverUrl, "/")}/api/v1`;
  const login = await http.request(requestOf(`${api}/login`, { user, password }));
  const signedIn = judge(login, loginAnswers);
  const session = sessionIn(login);
  if (signedIn.kind !== "sent" || !session) return signedIn;
  const headers = { "x-auth-token": session.authToken, "x-user-id": session.userId };
  const answer = await http.request(requestOf(`${api}/chat.postMessage`, message, headers));
  // Its result does not affect the message.
  await http.request(requestOf(`${api}/logout`, {}, headers));
  const outcome = judge(answer, restAnswers);
  const receipt = outcome.kind === "sent" ? messageIdIn(outcome.answer) : undefined;
  return outcome.kind === "sent" && receipt ? { ...outcome, receipt } : outcome;
}

function sessionIn(login: HttpAnswer): { authToken: string; userId: string } | null {
  const data = login.kind === "answer" ? objectIn(login.body)?.data : undefined;
  if (!isObject(data) || typeof data.authToken !== "string" || typeof data.userId !== "string") return null;
  return { authToken: data.authToken, userId: data.userId };
}

function messageIdIn(body: string | undefined): string | undefined {
  const sent = objectIn(body)?.message;
  return isObject(sent) && typeof sent._id === "string" ? sent._id : undefined;
}

function requestOf(url: string, body: object, headers: Record<string, string> = {}) {
  return {
    url,
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

/** Rocket.Chat refuses with `success: false` and a name in brackets, and states its pauses in its own way. */
function judge(answer: HttpAnswer, rules: AnswerRules): SendResult {
  if (answer.kind === "failed") return classify(answer, rules);
  const error = errorIn(answer.body);
  if (error !== null && (answer.status === 429 || /error-too-many-requests|too many requests/i.test(error))) {
    const afterMs = pauseOf(answer, error);
    const said = { status: answer.status, answer: answer.body };
    const reason = reasonOf(answer.status, answer.body);
    return { kind: "retry", reason, ...said, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (error === null || answer.status >= 300) return classify(answer, rules);
  const reason = `Rocket.Chat refused the message: ${error}`;
  const kind = rules.isGone?.(answer) ? "gone" : "rejected";
  return { kind, reason, status: answer.status, answer: answer.body };
}

/** The words of a refusal; null for every other answer. */
function errorIn(body: string): string | null {
  const said = objectIn(body);
  if (said?.success !== false && said?.status !== "error") return null;
  return oneLine(String(said.error ?? said.message ?? "no reason")).slice(0, 300);
}

/** `You must wait 42 seconds`. Its X-RateLimit-Reset is in milliseconds, unlike any other service's. */
function pauseOf(answer: ServiceAnswer, error: string): number | undefined {
  const seconds = /must wait (\d+) seconds/i.exec(error)?.[1];
  const { "x-ratelimit-reset": _, ...headers } = answer.headers;
  const withRetryAfter = seconds ? { ...headers, "retry-after": seconds } : headers;
  return retryAfterOf(withRetryAfter, answer.body, Date.now());
}
