import type { SendResult } from "../contract";
import { classify } from "../kit/classify";
import type { HttpAnswer } from "../kit/http";
import { objectIn } from "../kit/json-body";
import { retryAfterOf } from "../kit/retry-after";
import { oneLine } from "../kit/text";

/** Permanent errors: https://docs.slack.dev/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks */
const GONE = new Set([
  "no_service",
  "no_service_id",
  "no_active_hooks",
  "no_team",
  "team_disabled",
  "team_not_found",
  "channel_is_archived",
  "is_archived",
  "account_inactive",
  "token_revoked",
]);

/** Errors of Slack itself, or requests for a pause: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const PASSING = new Set([
  "ratelimited",
  "rate_limited",
  "internal_error",
  "fatal_error",
  "service_unavailable",
  "request_timeout",
  "team_added_to_org",
  "rollup_error",
]);

/** Errors after which a message outside the thread may arrive. */
const THREAD_ERRORS =
  /\b(thread_not_found|message_not_found|cannot_reply_to_message|channel_not_found|not_in_channel|is_archived)\b/;

/** An answer of a webhook: plain text, `ok` or an error's name. */
export function webhookOutcome(answer: HttpAnswer): SendResult {
  const outcome = classify(answer);
  if (answer.kind === "failed") return outcome;
  const error = errorIn(answer.body);
  if (outcome.kind === "sent") return error ? refusal(error, answer) : outcome;
  if (outcome.kind !== "rejected") return outcome;
  // Not found here means permanently gone: the webhook, or its channel.
  return answer.status === 404 || (error && GONE.has(error)) ? { ...outcome, kind: "gone" } : outcome;
}

/** An answer of the Web API: its errors come with status 200. The receipt names channel and message. */
export function apiOutcome(answer: HttpAnswer): SendResult {
  const outcome = classify(answer);
  if (outcome.kind !== "sent" || answer.kind === "failed") return outcome;
  const body = objectIn(answer.body);
  if (body?.ok === true) {
    const isNamed = typeof body.channel === "string" && typeof body.ts === "string";
    return isNamed ? { ...outcome, receipt: `${body.channel} ${body.ts}` } : outcome;
  }
  const said = { status: answer.status, answer: answer.body };
  const error = errorIn(answer.body);
  if (error) return refusal(error, answer);
  return { kind: "rejected", reason: "The answer is not one of Slack's API. Check the API base URL.", ...said };
}

function refusal(error: string, answer: HttpAnswer & { kind: "answer" }): SendResult {
  const said = { status: answer.status, answer: answer.body };
  const reason = `Slack says ${error}${detailIn(answer.body)}`;
  if (PASSING.has(error)) {
    const afterMs = retryAfterOf(answer.headers, answer.body, Date.now());
    return { kind: "retry", reason, ...said, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { kind: GONE.has(error) ? "gone" : "rejected", reason, ...said };
}

/** The error's name in a refusal; undefined for `ok` and for answers of another program. */
function errorIn(body: string): string | undefined {
  const json = objectIn(body);
  if (json) return json.ok === false ? String(json.error ?? "unknown_error") : undefined;
  const word = body.trim();
  return /^[a-z]+(_[a-z]+)+$/.test(word) ? word : undefined;
}

/** Slack's details: which scope is needed, which block is wrong. */
function detailIn(body: string): string {
  const json = objectIn(body);
  const details: string[] = [];
  if (typeof json?.needed === "string") details.push(`needed: ${json.needed}`);
  if (Array.isArray(json?.errors)) details.push(...json.errors.map(String));
  return details.length > 0 ? ` (${oneLine(details.join("; ")).slice(0, 300)})` : "";
}

/** True when the message was refused because of its thread. */
export function isWithoutThread(outcome: SendResult): boolean {
  return (outcome.kind === "rejected" || outcome.kind === "gone") && THREAD_ERRORS.test(outcome.reason);
}

const ADVICE: [RegExp, string][] = [
  [
    /\bno_(service|service_id|active_hooks|team)\b/,
    "Slack does not know this webhook: it was removed, or its app was. Make a new one under your app → Incoming Webhooks and paste its URL here.",
  ],
  [/is_archived/, "The channel is archived. Unarchive it, or choose another one."],
  [
    /\bchannel_not_found\b/,
    "Slack does not find the channel. With a bot token use the channel's ID (channel name → About), and invite the bot into private channels with /invite.",
  ],
  [
    /\bnot_in_channel\b/,
    "The bot is not in this channel. Write /invite and its name there, or give the app the scope chat:write.public.",
  ],
  [
    /\b(invalid_auth|not_authed|token_expired)\b/,
    "Slack does not accept this token. Copy the Bot User OAuth Token again: your app → OAuth & Permissions.",
  ],
  [
    /\b(token_revoked|account_inactive)\b/,
    "The app was removed from the workspace, or its token revoked. Install the app again and copy the new token.",
  ],
  [
    /\bmissing_scope\b/,
    "The app lacks a permission. Add the scope under OAuth & Permissions and install the app again.",
  ],
  [
    /\binvalid_token\b/,
    "Slack does not accept this webhook's token. Copy the complete URL again: your app → Incoming Webhooks.",
  ],
  [
    /\b(action_prohibited|restricted_action\w*|posting_to_general_channel_denied|ekm_access_denied)\b/,
    "The workspace's administrators do not let this app write there. Ask them, or choose another channel.",
  ],
  [
    /\b(invalid_payload|invalid_blocks\w*|msg_blocks_too_long)\b/,
    "Slack could not read the message. Look at own texts with markup of yours in them.",
  ],
];

/** Advice about Slack's errors. */
export function adviseOnSlack({ status, reason }: { status?: number; reason: string }): string | undefined {
  const known = ADVICE.find(([words]) => words.test(reason));
  if (known) return known[1];
  if (status === 429 || /\brate_?limited\b/.test(reason))
    return "Slack accepts about one message a second for each channel. Belfry waits as long as Slack asks, then continues; nothing is lost.";
  if (status === 404 || status === 410)
    return "This address no longer accepts messages. Create a new webhook under your app → Incoming Webhooks.";
  return undefined;
}
