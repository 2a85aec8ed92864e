import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ownAnswersOf } from "@/e2e/support/own-answers";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import type { ProviderIo } from "../contract";
import { createHttp, type Http } from "../kit/http";
import type { MailMessage } from "../kit/mail";
import type { MailServerConfig } from "../kit/mail-exchange";
import { providerOf } from "../registry";
import { parseAppriseUrl, recogniseAppriseUrl } from "./url";

/*
 * Every form that Belfry sends itself, up to the request that goes out: a real one, to a server on loopback.
 * Only the host in its address is another one.
 */

interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}
const sent: Sent[] = [];
let taken = "";
const web = createServer(async (request, response) => {
  for await (const _ of request);
  // Slack's API answers in another way than its webhooks.
  response.writeHead(200).end(request.url?.startsWith("/api/chat.") ? '{"ok":true}' : taken);
});
let http: Http;
let io: ProviderIo;
beforeAll(async () => {
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  http = createHttp({ egress: "any", userAgent: "Belfry/test" });
  io = {
    http: {
      request: (input) => {
        const { method, url, headers = {}, body = "" } = input;
        sent.push({ method, url, headers, body });
        return http.request({ ...input, url: url.replace(/^https?:\/\/[^/?]+/, origin) });
      },
    },
    mail: { send: () => Promise.reject(new Error("not here")) },
  };
});
afterAll(async () => {
  await http.close();
  web.closeAllConnections();
  await new Promise((done) => web.close(done));
});
beforeEach(() => {
  sent.length = 0;
});

/** Sends the sample by everything that a URL stands for. */
async function deliver(url: string): Promise<void> {
  const mapping = parseAppriseUrl(url);
  if (!("provider" in mapping)) throw new Error(`nothing stands for ${url}: ${JSON.stringify(mapping)}`);
  const provider = providerOf(mapping.provider);
  if (!provider) throw new Error(`there is no provider ${mapping.provider}`);
  taken = ownAnswersOf(provider.id).taken;
  for (const target of mapping.targets) {
    const config = provider.parse(target.config);
    const { fixed } = provider.audience(config);
    for (const recipient of fixed) {
      const payload = provider.render(sampleNotification(), config, sampleContext({ recipient, values: {} }));
      const outcome = await provider.send(payload, config, io);
      expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: "sent" });
    }
  }
}

const HOOK = "T1JJ3T3L2/B1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ";
const KEY32 = "e93facc04764012d7bfb002500d5d1a6";
const SID = "AC0123456789abcdef0123456789abcdef";
const BOT = "123456789:AAExampleTokenOfABot0123456789_-x";
const LINE_USER = "U4af4980629f1b2a3c4d5e6f708192a3b";
const title = "media-library could not be backed up";
const says = (...words: string[]) => new RegExp(words.map((word) => `(?=[\\s\\S]*${word})`).join(""));
const MESSAGE = "could not be backed up";

type Row = [
  url: string,
  ...requests: [request: string, body?: RegExp | Record<string, unknown>, headers?: Record<string, unknown>][],
];

