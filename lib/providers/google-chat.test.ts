import { beforeEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startGoogleChatServer } from "@/e2e/support/services/google-chat";
import type { RenderContext, SendResult } from "./contract";
import { escapeHtml, googleChat } from "./google-chat";

const trial = startTrial(startGoogleChatServer);
let count = 0;

beforeEach(() => {
  trial.server.limitRate(false);
  trial.server.deleteWebhook(false);
});

type Facts = Parameters<typeof sampleNotification>[0];
function deliver(
  more: Facts = {},
  extra: Partial<RenderContext> = {},
  webhookUrl = trial.server.webhookUrl,
): Promise<SendResult> {
  const config = googleChat.parse({ webhookUrl });
  const context = sampleContext({ deliveryId: `dlv_${++count}`, ...extra });
  return googleChat.send(googleChat.render(sampleNotification(more), config, context), config, trial.io);
}
function partsOf(more: Facts, extra: Partial<RenderContext> = {}) {
  const config = googleChat.parse(googleChat.example);
  return googleChat.parts(googleChat.render(sampleNotification(more), config, sampleContext(extra)));
}
function last() {
  const message = trial.server.messages.at(-1);
  if (!message) throw new Error("nothing arrived");
  const widgets = message.sections.flatMap((section) => section.widgets);
  return {
    ...message,
    paragraphs: widgets.flatMap(({ textParagraph }) => textParagraph?.text ?? []),
    facts: widgets.flatMap(({ decoratedText }) => decoratedText ?? []),
    buttons: widgets.flatMap(({ buttonList }) => buttonList?.buttons ?? []),
  };
}

test("one card: coloured title, message, facts, small print, a button; its name is the receipt", async () => {
  const outcome = await deliver();
  expect(outcome).toMatchObject({ kind: "sent", status: 200, receipt: last().name });
  expect(last().fallbackText).toBe("media-library could not be backed up");
  expect(last().paragraphs).toEqual([
    '<b><font color="#ef4444">media-library could not be backed up</font></b>',
    expect.stringMatching(/^The destination could not be reached/),
    '<font color="#80868b">Backup Failed · Belfry</font>',
  ]);
  expect(last().facts).toContainEqual({ topLabel: "Destination", text: "nas.lan (SFTP)", wrapText: true });
  expect(last().facts).toContainEqual({ topLabel: "Started", text: "20 November 2026, 03:09 CET", wrapText: true });
  expect(last().buttons).toEqual([
    { text: "Open the run", onClick: { openLink: { url: "https://backup.example.org/runs/run_01" } } },
  ]);
});

test("problem and recovery of one alert stand in one thread, another alert in another", async () => {
  await deliver({}, { threadId: "alt_7" });
  const problem = last().thread;
  await deliver({ status: "resolved", tone: "success", title: "Recovered" }, { threadId: "alt_7", isFirst: false });
  expect(last()).toMatchObject({ thread: problem, fallbackText: "Recovered" });
  await deliver({}, { threadId: "alt_8" });
  expect(last().thread).not.toBe(problem);
});

test("a thread chosen in the URL stays chosen", async () => {
  await deliver({}, {}, `${trial.server.webhookUrl}&threadKey=night`);
  expect(last().thread).toMatch(/\/night$/);
  expect(trial.server.requests.at(-1)?.json).not.toHaveProperty("thread");
});

test("the same delivery sent twice is one message", async () => {
  await deliver({}, { deliveryId: "dlv_twice" });
  const before = trial.server.messages.length;
  expect(await deliver({}, { deliveryId: "dlv_twice" })).toMatchObject({ kind: "sent", receipt: last().name });
  expect(trial.server.messages).toHaveLength(before);
});

describe("pain 33: names have no effect as markup", () => {
  test("tags are shown, not obeyed, and lines stay lines", () => {
    expect(escapeHtml("<b>a & b</b>\nnext")).toBe("&lt;b&gt;a &amp; b&lt;/b&gt;<br>next");
  });
  test.each(Object.entries(HOSTILE_NAMES))("Google Chat takes %s everywhere", async (_, name) => {
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const extra of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
      expect(await deliver(more, extra)).toMatchObject({ kind: "sent", status: 200 });
    }
  });
  test("a custom text: its markup counts, its values are escaped", async () => {
    const own = {
      title: "<i>{{job.name}}</i>",
      message: "<b>Look</b>\nat {{job.name}}",
      values: { job: { name: "a<b" } },
    };
    await deliver({}, { own });
    expect(last().paragraphs[0]).toBe('<b><font color="#ef4444"><i>a&lt;b</i></font></b>');
    expect(last().paragraphs[1]).toBe("<b>Look</b><br>at a&lt;b");
  });
  test("a log folds away under the message", async () => {
    await deliver({}, { log: "one\n<b>two" });
    expect(last().sections[2]).toMatchObject({
      header: "Log",
      collapsible: true,
      widgets: [{ textParagraph: { text: "one<br>&lt;b&gt;two" } }],
    });
  });
});

