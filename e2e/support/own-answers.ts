import type { AnswerRules } from "@/lib/providers/contract";

/** How a service answers in its own words, by its documentation: bodies for the tests that ask every provider. */
export interface OwnAnswers {
  /** A yes that every request of a send is content with. */
  taken: string;
  /** Its status; 200 when left out. */
  takenStatus?: number;
  /** True when an empty 204 is a yes as well. */
  takesEmpty?: true;
  /** A no of a status of 4xx with `words of the service` in it. */
  refused: string;
  /** The same for a status that passes, where those words would be final with any status. */
  busy?: string;
  /** What every answer has in its head. */
  headers?: Record<string, string>;
  /** Its words for "later", with a status that stands for a refusal. */
  later?: { status: number; body: string };
  /** The no for a target that does not exist any more, with its status. */
  gone?: { status: number; body: string };
}

const WORDS = "words of the service";

/** Enough for services that are asked for no more than a status, and for some others at once. */
const ANY: OwnAnswers = {
  taken: JSON.stringify({
    ok: true,
    status: 1,
    id: "taken-1",
    message_id: 1,
    ts: "1700000000.000100",
    channel: "C01",
    event_id: "$taken",
    room_id: "!room:example.org",
    access_token: "conformance-token",
    user_id: "@belfry:example.org",
    success: true,
    result: { message_id: 1, response: "success" },
    data: { userId: "u1", authToken: "conformance-token" },
  }),
  takesEmpty: true,
  refused: JSON.stringify({ message: WORDS }),
};

