import { expect, test } from "vitest";
import { readSmtpUrl } from "./email/smtp-url";
import { explainWrongLink, recognise } from "./recognise";
import { allProviders, providerOf } from "./registry";

const DISCORD = "https://discord.com/api/webhooks/123456789012345678/aTokenThatIsLongEnough";

test.each<[pasted: string, provider: string, config: Record<string, unknown>]>([
  [DISCORD, "discord", { webhookUrl: DISCORD }],
  [`  "${DISCORD}"\n`, "discord", { webhookUrl: DISCORD }],
  [`<${DISCORD}?thread_id=12345678901234567>`, "discord", { webhookUrl: DISCORD, threadId: "12345678901234567" }],
  [
    "smtp://backups:a%20word@mail.example.org:2525?from=backups@example.org&to=ops@example.org,night@example.org",
    "email",
    {
      host: "mail.example.org",
      port: 2525,
      security: "starttls",
      user: "backups",
      password: "a word",
      from: "backups@example.org",
      to: ["ops@example.org", "night@example.org"],
    },
  ],
  ["https://automation.example.org/hooks/3f9c", "webhook", { url: "https://automation.example.org/hooks/3f9c" }],
  ["ntfy.sh/backups", "ntfy", { serverUrl: "https://ntfy.sh", topic: "backups" }],
  ["mailto:ops%40example.org,night@example.org", "email", { to: ["ops@example.org", "night@example.org"] }],
])("%s is understood", (pasted, provider, config) => {
  expect(recognise(pasted)).toMatchObject({ provider, config });
});

const KEY = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
const UUID = "5f1f3a2e-0b1c-4d5e-8f90-a1b2c3d4e5f6";
const INVOKE = `${KEY}/triggers/manual/paths/invoke`;

