import type { AnswerRules, SendResult, ServiceAnswer } from "../contract";
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
  "message_limit_exceeded",
  // While a workspace moves into an organisation.
  "org_login_required",
]);

/** A webhook belongs to one channel; a bot's token works in others too. */
const WEBHOOK_GONE = new Set([...GONE, "channel_not_found"]);

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors */
export const webhookAnswers: AnswerRules = {
  service: "Slack",
  proof: { expected: "with the word ok", holds: ({ body }) => body.trim() === "ok" || objectIn(body)?.ok === true },
  isOwn: ({ body }) => errorIn(body) !== undefined,
  isGone: ({ body }) => WEBHOOK_GONE.has(errorIn(body) ?? ""),
  isLater: ({ body }) => PASSING.has(errorIn(body) ?? ""),
  address: "A webhook's address looks like https://hooks.slack.com/services/T…/B…/….",
};

/** https://docs.slack.dev/apis/web-api/#evaluating_responses */
export const apiAnswers: AnswerRules = {
  service: "Slack's API",
  proof: { expected: 'with "ok": true', holds: ({ body }) => objectIn(body)?.ok === true },
  isOwn: ({ body }) => objectIn(body)?.ok === false,
  isGone: ({ body }) => GONE.has(errorIn(body) ?? ""),
  isLater: ({ body }) => PASSING.has(errorIn(body) ?? ""),
  address: "Check the API base URL.",
};

/** An answer of a webhook: plain text, `ok` or an error's name. */
export function webhookOutcome(answer: HttpAnswer): SendResult {
  return refusalIn(answer, WEBHOOK_GONE) ?? classify(answer, webhookAnswers);
}

/** An answer of the Web API: its errors come with status 200. The receipt names channel and message. */
export function apiOutcome(answer: HttpAnswer): SendResult {
  const outcome = refusalIn(answer, GONE) ?? classify(answer, apiAnswers);
  const body = outcome.kind === "sent" ? objectIn(outcome.answer) : null;
  const isNamed = typeof body?.channel === "string" && typeof body.ts === "string";
  return isNamed && outcome.kind === "sent" ? { ...outcome, receipt: `${body.channel} ${body.ts}` } : outcome;
}

/** A refusal with a status of success. */
function refusalIn(answer: HttpAnswer, gone: ReadonlySet<string>): SendResult | null {
  if (answer.kind === "failed" || answer.status >= 300) return null;
  const error = errorIn(answer.body);
  return error ? refusal(error, answer, gone) : null;
}

function refusal(error: string, answer: ServiceAnswer, gone: ReadonlySet<string>): SendResult {
  const said = { status: answer.status, answer: answer.body };
  const reason = `Slack says ${error}${detailIn(answer.body)}`;
  if (PASSING.has(error)) {
    const afterMs = retryAfterOf(answer.headers, answer.body, Date.now());
    return { kind: "retry", reason, ...said, ...(afterMs === undefined ? {} : { afterMs }) };
  }
  return { kind: gone.has(error) ? "gone" : "rejected", reason, ...said };
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

/** True when Slack itself refused a reply, for whatever reason: outside the thread it may be taken. */
export function isRefusedReply(outcome: SendResult): boolean {
  return (outcome.kind === "rejected" || outcome.kind === "gone") && outcome.status !== undefined;
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
    /\b(action_prohibited|restricted_action|posting_to_general_channel_denied|ekm_access_denied)/,
    "The workspace's administrators do not let this app write there. Ask them, or choose another channel.",
  ],
  [
    /\b(invalid_payload|invalid_blocks|msg_blocks_too_long)/,
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