const BY_PROVIDER: Record<string, OwnAnswers> = {
  apprise: {
    taken: JSON.stringify({ error: null, details: [["INFO", "2026-11-20 02:10:04", "Sent 1 notification."]] }),
    refused: JSON.stringify({ error: WORDS, details: [["WARNING", "2026-11-20 02:10:04", WORDS]] }),
  },
  discord: {
    later: { status: 400, body: JSON.stringify({ message: "The write limit of the channel was hit", code: 20028 }) },
    taken: JSON.stringify({ id: "1300000000000000001", type: 0 }),
    takesEmpty: true,
    refused: JSON.stringify({ message: WORDS, code: 50035, retry_after: 3 }),
    gone: { status: 404, body: JSON.stringify({ message: "Unknown Webhook", code: 10015 }) },
  },
  ntfy: {
    taken: JSON.stringify({ id: "hwQ2YpKdmg", time: 1635528741, event: "message", topic: "backups", message: "m" }),
    refused: JSON.stringify({ code: 40009, http: 400, error: WORDS, link: "https://ntfy.sh/docs/publish/" }),
  },
  gotify: {
    taken: JSON.stringify({ id: 25, appid: 5, message: "m", title: "t", priority: 2, date: "2018-02-27T19:36:10Z" }),
    refused: JSON.stringify({ error: "Bad Request", errorCode: 400, errorDescription: WORDS }),
  },
  pushover: {
    taken: JSON.stringify({ status: 1, request: "647d2300-702c-4b38-8b2f-d56326ae460b" }),
    refused: JSON.stringify({ user: "invalid", errors: [WORDS], status: 0, request: "5042853c" }),
  },
  pagerduty: {
    taken: JSON.stringify({ status: "success", message: "Event processed", dedup_key: "samplekeyhere" }),
    refused: JSON.stringify({ status: "invalid event", message: "Event object is invalid", errors: [WORDS] }),
  },
  opsgenie: {
    taken: JSON.stringify({ result: "Request will be processed", took: 0.302, requestId: "43a29c5c-3dbf-4fa4" }),
    refused: JSON.stringify({ message: WORDS, took: 0.1, requestId: "rId" }),
  },
  pushbullet: {
    taken: JSON.stringify({ iden: "ujpah72o0sjAoRtnM0jc", active: true, type: "note" }),
    refused: JSON.stringify({ error: { code: "invalid_param", type: "invalid_request", message: WORDS } }),
  },
  twilio: {
    taken: JSON.stringify({ sid: `SM${"0".repeat(32)}`, status: "queued" }),
    refused: JSON.stringify({ code: 21211, message: WORDS, more_info: "https://www.twilio.com/docs/errors/21211" }),
  },
  sns: {
    taken:
      "<PublishResponse><PublishResult><MessageId>567910cd-659e-55d4</MessageId></PublishResult></PublishResponse>",
    refused: `<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>${WORDS}</Message></Error></ErrorResponse>`,
    gone: {
      status: 400,
      body: "<ErrorResponse><Error><Code>EndpointDisabledException</Code><Message>off</Message></Error></ErrorResponse>",
    },
  },
  loki: { taken: "", takenStatus: 204, takesEmpty: true, refused: WORDS },
  zabbix: {
    taken: JSON.stringify({ jsonrpc: "2.0", result: { response: "success", data: [{ itemid: "10600" }] }, id: 1 }),
    refused: JSON.stringify({ jsonrpc: "2.0", error: { code: -32602, message: WORDS }, id: 1 }),
  },
  healthchecks: { taken: "OK", refused: `not found: ${WORDS}` },
  watchgoose: { taken: "OK", refused: `not found: ${WORDS}` },
  cronitor: { taken: "OK", refused: WORDS },
  cronhub: { taken: JSON.stringify({ success: true }), takesEmpty: true, refused: JSON.stringify({ message: WORDS }) },
  sentry: { taken: JSON.stringify({ id: "b0e1" }), takenStatus: 202, refused: JSON.stringify({ detail: WORDS }) },
  "uptime-kuma": {
    taken: JSON.stringify({ ok: true }),
    refused: JSON.stringify({ ok: false, msg: `Monitor not found or not active, ${WORDS}` }),
    busy: JSON.stringify({ ok: false, msg: `database is locked, ${WORDS}` }),
  },
  slack: {
    later: { status: 400, body: "message_limit_exceeded" },
    taken: "ok",
    refused: JSON.stringify({ ok: false, error: WORDS }),
    gone: { status: 404, body: "no_service" },
  },
  teams: {
    taken: "1",
    refused: JSON.stringify({ error: { code: "BadRequest", message: WORDS } }),
    gone: { status: 404, body: JSON.stringify({ error: { code: "WorkflowNotFound", message: "could not be found" } }) },
  },
  telegram: {
    later: { status: 400, body: JSON.stringify({ ok: false, description: "slow", parameters: { retry_after: 5 } }) },
    taken: JSON.stringify({ ok: true, result: { message_id: 7 } }),
    refused: JSON.stringify({ ok: false, description: WORDS }),
    gone: { status: 403, body: JSON.stringify({ ok: false, description: "Forbidden: bot was kicked from the group" }) },
  },
  "google-chat": {
    later: { status: 409, body: JSON.stringify({ error: { code: 409, status: "ABORTED", message: "again" } }) },
    taken: JSON.stringify({ name: "spaces/AAAA/messages/BBBB.CCCC", thread: { name: "spaces/AAAA/threads/BBBB" } }),
    refused: JSON.stringify({ error: { code: 400, status: "INVALID_ARGUMENT", message: WORDS } }),
    gone: { status: 404, body: JSON.stringify({ error: { code: 404, status: "NOT_FOUND", message: "no entity" } }) },
  },
  line: {
    taken: JSON.stringify({ sentMessages: [{ id: "461230966842064897", quoteToken: "q" }] }),
    refused: JSON.stringify({ message: WORDS }),
    headers: { "x-line-request-id": "123e4567-e89b-12d3-a456-426655440000" },
  },
  matrix: {
    later: {
      status: 400,
      body: JSON.stringify({ errcode: "M_LIMIT_EXCEEDED", error: "slowly", retry_after_ms: 2000 }),
    },
    taken: JSON.stringify({
      event_id: "$taken",
      room_id: "!room:example.org",
      access_token: "conformance-token",
      user_id: "@belfry:example.org",
    }),
    refused: JSON.stringify({ errcode: "M_UNKNOWN", error: WORDS }),
    gone: { status: 403, body: JSON.stringify({ errcode: "M_USER_DEACTIVATED", error: "deactivated" }) },
  },
  mattermost: {
    taken: "ok",
    refused: JSON.stringify({ id: "web.incoming_webhook.parse.app_error", message: WORDS, status_code: 400 }),
    gone: {
      status: 404,
      body: JSON.stringify({ id: "app.channel.get.existing.app_error", message: "no channel", status_code: 404 }),
    },
  },
  rocketchat: {
    later: { status: 400, body: JSON.stringify({ success: false, error: "[error-too-many-requests]" }) },
    taken: JSON.stringify({
      success: true,
      message: { _id: "taken1" },
      data: { userId: "u1", authToken: "conformance-token" },
    }),
    refused: JSON.stringify({ success: false, error: WORDS }),
    gone: { status: 404, body: JSON.stringify({ success: false, error: "Invalid integration id or token provided." }) },
  },
  signal: {
    later: { status: 400, body: JSON.stringify({ error: "Failed to send: rate limit exceeded" }) },
    taken: JSON.stringify({ timestamp: "1700000000000" }),
    refused: JSON.stringify({ error: WORDS }),
  },
  webex: {
    later: { status: 423, body: JSON.stringify({ message: "locked", trackingId: "ROUTER_5F0C1C1E-6F2B" }) },
    taken: JSON.stringify({ id: "Y2lzY29zcGFyazovL3VzL01FU1NBR0Uv" }),
    takesEmpty: true,
    refused: JSON.stringify({ message: WORDS, trackingId: "ROUTER_5F0C1C1E-6F2B" }),
    gone: { status: 404, body: JSON.stringify({ message: "not found", trackingId: "ROUTER_5F0C1C1E-6F2B" }) },
  },
  zulip: {
    later: {
      status: 400,
      body: JSON.stringify({ result: "error", msg: "limit", code: "RATE_LIMIT_HIT", "retry-after": 2 }),
    },
    taken: JSON.stringify({ result: "success", msg: "", id: 42 }),
    refused: JSON.stringify({ result: "error", msg: WORDS, code: "BAD_REQUEST" }),
    gone: { status: 403, body: JSON.stringify({ result: "error", msg: "deactivated", code: "REALM_DEACTIVATED" }) },
  },
};

/** Takes every answer as the receiver's own. */
export const ANY_RECEIVER: AnswerRules = {
  service: "the receiver",
  proof: { byStatus: "Any receiver may stand here." },
  isOwn: () => true,
};

/** The answers of the service that this provider is for. */
export function ownAnswersOf(providerId: string): OwnAnswers {
  return BY_PROVIDER[providerId] ?? ANY;
}