/** What services give people to copy, and what Apprise made of it. Whether the form is complete then. */
const FORMS: [pasted: string, provider: string, isComplete: boolean, name?: string][] = [
  ["https://canary.discord.com/api/webhooks/123456789012345678/aToken_-12", "discord", true],
  ["https://hooks.slack.com/services/T01ABCDEF/B01ABCDEF/abcDEFghiJKLmnoPQRstuVWX", "slack", true],
  [`https://prod-12.westeurope.logic.azure.com:443/workflows/${INVOKE}?api-version=2016-06-01&sig=x`, "teams", true],
  // Retired: the form opens and says what to do instead.
  ["https://team.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", "teams", false],
  [
    "https://api.telegram.org/bot123456789:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi/sendMessage?chat_id=-1",
    "telegram",
    true,
  ],
  ["https://ntfy.sh/backups", "ntfy", true],
  ["https://push.example.org/message?token=AbCdEfGhIjKlMnO", "gotify", true],
  ["https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k1&token=t1", "google-chat", true],
  ["https://chat.example.org/hooks/abcdefghijklmnopqrstuvwxyz", "mattermost", true],
  ["https://chat.example.org/hooks/aTokenAaaaaaaaaaaa/aTokenBbbbbbbbbbbbbbbbbb", "rocketchat", true],
  ["https://webexapis.com/v1/webhooks/incoming/Y2lzY29zcGFyazovL3Vz", "webex", true],
  [`https://events.pagerduty.com/integration/${KEY}/enqueue`, "pagerduty", true],
  [`https://hc-ping.com/${UUID}/start?create=1`, "healthchecks", true],
  [`https://watchgoose.com/ping/${UUID}`, "watchgoose", true],
  ["https://cronitor.link/p/aKey123/nightly", "cronitor", true],
  [`https://cronhub.io/ping/${UUID}`, "cronhub", true],
  ["https://kuma.example.org/api/push/AbCdEfGhIj?status=up&msg=OK&ping=", "uptime-kuma", true],
  [`https://o1.ingest.sentry.io/api/2/cron/nightly/${KEY}/`, "sentry", true],
  ["https://loki.example.org/loki/api/v1/push", "loki", true],
  ["https://zabbix.example.org/api_jsonrpc.php", "zabbix", false],

  // Without the scheme, as an address bar and guides show them.
  ["ntfy.sh/backups", "ntfy", true],
  ["discord.com/api/webhooks/123456789012345678/aToken_-12", "discord", true],
  ["hooks.slack.com/services/T01ABCDEF/B01ABCDEF/abcDEFghiJKLmnoPQRstuVWX", "slack", true],
  // Says only who gets the mail.
  ["mailto:ops@example.org?subject=Backups", "email", false],
  ["MAILTO:ops%40example.org,night@example.org", "email", false],
  ["ops@example.org", "email", false],

  ["discord://123456789012345678/aTokenThatIsLong", "discord", true],
  ["slack://xoxb-123-456-abc/#ops", "slack", true, "Slack #ops"],
  // Two targets are two configurations: that is what the form of Apprise is for.
  ["slack://xoxb-123-456-abc/#ops/#dev", "apprise", true],
  ["tgram://123456789:AAaaBBbbCCccDDddEEeeFFffGGggHHhhIIi/-100123", "telegram", true, "Telegram -100123"],
  ["pover://uQiRzpo4DXghDmr9QzzfQu27cmVRsG@azGDORePK8gMaC0QOYAMyEEuzJnyUi", "pushover", true],
  ["mailtos://u:p@gmail.com?to=a@b.example", "email", true],
  ["ntfys://tk_abc@ntfy.example/backups", "ntfy", true, "ntfy backups"],
  ["gotifys://push.example.org/AbCdEfGhIjKlMnO", "gotify", true],
  ["jsons://automation.example.org/hooks/1", "webhook", true],
  ["workflows://prod.logic.azure.com:443/wf/sig", "teams", true],
  ["msteams://team/A@B/C/D", "apprise", true],
  ["ntfys://host.example.org/backups?attach=https://x.example/a.png", "apprise", true],
  [`twilio://AC${KEY}:${KEY}@15551230000/15557654321`, "twilio", true],
  [`pagerduty://${KEY}@apikey`, "pagerduty", true],
  ["matrixs://user:aPassword@matrix.example/!room:matrix.example", "matrix", true, "Matrix !room:matrix.example"],
  ["mmosts://chat.example.org/abcdefghijklmnopqrstuvwxyz", "mattermost", true],
  ["rockets://tokA/tokB@chat.example/#ops", "rocketchat", true, "Rocket.Chat #ops"],
  ["signals://sig.example/15551230000/15557654321", "signal", true],
  [`opsgenie://${KEY}-key/#team`, "opsgenie", true],
  ["pbul://aToken", "pushbullet", true],
  ["gchat://space/key/token", "google-chat", true],
  [`zulip://bot@org/${KEY}/stream`, "zulip", true, "Zulip stream"],
  // The name of the target is the key of the device: no name for a channel.
  ["bark://bark.example.org/aDeviceKey", "webhook", true],
  ["mqtt://broker.example.org/backups", "apprise", true],
];

test.each(FORMS)("%s opens the form of %s", (pasted, provider, isComplete, name) => {
  const found = recognise(pasted);
  expect(found?.provider).toBe(provider);
  expect(found?.name).toBe(name);
  const known = providerOf(provider);
  const properties = Object.keys((known?.formSchema().properties as object | undefined) ?? {});
  expect(properties).toEqual(expect.arrayContaining(Object.keys(found?.config ?? {})));
  expect(known?.configSchema.safeParse(found?.config).success).toBe(isComplete);
  // What is said beside the form holds nothing secret.
  for (const field of known?.secretFields ?? []) {
    const secret = found?.config[field];
    if (typeof secret === "string") expect(`${found?.name} ${found?.note}`).not.toContain(secret);
  }
});

test.each<[pasted: string, words: RegExp]>([
  ["https://discord.com/channels/123456789012345678/234567890123456789", /a page of Discord.*Copy Webhook URL/],
  ["discord.com/channels/@me", /a page of Discord/],
  ["https://discord.gg/aBcDeF", /an invitation to a Discord server/],
  ["https://discord.com/invite/aBcDeF", /an invitation/],
  ["https://discord.com/api/webhooks/123456789012345678", /incomplete.*ID\/TOKEN/],
  ["https://app.slack.com/client/T01ABCDEF/C01ABCDEF", /a page of Slack/],
  ["https://my-team.slack.com/archives/C01ABCDEF", /a page of Slack/],
  ["https://teams.microsoft.com/l/channel/19%3aabc/General", /a channel or a chat of Teams/],
  ["https://t.me/my_backup_bot", /a chat of Telegram/],
])("%s is no address of a channel, and where that is found is said", (pasted, words) => {
  expect(recognise(pasted)).toBeNull();
  expect(explainWrongLink(pasted)).toMatch(words);
});