const ROWS: Row[] = [
  // Discord
  [
    "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    ["POST https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?wait=true", says(title)],
  ],
  [
    "discord://Robot@4174216298/token_js/?thread=1234567890123456789&avatar_url=https%3A%2F%2Fx.example%2Fa.png&format=markdown",
    [
      "POST https://discord.com/api/webhooks/4174216298/token_js?thread_id=1234567890123456789&wait=true",
      { username: "Robot", avatar_url: "https://x.example/a.png", allowed_mentions: { parse: [] } },
    ],
  ],
  [
    "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
    ["POST https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?wait=true"],
  ],
  // Slack
  [`slack://${HOOK}`, [`POST https://hooks.slack.com/services/${HOOK}`, says(MESSAGE)]],
  [`slack://Robot@${HOOK}/?blocks=yes`, [`POST https://hooks.slack.com/services/${HOOK}`, says("Robot")]],
  [`https://hooks.slack.com/services/${HOOK}`, [`POST https://hooks.slack.com/services/${HOOK}`]],
  [
    "slack://xoxb-1234-5678-abcdefABCDEF/#nas/%23night",
    [
      "POST https://slack.com/api/chat.postMessage",
      says('"channel":"#nas"'),
      { authorization: "Bearer xoxb-1234-5678-abcdefABCDEF" },
    ],
    ["POST https://slack.com/api/chat.postMessage", says('"channel":"#night"')],
  ],
  // fault C1: the channel is sent along, though webhooks of newer apps ignore it.
  ["slack://A/B/C/#channel", ["POST https://hooks.slack.com/services/A/B/C", { channel: "#channel" }]],
  [
    `slack://Robot@${HOOK}/#nas/+C012345`,
    [`POST https://hooks.slack.com/services/${HOOK}`, { channel: "#nas", username: "Robot" }],
    [`POST https://hooks.slack.com/services/${HOOK}`, { channel: "C012345" }],
  ],
  // fault C3: tokens as a setting.
  ["slack://?token=A/B/C&to=#c", ["POST https://hooks.slack.com/services/A/B/C", { channel: "#c" }]],
  ["slack://xoxb-1234-abcdef", ["POST https://slack.com/api/chat.postMessage", { channel: "#general" }]],
  // Teams
  [
    "workflows://prod-161.westeurope.logic.azure.com:443/643e69f83c8944438d68119179a10a64/KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A",
    [
      "POST https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODuebWbDGYFr0z0eu-6Rj8aUKz7108W3wrNJZxFE5A",
      says("AdaptiveCard", '"1.4"'),
    ],
  ],
  [
    "https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODue",
    [
      "POST https://prod-161.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=KODue",
    ],
  ],
  // Telegram
  [
    `tgram://${BOT}/-1001234567890:42/@channel_one?silent=yes`,
    [
      `POST https://api.telegram.org/bot${BOT}/sendMessage`,
      { chat_id: "-1001234567890", message_thread_id: 42, disable_notification: true, parse_mode: "HTML" },
    ],
    [`POST https://api.telegram.org/bot${BOT}/sendMessage`, { chat_id: "@channel_one" }],
  ],
  [
    `tgram://bot${BOT.replace(":", "%3A")}/?to=12345`,
    [`POST https://api.telegram.org/bot${BOT}/sendMessage`, { chat_id: "12345" }],
  ],
  // Pushover
  [
    "pover://uQiRzpo4DXghDmr9QzzfQu27cmVRsG@azGDORePK8gMaC0QOYAMyEEuzJnyUi/phone/pad?priority=high&sound=bike",
    [
      "POST https://api.pushover.net/1/messages.json",
      says(
        "token=azGDORePK8gMaC0QOYAMyEEuzJnyUi",
        "user=uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
        "device=phone%2Cpad",
        "sound=bike",
        "priority=1",
      ),
    ],
  ],
  [
    "pover://uQiRzpo4DXghDmr9QzzfQu27cmVRsG@azGDORePK8gMaC0QOYAMyEEuzJnyUi?priority=emergency&interval=60&expire=3600",
    ["POST https://api.pushover.net/1/messages.json", says("priority=2", "retry=60", "expire=3600")],
  ],
  // ntfy
  ["ntfy://backups", ["POST https://ntfy.sh/", { topic: "backups", title }]],
  ["ntfy://ntfy.sh/backups", ["POST https://ntfy.sh/", { topic: "backups" }]],
  [
    "ntfy://localhost:8080/one/two?priority=max",
    ["POST http://localhost:8080/", { topic: "one", priority: 5 }],
    ["POST http://localhost:8080/", { topic: "two" }],
  ],
  [
    "ntfys://me:word@ntfy.example.org/backups",
    ["POST https://ntfy.example.org/", { topic: "backups" }, { authorization: `Basic ${btoa("me:word")}` }],
  ],
  [
    "ntfys://tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2@ntfy.example.org/backups",
    [
      "POST https://ntfy.example.org/",
      { topic: "backups" },
      { authorization: "Bearer tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" },
    ],
  ],
  // Gotify
  [
    "gotifys://gotify.example.org/sub/path/AeQkPkmGX8TKDJn?priority=high",
    ["POST https://gotify.example.org/sub/path/message", says(title), { "x-gotify-key": "AeQkPkmGX8TKDJn" }],
  ],
  ["gotify://gotify.example.org:8008/AeQkPkmGX8TKDJn", ["POST http://gotify.example.org:8008/message", says(title)]],
  // Any address
  [
    "json://host.example:8080/a%20b/c",
    [
      "POST http://host.example:8080/a%20b/c",
      { version: "1.0", title, message: expect.stringContaining("nas.lan"), type: "failure", attachments: [] },
      { "content-type": "application/json" },
    ],
  ],
  [
    "jsons://me:pa%40ss@host.example?+X-Token=a%20b&-k=v&:sub=nas&:message=text&:attachments=&method=put&+Authorization=Bearer%20x",
    [
      "PUT https://me:pa%40ss@host.example/?k=v",
      { version: "1.0", title, text: expect.any(String), sub: "nas" },
      { "x-token": "a b", authorization: "Bearer x" },
    ],
  ],
  ["json://host.example/?:evil=%7B%7Btitle%7D%7D%22%7D", ["POST http://host.example/", { evil: '{{title}}"}' }]],
  [
    "form://host.example/x?:sub=%7B%7Bn%7D%7D",
    [
      "POST http://host.example/x",
      says("version=1.0", "title=media-library", "type=failure", "sub=%7B%7Bn%7D%7D"),
      { "content-type": "application/x-www-form-urlencoded" },
    ],
  ],
  [
    "xmls://host.example/x?:Sub=%3Ca%3E%7B%7Bn%7D%7D",
    [
      "POST https://host.example/x",
      says("<Subject>media-library", "<MessageType>failure</MessageType>", "<Sub>&lt;a&gt;&#123;&#123;n"),
      { "content-type": "application/xml" },
    ],
  ],
  // Text messages
  [
    `twilio://${SID}:exampleTokenOfTwilio0123456789ab@+15557122661/+491701234567/15558675310`,
    [
      `POST https://api.twilio.com/2010-04-01/Accounts/${SID}/Messages.json`,
      says("To=%2B491701234567", "From=%2B15557122661"),
    ],
    [`POST https://api.twilio.com/2010-04-01/Accounts/${SID}/Messages.json`, says("To=%2B15558675310")],
  ],
  [
    `twilio://${SID}:exampleTokenOfTwilio0123456789ab@MG0123456789abcdef0123456789abcdef/+491701234567`,
    [
      `POST https://api.twilio.com/2010-04-01/Accounts/${SID}/Messages.json`,
      says("MessagingServiceSid=MG0123456789abcdef0123456789abcdef"),
    ],
  ],
  [
    "sns://AKIAEXAMPLE012345678/wJalr/K7MDENG/EXAMPLEKEY/us-west-2/+18005551223",
    [
      "POST https://sns.us-west-2.amazonaws.com/",
      says("PhoneNumber=%2B18005551223"),
      { authorization: expect.stringContaining("AKIAEXAMPLE012345678") },
    ],
  ],
  [
    "sns://AKIAEXAMPLE012345678/secretKeyOfMine/us-west-2/arn:aws:sns:us-west-2:123456789012:backups",
    [
      "POST https://sns.us-west-2.amazonaws.com/",
      says("TopicArn=arn%3Aaws%3Asns%3Aus-west-2%3A123456789012%3Abackups"),
    ],
  ],
  [
    "signal://me:word@signal.lan:8080/+491701111111/+491702222222",
    [
      "POST http://signal.lan:8080/v2/send",
      { number: "+491701111111", recipients: ["+491702222222"] },
      { authorization: `Basic ${btoa("me:word")}` },
    ],
  ],
  // Incidents
  [
    `pagerduty://${KEY32}@apikey?region=eu`,
    ["POST https://events.eu.pagerduty.com/v2/enqueue", { routing_key: KEY32, event_action: "trigger" }],
  ],
  [
    "opsgenie://a1b2c3d4-0000-1111-2222-333344445555/#ops/@me@example.org?region=eu",
    [
      "POST https://api.eu.opsgenie.com/v2/alerts",
      says('"ops"', "me@example.org"),
      { authorization: "GenieKey a1b2c3d4-0000-1111-2222-333344445555" },
    ],
  ],
  [
    "splunk://database@0123abcd-ef",
    [
      "POST https://alert.victorops.com/integrations/generic/20131114/alert/0123abcd-ef/database",
      { message_type: "CRITICAL", entity_id: "belfry/alt_01", entity_display_name: title },
    ],
  ],
  [
    "spike://1234567890abcdef1234567890abcdef",
    ["POST https://api.spike.sh/v1/alerts/1234567890abcdef1234567890abcdef", { message: title }],
  ],
  // Chats
  [
    "matrixs://me:word@matrix.example.org/#room",
    ["POST https://matrix.example.org/_matrix/client/v3/login", says("word")],
    // The server of the account, which has another name than the address.
    ["GET https://matrix.example.org/_matrix/client/v3/directory/room/%23room%3Aexample.org"],
    [expect.stringMatching(/^(POST|GET|PUT) https:\/\/matrix\.example\.org\/_matrix\//) as unknown as string],
  ],
  [
    "matrixs://syt_token@matrix.example.org/!AbCdEf:example.org",
    [
      "PUT https://matrix.example.org/_matrix/client/v3/rooms/!AbCdEf%3Aexample.org/send/m.room.message/dlv_01",
      says(MESSAGE),
      { authorization: "Bearer syt_token" },
    ],
  ],
  [
    "matrixs://abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01/?mode=t2bot",
    [
      "POST https://webhooks.t2bot.io/api/v1/matrix/hook/abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01",
      { format: "plain", text: expect.stringContaining(title) },
    ],
  ],
  [
    "mmosts://Robot@chat.example.org/sub/3ccdd113474722377935511fc85d3dd4?to=%23town-square&icon_url=https://x.example/i.png",
    [
      "POST https://chat.example.org/sub/hooks/3ccdd113474722377935511fc85d3dd4",
      { channel: "town-square", username: "Robot", icon_url: "https://x.example/i.png" },
    ],
  ],
  [
    "mmost://chat.lan:8065/3ccdd113474722377935511fc85d3dd4",
    ["POST http://chat.lan:8065/hooks/3ccdd113474722377935511fc85d3dd4", says(MESSAGE)],
  ],
  [
    "rockets://me:word@chat.example.org/#backups",
    ["POST https://chat.example.org/api/v1/login", { user: "me", password: "word" }],
    ["POST https://chat.example.org/api/v1/chat.postMessage", { channel: "#backups" }],
  ],
  [
    "rockets://tokenA0123456789/tokenB0123456789abcdef@chat.example.org/#backups",
    ["POST https://chat.example.org/hooks/tokenA0123456789/tokenB0123456789abcdef", { channel: "#backups" }],
  ],
  [
    "zulip://bot@acme/a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm/backups",
    [
      "POST https://acme.zulipchat.com/api/v1/messages",
      says("to=backups"),
      { authorization: `Basic ${btoa("bot-bot@acme.zulipchat.com:a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm")}` },
    ],
  ],
  [
    "zulip://bot@acme/backups?token=a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm",
    [
      "POST https://acme.zulipchat.com/api/v1/messages",
      says("to=backups"),
      { authorization: `Basic ${btoa("bot-bot@acme.zulipchat.com:a6k4bGQSnZHV3gP2cmFtVfDDWPqW0DXm")}` },
    ],
  ],
  [
    "webex://Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMDEyMzQ1Njc4OWFiY2RlZg",
    [
      "POST https://webexapis.com/v1/webhooks/incoming/Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMDEyMzQ1Njc4OWFiY2RlZg",
      says("markdown"),
    ],
  ],
  [
    "wxteams://Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMDEyMzQ1Njc4OWFiY2RlZg",
    ["POST https://webexapis.com/v1/webhooks/incoming/Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMDEyMzQ1Njc4OWFiY2RlZg"],
  ],
  [
    "gchat://AAAAexample/key-of-mine/token-of-mine",
    [
      expect.stringMatching(
        /^POST https:\/\/chat\.googleapis\.com\/v1\/spaces\/AAAAexample\/messages\?.*key=key-of-mine.*token=token-of-mine/,
      ) as unknown as string,
      says(MESSAGE),
    ],
  ],
  [
    "pbul://o.abcdefghijklmnopqrstuvwxyz/#channel",
    ["POST https://api.pushbullet.com/v2/pushes", { title, channel_tag: "channel" }],
  ],
  [
    `line://token0123456789012345678901234567890/more=/${LINE_USER}`,
    [
      "POST https://api.line.me/v2/bot/message/push",
      { to: LINE_USER },
      { authorization: "Bearer token0123456789012345678901234567890/more=" },
    ],
  ],
  [
    "nctalks://me:word@cloud.example.org/room1/room2",
    [
      "POST https://cloud.example.org/ocs/v2.php/apps/spreed/api/v1/chat/room1",
      { message: expect.stringContaining(title) },
      { "ocs-apirequest": "true", authorization: `Basic ${btoa("me:word")}` },
    ],
    ["POST https://cloud.example.org/ocs/v2.php/apps/spreed/api/v1/chat/room2"],
  ],
  // One request each, as webhooks
  [
    "barks://api.day.app/key-of-mine?sound=bell&level=timeSensitive",
    [
      "POST https://api.day.app/key-of-mine",
      {
        title,
        sound: "bell",
        level: "timeSensitive",
        url: "https://backup.example.org/runs/run_01",
      },
    ],
  ],
  [
    "hassio://home.lan/longLivedToken0123456789",
    [
      "POST http://home.lan:8123/api/services/persistent_notification/create",
      { title, notification_id: "dlv_01" },
      { authorization: "Bearer longLivedToken0123456789" },
    ],
  ],
  [
    "ifttt://key-of-mine@backup_failed/second?+where=cellar&-value3=",
    [
      "POST https://maker.ifttt.com/trigger/backup_failed/with/key/key-of-mine",
      { value1: title, value2: expect.any(String), where: "cellar" },
    ],
    ["POST https://maker.ifttt.com/trigger/second/with/key/key-of-mine"],
  ],
  [
    "mailgun://belfry@mg.example.org/key-0123456789abcdef/ops@example.org?region=eu&name=Night%20Shift",
    [
      "POST https://api.eu.mailgun.net/v3/mg.example.org/messages",
      says("from=Night\\+Shift\\+%3Cbelfry%40mg.example.org%3E", "to=ops%40example.org", "subject=media-library"),
      { authorization: `Basic ${btoa("api:key-0123456789abcdef")}` },
    ],
  ],
  [
    "sendgrid://SG.abcdef:belfry@example.org/ops@example.org",
    [
      "POST https://api.sendgrid.com/v3/mail/send",
      {
        from: { email: "belfry@example.org" },
        personalizations: [{ to: [{ email: "ops@example.org" }] }],
        subject: title,
      },
      { authorization: "Bearer SG.abcdef" },
    ],
  ],
  [
    "resend://?apikey=re_abcdef&from=Belfry%20%3Cbelfry@example.org%3E&to=ops@example.org",
    [
      "POST https://api.resend.com/emails",
      { from: "Belfry <belfry@example.org>", to: "ops@example.org" },
      { authorization: "Bearer re_abcdef" },
    ],
  ],
  [
    "resend://re_abcdef:belfry@example.org/ops@example.org",
    [
      "POST https://api.resend.com/emails",
      { from: "belfry@example.org", to: "ops@example.org", subject: title },
      { authorization: "Bearer re_abcdef" },
    ],
  ],
];

describe("what goes out", () => {
  for (const [url, ...requests] of ROWS) {
    test(url, async () => {
      await deliver(url);
      expect(sent.length).toBeGreaterThanOrEqual(requests.length);
      for (const [index, [request, body, headers]] of requests.entries()) {
        const it = sent[index];
        expect(`${it?.method} ${it?.url}`).toEqual(request);
        if (body instanceof RegExp) expect(it?.body).toMatch(body);
        else if (body) expect(JSON.parse(it?.body ?? "")).toMatchObject(body);
        const lower = Object.fromEntries(
          Object.entries(it?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
        );
        if (headers) expect(lower).toMatchObject(headers);
      }
    });
  }

  test.each<[url: string, server: Partial<MailServerConfig>, from: string, to: string[]]>([
    [
      "mailto://me:word@mail.example.org",
      { host: "mail.example.org", port: 25, security: "none", user: "me", password: "word" },
      "me@mail.example.org",
      ["me@mail.example.org"],
    ],
    [
      "mailtos://me:word@mail.example.org?to=ops@example.org,night@example.org&name=Night Shift",
      { port: 587, security: "starttls" },
      "Night Shift <me@mail.example.org>",
      ["ops@example.org", "night@example.org"],
    ],
    [
      "mailtos://me:word@mail.example.org/ops@example.org?mode=ssl&smtp=smtp.example.org&from=belfry@example.org&cc=two@example.org",
      { host: "smtp.example.org", port: 465, security: "ssl" },
      "belfry@example.org",
      ["ops@example.org", "two@example.org"],
    ],
    [
      "mailtos://mail.example.org:2525?user=me%40example.org&pass=p%40ss&verify=no&to=ops@example.org",
      { port: 2525, user: "me@example.org", password: "p@ss", acceptAnyCertificate: true },
      "me@example.org",
      ["ops@example.org"],
    ],
    [
      "mailto://me:word@gmail.com",
      { host: "smtp.gmail.com", port: 587, security: "starttls", user: "me@gmail.com" },
      "me@gmail.com",
      ["me@gmail.com"],
    ],
    [
      "mailto://me:word@yahoo.com?to=x@example.org",
      { host: "smtp.mail.yahoo.com", port: 465, security: "ssl", user: "me@yahoo.com" },
      "me@yahoo.com",
      ["x@example.org"],
    ],
    [
      "mailto://me:word@outlook.com",
      { host: "smtp-mail.outlook.com", port: 587, security: "starttls" },
      "me@outlook.com",
      ["me@outlook.com"],
    ],
    [
      "mailtos://me:word@fastmail.com",
      { host: "smtp.fastmail.com", port: 465, security: "ssl" },
      "me@fastmail.com",
      ["me@fastmail.com"],
    ],
    ["mailtos://me:word@icloud.com", { host: "smtp.mail.me.com", port: 587 }, "me@icloud.com", ["me@icloud.com"]],
    [
      "mailtos://me:word@yandex.com",
      { host: "smtp.yandex.ru", port: 465, user: "me" },
      "me@yandex.com",
      ["me@yandex.com"],
    ],
  ])("%s", async (url, server, from, to) => {
    const mapping = parseAppriseUrl(url);
    if (!("provider" in mapping)) throw new Error("nothing stands for it");
    const provider = providerOf(mapping.provider);
    const config = provider?.parse(mapping.targets[0]?.config);
    expect(config).toMatchObject(server);
    const message = provider?.render(sampleNotification(), config, sampleContext()) as MailMessage;
    expect(message).toMatchObject({ from, to });
  });
});

describe("fault C3: services that are newer than the Apprise of Debian", () => {
  test.each<[url: string, provider: string]>([
    ["workflows://prod.example.org:443/wf/sig?image=yes&wrap=yes&ver=2016-06-01", "teams"],
    ["workflow://prod.example.org/wf/sig?pa=yes", "teams"],
    [`spike://${KEY32}`, "webhook"],
    ["splunk://database@0123abcd-ef?action=critical&entity_id=nas", "webhook"],
    ["victorops://database@0123abcd-ef", "webhook"],
    ["resend://re_abcdef:belfry@example.org/ops@example.org?name=Night", "webhook"],
    [`webex://${"a".repeat(80)}?mode=webhook`, "webex"],
    ["nctalks://me:word@cloud.example.org/room1?url_prefix=/sub", "webhook"],
    ["tgram://123456789:AAExampleTokenOfABot0123456789_-x/-1001:42?topic=7", "telegram"],
    ["matrixs://me:word@example.org/#room?discovery=yes&version=v3", "matrix"],
  ])("%s is sent by Belfry", (url, provider) => {
    expect(parseAppriseUrl(url)).toMatchObject({ provider });
  });

  test.each<[url: string, reason: RegExp]>([
    ["workflows://prod.example.org/wf/sig?wrap=no", /“wrap”/],
    ["workflows://prod.example.org/wf/sig?:own=1", /“:own”/],
    [`spike://${KEY32}?own=1`, /“own”/],
    ["splunk://database@0123abcd-ef?:critical=WARNING", /“:critical”/],
    ["resend://re_abcdef:belfry@example.org?cc=two@example.org", /“cc”/],
    [`webex://${"a".repeat(80)}/room`, /webex:/],
    ["twilio://SID:TOKEN@15551230000?method=call", /“method”/],
    ["ntfys://host/topic?actions=view", /“actions”/],
    ["opsgenie://key/?action=close", /“action”/],
    ["discord://id/token?ping=@here&flags=4", /“ping” and “flags”/],
    ["slack://A/B/C?timestamp=no", /“timestamp”/],
    ["matrixs://me:word@host/#room?version=v2", /“version”/],
    ["feishu://token", /does not know this service/],
  ])("%s is handed on with a reason", (url, reason) => {
    expect(parseAppriseUrl(url)).toEqual({ apprise: expect.stringMatching(reason) });
  });
});

describe("what Belfry does not send itself", () => {
  test.each<[url: string, reason: RegExp]>([
    ["mqtt://host/topic", /does not know this service/],
    ["mqtts://me:word@host/topic?qos=1", /does not know this service/],
    ["syslog://", /does not know this service/],
    ["syslog://x", /does not know this service/],
    ["rsyslog://host/local7", /does not know this service/],
    ["kodi://host", /does not know this service/],
    ["dbus://x", /does not know this service/],
    ["unknown://x", /does not know this service/],
    ["apprise://host/key", /Apprise API server of this URL/],
    ["apprises://host/key?verify=no", /apprises:\/\/host\/key/],
    [`tgram://${BOT}`, /tgram:\/\/bot-token\/chat-id/],
    ["json://host?method=delete", /“method”/],
    ["jsons://host?verify=no", /“verify”/],
    ["jsons://host?rto=60", /“rto”/],
    ["jsons://host?overflow=split", /“overflow”/],
    ["mailtos://a:b@host?bcc=c@d.example", /“bcc”/],
    ["mailtos://a:b@host?+X-Own=x&format=text", /“\+x-own” and “format”/],
    ["mailtos://a:b@host?mode=odd", /“mode”/],
    ["workflows://h/i/s?template=/etc/passwd", /“template”/],
    ["zulip://bot@org/key/me@example.org", /mail address/],
    ["msteams://team/A@B/C/D", /retired/],
    ["https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", /retired/],
    ["slack://T/B", /slack:/],
    ["discord://onlyone", /discord:\/\/webhook-id/],
    ["tgram://nonsense", /tgram:/],
    ["matrixs://me:word@host", /matrixs:/],
    ["rockets://me:word@host", /rockets:/],
    ["sns://AKIA/secret/us-west-2/topic-name", /complete ARN/],
    ["sns://AKIA/secret", /sns:/],
    ["ntfys://", /ntfys:/],
  ])("%s is for Apprise itself, and the reason is said", (url, reason) => {
    expect(parseAppriseUrl(url)).toEqual({ apprise: expect.stringMatching(reason) });
  });

  test.each([
    ["hello", /not an Apprise URL/],
    ["", /not an Apprise URL/],
    ["https://example.org/x", /not an Apprise URL/],
    ["javascript://%0aalert(1)", /not an Apprise URL/],
    ["json://a json://b", /one URL/],
    ["json://a,json://b", /one URL/],
    ["json://a\njson://b", /one line/],
    [`json://${"x".repeat(9000)}`, /at most/],
  ])("%s is no Apprise URL, in words", (url, words) => {
    expect(parseAppriseUrl(url)).toMatchObject({ problem: expect.stringMatching(words) });
  });

  test("hostile input: no throw, no endless search, no template of its own", () => {
    const schemas = [
      "discord",
      "slack",
      "tgram",
      "pover",
      "ntfys",
      "gotify",
      "jsons",
      "form",
      "xml",
      "workflows",
      "twilio",
      "pagerduty",
      "matrixs",
      "mmosts",
      "rockets",
      "signal",
      "opsgenie",
      "webex",
      "pbul",
      "line",
      "sns",
      "gchat",
      "zulip",
      "barks",
      "hassio",
      "ifttt",
      "splunk",
      "spike",
      "mailgun",
      "sendgrid",
      "resend",
      "nctalks",
      "mailtos",
    ];
    const rests = [
      "",
      "@",
      ":@:",
      "%",
      "%zz%00",
      "?".repeat(500),
      "/".repeat(7000),
      "a/".repeat(3500),
      "@".repeat(7000),
      ":".repeat(7000),
      `?${"&:a=b".repeat(1500)}`,
      "a@b@c@d/e@f",
      "[::1]:8080/x/y/z",
      "[::1",
      "host:99999999/x",
      "x?__proto__=1&:__proto__=x&+constructor=y",
      "-".repeat(7900),
      "1".repeat(7900),
      " , ".repeat(2000),
      "a:b@c/{{title}}/{{message}}/{{x}}?to={{y}}&:k={{z}}",
      "\ud800/\udc00/x",
      `user:pass@host/${"%2F".repeat(2000)}`,
    ];
    for (const schema of schemas) {
      for (const rest of rests) {
        const mapping = parseAppriseUrl(`${schema}://${rest}`);
        for (const { config } of "targets" in mapping ? mapping.targets : []) {
          const template = typeof config.template === "string" ? config.template : "";
          expect(template).not.toMatch(/\{\{[xyz]\}\}/);
        }
      }
    }
  });
});

test("what people paste opens the form of the service itself", () => {
  expect(recogniseAppriseUrl(" ntfys://ntfy.example.org/backups ")).toEqual({
    provider: "ntfy",
    name: "backups",
    config: { serverUrl: "https://ntfy.example.org", topic: "backups" },
  });
  expect(recogniseAppriseUrl("ntfys://ntfy.example.org/one/two")).toEqual({
    provider: "apprise",
    config: { url: "ntfys://ntfy.example.org/one/two" },
  });
  expect(recogniseAppriseUrl("kodi://host")).toEqual({
    provider: "apprise",
    config: { url: "kodi://host" },
    note: "Belfry does not know this service itself. Apprise itself sends it, from this server or from its API server.",
  });
  expect(recogniseAppriseUrl("ntfys://host/topic?attach=https://x.example/a.png")).toMatchObject({
    provider: "apprise",
    note: expect.stringMatching(/“attach”.*Apprise itself sends it/),
  });
  expect(recogniseAppriseUrl("apprise://host/key")).toMatchObject({
    provider: "apprise",
    note: expect.not.stringMatching(/itself sends it/),
  });
  expect(recogniseAppriseUrl("msteams://a/b/c")).toMatchObject({
    provider: "apprise",
    note: expect.stringMatching(/retired/),
  });
  for (const text of ["hello", "https://example.org", "smtp://a@b", "file:///x", "javascript:x", ""])
    expect(recogniseAppriseUrl(text)).toBeNull();
});
