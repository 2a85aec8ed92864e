import type { SendResult } from "../contract";
import { classify } from "../kit/classify";
import type { HttpAnswer, HttpIo } from "../kit/http";
import { isObject, objectIn } from "../kit/json-body";
import { retryAfterOf } from "../kit/retry-after";
import { oneLine } from "../kit/text";

/** Posts to an incoming integration: https://docs.rocket.chat/docs/integrations */
export async function postToHook(http: HttpIo, webhookUrl: string, message: object): Promise<SendResult> {
  return judge(await http.request(requestOf(webhookUrl, message)));
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
  const api = `${account.serverUrl.replace(/\/+$/, "")}/api/v1`;
  const login = await http.request(requestOf(`${api}/login`, { user, password }));
  const signedIn = judge(login);
  if (signedIn.kind !== "sent" || login.kind === "failed") return signedIn;
  const data = objectIn(login.body)?.data;
  if (!isObject(data) || typeof data.authToken !== "string" || typeof data.userId !== "string") {
    return {
      kind: "rejected",
      reason: "The server signed the user in but returned no token. Is it Rocket.Chat?",
      status: login.status,
    };
  }
  const headers = { "x-auth-token": data.authToken, "x-user-id": data.userId };
  const answer = await http.request(requestOf(`${api}/chat.postMessage`, message, headers));
  // Its result does not affect the message.
  await http.request(requestOf(`${api}/logout`, {}, headers));
  const outcome = judge(answer);
  const sent = answer.kind === "answer" ? objectIn(answer.body)?.message : undefined;
  if (outcome.kind !== "sent") return outcome;
  return isObject(sent) && typeof sent._id === "string" ? { ...outcome, receipt: sent._id } : outcome;
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
function judge(answer: HttpAnswer): SendResult {
  const outcome = classify(answer);
  if (answer.kind === "failed" || outcome.kind === "gone") return outcome;
  const body = objectIn(answer.body);
  const said = { status: answer.status, answer: answer.body };
  const refused = outcome.kind === "sent" && (body?.success === false || body?.status === "error");
  if (outcome.kind === "sent" && !refused) return outcome;
  const error = oneLine(String(body?.error ?? body?.message ?? "no reason")).slice(0, 300);
  const reason = outcome.kind === "sent" ? `Rocket.Chat refused the message: ${error}` : outcome.reason;
  if (answer.status === 429 || /error-too-many-requests|too many requests/i.test(error)) {
    const afterMs = pauseOf(answer, error);
    return { kind: "retry", reason, ...said, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  if (/invalid integration id or token/i.test(error)) return { kind: "gone", reason, ...said };
  return outcome.kind === "sent" ? { kind: "rejected", reason, ...said } : outcome;
}

/** `You must wait 42 seconds`. Its X-RateLimit-Reset is in milliseconds, unlike any other service's. */
function pauseOf(answer: HttpAnswer & { kind: "answer" }, error: string): number | undefined {
  const seconds = /must wait (\d+) seconds/i.exec(error)?.[1];
  const { "x-ratelimit-reset": _, ...headers } = answer.headers;
  const withRetryAfter = seconds ? { ...headers, "retry-after": seconds } : headers;
  return retryAfterOf(withRetryAfter, answer.body, Date.now());
}