test("an address of a service that is right, or of anybody else, is explained as nothing", () => {
  for (const text of [DISCORD, "https://automation.example.org/hooks/3f9c", "ntfy.sh/backups", "pigeon", "a b", ""])
    expect(explainWrongLink(text), text).toBeNull();
});

test("fault C3: an Apprise URL that the service's own form would refuse opens Apprise's, with the reason", () => {
  const url = "mmost://chat.example.org/abcdefghijklmnopqrstuvwxyz";
  expect(recognise(url)).toEqual({
    provider: "apprise",
    config: { url },
    note: expect.stringMatching(/^Mattermost: Use https.*Apprise itself sends it/),
  });
});

test("each service that gives people an address to copy is among these forms", () => {
  const tried = new Set(FORMS.map(([, provider]) => provider));
  const others = allProviders()
    .filter(({ id }) => !tried.has(id))
    .map(({ id }) => id);
  // What they give is no address, or is nothing before it is completed by hand.
  expect(others).toEqual(["sns", "command", "line"]);
});

test("an SMTP URL that says all of it makes a configuration that can be saved", () => {
  const found = recognise("smtps://ops%40example.org:pa:ss@mail.example.org?to=ops@example.org");
  const email = providerOf(found?.provider ?? "");
  expect(email?.configSchema.safeParse(found?.config)).toMatchObject({
    success: true,
    data: { security: "ssl", port: 465, user: "ops@example.org", from: "ops@example.org", password: "pa:ss" },
  });
});

test.each<[url: string, values: Record<string, unknown>]>([
  ["smtp://mail.example", { host: "mail.example", port: 587, security: "starttls" }],
  ["SMTPS://mail.example", { host: "mail.example", port: 465, security: "ssl" }],
  ["smtp://mail.example:465", { host: "mail.example", port: 465, security: "ssl" }],
  ["smtp://mail.example:25?security=none", { host: "mail.example", port: 25, security: "none" }],
  ["smtp://mail.example?security=nonsense", { host: "mail.example", port: 587, security: "starttls" }],
  // A relay on the same machine has no certificate that anybody would know.
  ["smtp://localhost:25", { host: "localhost", port: 25, security: "none" }],
  ["smtp://[::1]:25/", { host: "::1", port: 25, security: "none" }],
  ["smtp://u:p@localhost:587", { host: "localhost", port: 587, security: "starttls", user: "u", password: "p" }],
  [
    "smtp://u:p@ss?w/rd#1@mail.example:587?from=a@b.example",
    { user: "u", password: "p@ss?w/rd#1", from: "a@b.example" },
  ],
  ["smtp://u:100%@mail.example", { user: "u", password: "100%" }],
  ["smtp://me@example.org:secret@mail.example", { user: "me@example.org", password: "secret", from: "me@example.org" }],
  ["smtp://mail.example?to=a@b.example&to=%20c@d.example,", { to: ["a@b.example", "c@d.example"] }],
])("%s", (url, values) => {
  expect(readSmtpUrl(url)).toMatchObject(values);
});

test.each([
  "",
  "   ",
  "hello",
  "smtp://",
  "smtp://mail.example:0",
  "smtp://mail.example:99999",
  "smtp://u:p@",
  "smtp://ma il.example",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "http://",
  "https:// discord.com",
  `${DISCORD} ${DISCORD}`,
  "https://a.example\nhttps://b.example",
  `https://a.example/${"x".repeat(8000)}`,
  "\u0000",
])("“%.80s” is nothing that can be filled in", (pasted) => {
  expect(recognise(pasted)).toBeNull();
});

test.each(["?", "@", ":", "/", "[", "%", "a", "a?", "@?"])("a long line of “%s” ends and does not throw", (sign) => {
  for (const scheme of ["smtp://", "https://", "slack://", "json://", ""]) {
    expect(() => recognise(scheme + sign.repeat(7000 / sign.length))).not.toThrow();
  }
});

test.each([
  ["https://backups:100%@ntfy.example.org/topic", { user: "backups", password: "100%" }],
  ["https://backups:100%@signal.example.org/v2/send", { user: "backups", password: "100%" }],
])("%s keeps a percent sign that encodes nothing", (pasted, config) => {
  expect(recognise(pasted)).toMatchObject({ config });
});
