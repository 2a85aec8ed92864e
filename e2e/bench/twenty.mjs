// Twenty channels of twenty different services: what each form needs when its service is a receiver of ours, and what
// the service answers when it takes a message. Secrets are of the right shape and open nothing.

const UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** @typedef {{ provider: string, config: (url: string) => object, status?: number, body?: unknown }} Twentieth */

/** @type {Twentieth[]} */
export const TWENTY = [
  {
    provider: "discord",
    config: (url) => ({ webhookUrl: `${url}/api/webhooks/1190000000000000001/benchTokenOfSomeLength0123456789` }),
    body: { id: "1300000000000000001" },
  },
  {
    provider: "slack",
    config: (url) => ({ webhookUrl: `${url}/services/T0BENCH/B0BENCH/benchBenchBench` }),
    body: "ok",
  },
  {
    provider: "teams",
    config: (url) => ({ webhookUrl: `${url}/workflows/bench/triggers/manual/paths/invoke?sig=bench` }),
    status: 202,
    body: "",
  },
  {
    provider: "telegram",
    config: (url) => ({
      botToken: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
      chatId: "-1001234567890",
      apiBaseUrl: url,
    }),
    body: { ok: true, result: { message_id: 1 } },
  },
  {
    provider: "pushover",
    config: (url) => ({
      userKey: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
      appToken: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
      apiBaseUrl: url,
    }),
    body: { status: 1, request: UUID },
  },
  {
    provider: "ntfy",
    config: (url) => ({ serverUrl: url, topic: "bench" }),
    body: { id: "bench", event: "message" },
  },
  {
    provider: "gotify",
    config: (url) => ({ serverUrl: url, appToken: "AbenchBench.12345" }),
    body: { id: 1, message: "bench" },
  },
  {
    provider: "twilio",
    config: (url) => ({
      accountSid: "ACbe4cbe4cbe4cbe4cbe4cbe4cbe4cbe4c",
      authToken: "0123456789abcdef0123456789abcdef",
      from: "+15005550006",
      to: ["+15005550010"],
      apiBaseUrl: url,
    }),
    status: 201,
    body: { sid: "SMbe4cbe4cbe4cbe4cbe4cbe4cbe4cbe4c", status: "queued", error_code: null },
  },
  { provider: "webhook", config: (url) => ({ url: `${url}/hook` }), body: "ok" },
  {
    provider: "google-chat",
    config: (url) => ({ webhookUrl: `${url}/v1/spaces/BENCH/messages?key=bench&token=bench` }),
    body: { name: "spaces/BENCH/messages/1" },
  },
  {
    provider: "line",
    config: (url) => ({
      accessToken: "benchAccessToken0123456789",
      to: `U${"0123456789abcdef".repeat(2)}`,
      apiBaseUrl: url,
    }),
    body: {},
  },
  {
    provider: "matrix",
    config: (url) => ({ serverUrl: url, accessToken: "syt_bench_0123456789", roomId: "!bench:example.org" }),
    body: { event_id: "$bench" },
  },
  { provider: "mattermost", config: (url) => ({ webhookUrl: `${url}/hooks/xx1generatedkeyxx0123456ab` }), body: "ok" },
  {
    provider: "opsgenie",
    config: (url) => ({ apiKey: UUID, apiBaseUrl: url }),
    status: 202,
    body: { result: "Request will be processed", took: 0.1, requestId: UUID },
  },
  {
    provider: "pagerduty",
    config: (url) => ({ integrationKey: "0123456789abcdef0123456789abcdef", apiBaseUrl: url }),
    status: 202,
    body: { status: "success", message: "Event processed", dedup_key: "bench" },
  },
  {
    provider: "pushbullet",
    config: (url) => ({ accessToken: "o.benchBenchBenchBenchBenchBench01", apiBaseUrl: url }),
    body: { iden: "bench" },
  },
  {
    provider: "rocketchat",
    config: (url) => ({ webhookUrl: `${url}/hooks/5f0c1c1e6f2b4d0a9a531b0f/benchBenchBenchBench` }),
    body: { success: true },
  },
  {
    provider: "signal",
    config: (url) => ({ serverUrl: url, number: "+491701234567", recipients: ["+491701234568"] }),
    status: 201,
    body: { timestamp: "1700000000000" },
  },
  {
    provider: "webex",
    config: (url) => ({ webhookUrl: `${url}/v1/webhooks/incoming/${"benchBench01".repeat(4)}` }),
    status: 204,
    body: "",
  },
  {
    provider: "zulip",
    config: (url) => ({
      serverUrl: url,
      botEmail: "bench-bot@example.org",
      apiKey: "benchBenchBench0123456789ABCDEFG",
      stream: "ops",
      topic: "backups",
    }),
    body: { id: 1, msg: "", result: "success" },
  },
];