describe("pain 34: nothing is too long for Google Chat", () => {
  const pieces = {
    ascii: "a",
    sign: "<",
    quote: '"',
    lines: "a\n",
    cjk: "備",
    emoji: "🙂",
    family: "👨‍👩‍👧‍👦",
    combining: "e\u0301",
  };
  test.each(Object.entries(pieces))("100 kB of %s everywhere", async (_, piece) => {
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
    const fields = Array.from({ length: 40 }, (_, i) => ({ label: `${i} ${long}`, value: long }));
    const extra = { log: `${long}\nlast line`, installation: { name: long, url: null } };
    expect(await deliver({ title: long, message: long, fields }, extra)).toMatchObject({ kind: "sent" });
    expect(last().buttons[0]?.onClick.openLink.url).toBe("https://backup.example.org/runs/run_01");
    expect(last().paragraphs[1]?.length).toBeGreaterThan(1_000);
    expect(last().paragraphs[2]).toMatch(/last line$/);
  });

  const size = (value: string) => [...value].length;
  test.each(["a", "🙂", "e\u0301"])("at every edge in %s", (piece) => {
    const { title, text, factName, factValue, footer } = googleChat.limits;
    const filled = (max = 0, over = 0) => piece.repeat(Math.floor(max / size(piece)) + over);
    for (const over of [-1, 0]) {
      const fact = { label: filled(factName?.max, over), value: filled(factValue?.max, over) };
      expect(partsOf({ title: filled(title?.max, over) }).title).toEqual([filled(title?.max, over)]);
      expect(partsOf({ message: filled(text?.max, over) }).text).toEqual([filled(text?.max, over)]);
      expect(partsOf({ fields: [fact] })).toMatchObject({ factName: [fact.label, "Started"] });
      expect(partsOf({ fields: [fact] }).factValue?.[0]).toBe(fact.value);
    }
    const fact = { label: filled(factName?.max, 1), value: filled(factValue?.max, 1) };
    for (const [cut] of [
      partsOf({ title: filled(title?.max, 1) }).title ?? [],
      partsOf({ message: filled(text?.max, 1) }).text ?? [],
      partsOf({ fields: [fact] }).factName ?? [],
      partsOf({ fields: [fact] }).factValue ?? [],
      partsOf({}, { installation: { name: filled(footer?.max, 1), url: null } }).footer ?? [],
    ]) {
      expect(cut).toMatch(/…$/);
    }
  });
  test("a log keeps both ends and stays below its limit", () => {
    for (const piece of Object.values(pieces)) {
      const [log = ""] = partsOf({}, { log: `first\n${piece.repeat(10_000)}\nlast` }).log ?? [];
      expect(size(log)).toBeLessThanOrEqual(googleChat.limits.log?.max ?? 0);
      expect(log).toMatch(/^first<br>.* cut …<br>.*last$/s);
    }
  });
  test("the total is held when every part is full, in any script", () => {
    for (const piece of Object.values(pieces)) {
      const long = piece.repeat(20_000);
      const fields = Array.from({ length: 30 }, () => ({ label: long, value: long }));
      const [total = ""] = partsOf({ title: long, message: long, fields }, { log: long }).total ?? [];
      expect(Buffer.byteLength(total)).toBeLessThanOrEqual(googleChat.limits.total?.max ?? 0);
      expect(Buffer.byteLength(total)).toBeGreaterThan(10_000);
    }
  });
  test("the footer counts the facts that do not fit", async () => {
    await deliver({ fields: Array.from({ length: 33 }, (_, i) => ({ label: `F${i}`, value: "x" })), times: [] });
    expect(last().facts).toHaveLength(30);
    expect(last().paragraphs.at(-1)).toContain("Backup Failed · Belfry · 3 more not shown");
  });
  test("an empty message is no empty paragraph", async () => {
    expect(await deliver({ title: " ", message: "\0", fields: [], times: [] })).toMatchObject({ kind: "sent" });
    expect(last().paragraphs).toHaveLength(2);
  });
});

