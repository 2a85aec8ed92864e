import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startWebex, WEBEX_TOKEN } from "@/e2e/support/services/webex";
import { escapeWebexMarkdown, webex } from "./webex";

const trial = startTrial(startWebex);

const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
  webhookUrl = trial.server.hookUrl,
) => trial.deliver(webex, webex.parse({ webhookUrl }), more, context);

test("one markdown message arrives", async () => {
  expect(await deliver({}, { log: "one\n```\n**two**" })).toMatchObject({ kind: "sent", status: 204 });
  expect(trial.server.requests.at(-1)?.headers["content-type"]).toBe("application/json");
  expect(trial.server.messages.at(-1)).toBe(
    [
      "**media-library could not be backed up**",
      "",
      "The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.",
      "",
      "- **Job:** media-library",
      "- **Source:** /srv/media (directory)",
      "- **Destination:** nas.lan (SFTP)",
      "- **Attempts:** 3 in this run",
      "- **Started:** 20 November 2026, 03:09 CET",
      "",
      "```\none\n`\u200b`\u200b`\n**two**\n```",
      "",
      "[Open the run](https://backup.example.org/runs/run_01)",
      "",
      "_Backup Failed · Belfry_",
    ].join("\n"),
  );
});

test("names have no effect as markup, nobody is mentioned, addresses stay whole", async () => {
  expect(escapeWebexMarkdown("**b** _i_ `c` [a](b) \\ ~s~ #h")).toBe(
    "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\[a\\](b) \\\\ \\~s\\~ \\#h",
  );
  expect(escapeWebexMarkdown("1. n\n- l\n> q & <@all>")).toBe("1\\. n  \n\\- l  \n&gt; q &amp; &lt;@all&gt;");
  expect(escapeWebexMarkdown("see https://x.example/a_b?c=*e*")).toBe("see https://x.example/a_b?c=\\*e\\*");
  await deliver({}, { own: { title: "_{{job.name}}_", message: "**x**", values: { job: { name: "a*b" } } } });
  expect(trial.server.messages.at(-1)).toMatch(/^\*\*_a\\\*b_\*\*\n\n\*\*x\*\*\n/);
});

test("a Test and a recovery are recognisable", async () => {
  await deliver({ isTest: true });
  expect(trial.server.messages.at(-1)).toMatch(/_Test · Backup Failed · Belfry_$/);
  await deliver({ status: "resolved", title: "Recovered: nas" });
  expect(trial.server.messages.at(-1)).toMatch(/^\*\*Recovered: nas\*\*/);
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Webex takes %s", async (_, name) => {
    const fields = Array.from({ length: 40 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    expect(await deliver(more, { log: name, installation: { name, url: null } })).toMatchObject({ kind: "sent" });
  });
  test.each(["a", "🙂", "e\u0301", "<"])(
    "7,439 bytes hold at the edge in %s, the link and both ends of a log too",
    (piece) => {
      const textOf = (message: string, log?: string) =>
        (
          webex.render(
            sampleNotification({ title: "T", fields: [], times: [], message }),
            webex.parse({ webhookUrl: trial.server.hookUrl }),
            sampleContext({ log }),
          ) as { markdown: string }
        ).markdown;
      const size = Buffer.byteLength(escapeWebexMarkdown(piece));
      const most = Math.floor((7439 - (Buffer.byteLength(textOf("x")) - 1)) / size);
      for (const count of [most - 3, most + 1]) {
        const text = textOf(piece.repeat(count));
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(7439);
        expect(text.includes("…")).toBe(count > most);
        expect(text).toContain("(https://backup.example.org/runs/run_01)");
      }
      const logged = textOf(piece.repeat(9000), `first\n${piece.repeat(9000)}\nlast`);
      expect(Buffer.byteLength(logged)).toBeLessThanOrEqual(7439);
      expect(logged).toMatch(/```\nfirst\n[\s\S]*cut …[\s\S]*last\n```/);
    },
  );
});

describe("answers", () => {
  test("a deleted webhook is gone, with Webex's words and what to do", async () => {
    expect(await deliver({}, {}, trial.server.hookUrl.replace(WEBEX_TOKEN, "deletedToken0123456789"))).toMatchObject({
      kind: "gone",
      status: 404,
      reason: "404 Not Found: The requested resource could not be found.",
      advice: expect.stringMatching(/App Hub/),
    });
  });
  test("pain 07: 429 waits as long as Webex says", async () => {
    trial.server.failWith({
      status: 429,
      headers: { "retry-after": "17" },
      body: { message: "Too many requests" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 17_000, advice: expect.stringMatching(/waits/) });
  });
  test("400 stops; 5xx, a hang and a reset are retried", async () => {
    trial.server.failWith({
      status: 400,
      body: { message: "Text or markdown is required.", trackingId: "ROUTER_1" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "rejected", status: 400, reason: expect.stringMatching(/required/) });
    trial.server.failWith({ status: 503, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 503 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

describe("the webhook URL", () => {
  const problem = (webhookUrl: string) => webex.configSchema.safeParse({ webhookUrl }).error?.issues[0]?.message;
  test.each([
    `https://webexapis.com/v1/webhooks/incoming/${WEBEX_TOKEN}`,
    `https://api.ciscospark.com/v1/webhooks/incoming/${WEBEX_TOKEN}`,
    `http://relay.lan/v1/webhooks/incoming/${WEBEX_TOKEN}`,
  ])("takes %s", (url) => expect(problem(url)).toBeUndefined());
  test.each([
    ["", /Enter/],
    ["webexapis.com/v1", /https:\/\//],
    ["https://webexapis.com/v1/webhooks", /ends in/],
    [`http://webexapis.com/v1/webhooks/incoming/${WEBEX_TOKEN}`, /https/],
  ])("refuses %s", (url, words) => expect(problem(url)).toMatch(words));
  test("is recognised when pasted, and stands in no payload and no preview", () => {
    const webhookUrl = `https://webexapis.com/v1/webhooks/incoming/${WEBEX_TOKEN}`;
    expect(webex.fromUrl(webhookUrl)).toEqual({ webhookUrl });
    expect(webex.fromUrl(webhookUrl.replace("webexapis.com", "example.org"))).toBeNull();
    const config = webex.parse({ webhookUrl });
    const payload = webex.render(sampleNotification(), config, sampleContext());
    expect(JSON.stringify([payload, webex.preview(payload, config)])).not.toContain(WEBEX_TOKEN);
  });
});