describe("answers", () => {
  test("a webhook that is no longer there is gone, with Google's words and what to do", async () => {
    trial.server.deleteWebhook(true);
    expect(await deliver()).toMatchObject({
      kind: "gone",
      status: 404,
      reason: "404 Not Found: Requested entity was not found.",
      advice: expect.stringMatching(/Add a webhook again/),
    });
  });
  test("fault B7: a 404 that is not Google Chat's is retried, and the channel stays", async () => {
    trial.server.failWith({ status: 404, body: "<title>Error 404 (Not Found)!!1</title>", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 404 });
  });
  test("fault B6: a refused thread does not stop the message", async () => {
    const message = "Invalid thread resource name.";
    trial.server.failWith({
      status: 400,
      body: { error: { code: 400, status: "INVALID_ARGUMENT", message } },
      times: 1,
    });
    const before = trial.server.messages.length;
    expect(await deliver()).toMatchObject({ kind: "sent" });
    expect(trial.server.messages).toHaveLength(before + 1);
    const outside = trial.server.requests.at(-1);
    expect(outside?.query.has("messageReplyOption")).toBe(false);
    expect(outside?.json).not.toHaveProperty("thread");
  });
  test("a wrong key and a wrong token are refused", async () => {
    const url = trial.server.webhookUrl;
    expect(await deliver({}, {}, url.replace(/key=[^&]+/, "key=wrong"))).toMatchObject({
      kind: "rejected",
      reason: "400 Bad Request: API key not valid. Please pass a valid API key.",
      advice: expect.stringMatching(/does not accept the key/),
    });
    expect(await deliver({}, {}, url.replace(/token=.+/, "token=wrong"))).toMatchObject({
      kind: "rejected",
      status: 403,
      advice: expect.stringMatching(/administrator/),
    });
  });
  test("pain 07: the second message within a second has to wait", async () => {
    trial.server.limitRate(true, 60_000);
    const outcomes = [await deliver(), await deliver()];
    expect(outcomes.map(({ kind }) => kind)).toEqual(["sent", "retry"]);
    expect(outcomes[1]).toMatchObject({ status: 429, advice: expect.stringMatching(/one message a second/) });
    trial.server.failWith({ status: 429, body: { error: { code: 429 } }, headers: { "retry-after": "12" }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 12_000 });
  });
  test("no answer and a broken connection are retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("a preview and a payload hold no secret, and show the card's texts", () => {
  const config = googleChat.parse(googleChat.example);
  const payload = googleChat.render(sampleNotification({ message: "a\nb" }), config, sampleContext({ log: "x\ny" }));
  const preview = googleChat.preview(payload, config);
  expect(JSON.stringify([payload, preview])).not.toMatch(/exampleKey|exampleToken/);
  expect(preview).toMatchObject({ color: "#ef4444", text: "a\nb\n<pre>x\ny</pre>", footer: "Backup Failed · Belfry" });
});

describe("the webhook URL", () => {
  const URL_OF = "https://chat.googleapis.com/v1/spaces/AAAA-b_c/messages?key=k&token=t%3D";
  const problem = (webhookUrl: string) => googleChat.configSchema.safeParse({ webhookUrl }).error?.issues[0]?.message;
  test.each([
    URL_OF,
    `${URL_OF}&threadKey=night`,
    "https://relay.example.org/chat/v1/spaces/AAAA/messages",
    "http://relay.lan/v1/spaces/AAAA/messages?key=k",
  ])("takes %s", (url) => expect(problem(url)).toBeUndefined());
  test.each([
    ["", /Enter/],
    ["chat.googleapis.com/v1", /https:\/\//],
    ["https://chat.google.com/room/AAAA", /looks like/],
    ["https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k", /key and token/],
    [URL_OF.replace("https", "http"), /Use https/],
    ["http://relay.example.org/v1/spaces/AAAA/messages", /Use https/],
  ])("refuses %s", (url, words) => expect(problem(url)).toMatch(words));
  test("knows what people paste", () => {
    expect(googleChat.fromUrl(URL_OF)).toEqual({ webhookUrl: URL_OF });
    for (const other of ["https://chat.googleapis.com/v1/spaces/A/messages", "https://chat.google.com/room/A", "x"])
      expect(googleChat.fromUrl(other)).toBeNull();
  });
});
