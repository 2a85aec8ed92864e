import { beforeEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startTeamsServer } from "@/e2e/support/services/teams";
import type { RenderContext, SendResult } from "../contract";
import { escapeTeamsMarkdown, teams } from "./teams";

const trial = startTrial(startTeamsServer);

beforeEach(() => {
  trial.server.limitRate(false);
  trial.server.breakWorkflow(null);
});

type Facts = Parameters<typeof sampleNotification>[0];
function deliver(
  more: Facts = {},
  extra: Partial<RenderContext> = {},
  webhookUrl = trial.server.webhookUrl,
): Promise<SendResult> {
  const config = teams.parse({ webhookUrl });
  return trial.deliver(teams, config, more, extra);
}
function partsOf(more: Facts, extra: Partial<RenderContext> = {}) {
  return teams.parts(teams.render(sampleNotification(more), teams.parse(teams.example), sampleContext(extra)));
}
function last() {
  const card = trial.server.cards.at(-1);
  if (!card) throw new Error("nothing arrived");
  const of = (type: string) => card.body.filter((one) => one.type === type);
  return {
    ...card,
    head: of("Container")[0],
    texts: of("TextBlock"),
    facts: of("FactSet")[0]?.facts,
    code: of("CodeBlock")[0],
  };
}

test("one Adaptive Card 1.4: title, text, facts, small print, a button", async () => {
  expect(await deliver()).toEqual({ kind: "sent", status: 202 });
  expect(last()).toMatchObject({ version: "1.4", msteams: { width: "Full" } });
  expect(last().fallbackText).toBe("media-library could not be backed up");
  expect(last().head).toMatchObject({
    style: "attention",
    items: [{ text: "media-library could not be backed up", color: "Attention", wrap: true, weight: "Bolder" }],
  });
  expect(last().texts.map(({ text }) => text)).toEqual([
    expect.stringMatching(/^The destination could not be reached/),
    "Backup Failed · Belfry",
  ]);
  expect(last().facts).toContainEqual({ title: "Destination", value: "nas.lan (SFTP)" });
  expect(last().facts).toContainEqual({ title: "Started", value: "20 November 2026, 03:09 CET" });
  expect(last().actions).toEqual([
    { type: "Action.OpenUrl", title: "Open the run", url: "https://backup.example.org/runs/run_01" },
  ]);
  expect(trial.server.requests.at(-1)?.headers["content-type"]).toBe("application/json; charset=utf-8");
});

test("tones by Teams' own names", async () => {
  const tones: unknown[] = [];
  for (const tone of ["success", "failure", "warning", "info", "system"] as const) {
    await deliver({ tone });
    tones.push([last().head?.style, last().head?.items?.[0]?.color]);
  }
  expect(tones).toEqual([
    ["good", "Good"],
    ["attention", "Attention"],
    ["warning", "Warning"],
    ["accent", "Accent"],
    ["emphasis", "Default"],
  ]);
});

test("a link that cannot be followed from outside makes no button", async () => {
  await deliver({ link: { label: "Open", url: "/runs/1" } });
  expect(last().actions).toBeUndefined();
});

describe("pain 33: names have no effect as markup", () => {
  test("markdown is shown, not obeyed; addresses stay whole", () => {
    expect(escapeTeamsMarkdown("**b** _i_ `c` ~s~ [a](b) \\")).toBe(
      "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\~s\\~ \\[a\\](b) \\\\",
    );
    expect(escapeTeamsMarkdown("# h\n- l\n> q\n1. n")).toBe("\\# h\n\\- l\n\\> q\n1\\. n");
    expect(escapeTeamsMarkdown("https://x.example/a_b")).toBe("https://x.example/a_b");
  });
  test.each(Object.entries(HOSTILE_NAMES))("Teams takes %s everywhere", async (_, name) => {
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const fields = [{ label: name, value: name }];
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const extra of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }]) {
      expect(await deliver(more, extra)).toMatchObject({ kind: "sent", status: 202 });
    }
  });
  test("lines stay lines, and a log is code that means nothing", async () => {
    await deliver({ message: "one\ntwo" }, { log: "*a*\n\n_b_" });
    expect(last().texts[0]?.text).toBe("one\n\ntwo");
    expect(last().code).toMatchObject({
      codeSnippet: "*a*\n\n_b_",
      language: "PlainText",
      fallback: { type: "TextBlock" },
    });
  });
  test("a custom text: its markup counts, its values are escaped", async () => {
    const own = {
      title: "**{{job.name}}**",
      message: "_See_\n[this]({{link}})",
      values: { job: { name: "a*b" }, link: "https://x.example/a_b" },
    };
    await deliver({}, { own });
    expect(last().head?.items?.[0]?.text).toBe("**a\\*b**");
    expect(last().texts[0]?.text).toBe("_See_\n\n[this](https://x.example/a_b)");
  });
});

describe("pain 34: nothing is too long for Teams", () => {
  const pieces = {
    ascii: "a",
    sign: "*",
    quote: '"',
    lines: "a\n",
    cjk: "備",
    emoji: "🙂",
    family: "👨‍👩‍👧‍👦",
    combining: "e\u0301",
  };
  test.each(Object.entries(pieces))("100 kB of %s everywhere", async (_, piece) => {
    const long = piece.repeat(Math.ceil(100_000 / piece.length));
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `${i} ${long}`, value: long }));
    const extra = { log: long, installation: { name: long, url: null } };
    expect(await deliver({ title: long, message: long, fields }, extra)).toMatchObject({ kind: "sent", status: 202 });
    expect(last().actions?.[0]?.url).toBe("https://backup.example.org/runs/run_01");
    expect(last().texts[0]?.text?.length).toBeGreaterThan(100);
    expect(last().code?.codeSnippet?.length).toBeGreaterThan(100);
    const body = trial.server.requests.at(-1)?.body ?? "";
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(teams.limits.total?.max ?? 0);
  });

  const size = (value: string) => [...value].length;
  test.each(["a", "🙂", "e\u0301"])("at every edge in %s", (piece) => {
    const { title, factName, factValue, footer } = teams.limits;
    const filled = (max = 0, over = 0) => piece.repeat(Math.floor(max / size(piece)) + over);
    for (const over of [-1, 0]) {
      const fact = { label: filled(factName?.max, over), value: filled(factValue?.max, over) };
      expect(partsOf({ title: filled(title?.max, over) }).title).toEqual([filled(title?.max, over)]);
      expect(partsOf({ fields: [fact] }).factName?.[0]).toBe(fact.label);
      expect(partsOf({ fields: [fact] }).factValue?.[0]).toBe(fact.value);
    }
    const over = { label: filled(factName?.max, 1), value: filled(factValue?.max, 1) };
    expect(partsOf({ title: filled(title?.max, 1) }).title?.[0]).toMatch(/…$/);
    expect(partsOf({ fields: [over] }).factName?.[0]).toMatch(/…$/);
    expect(partsOf({ fields: [over] }).factValue?.[0]).toMatch(/…$/);
    expect(partsOf({}, { installation: { name: filled(footer?.max, 1), url: null } }).footer?.[0]).toMatch(/…$/);
  });

  test("text and log are cut at their own limits while the total has room", () => {
    const { text, log } = teams.limits;
    const [textMax = 0, logMax = 0] = [text?.max, log?.max];
    for (const count of [textMax - 1, textMax])
      expect(partsOf({ message: "a".repeat(count) }).text).toEqual(["a".repeat(count)]);
    expect(partsOf({ message: "a".repeat(textMax + 1) }).text).toEqual([`${"a".repeat(textMax - 1)}…`]);
    for (const count of [logMax - 1, logMax]) {
      expect(partsOf({ message: "m" }, { log: "a".repeat(count) }).log).toEqual(["a".repeat(count)]);
    }
    expect(partsOf({ message: "m" }, { log: "a".repeat(logMax + 1) }).log?.[0]).toMatch(/ cut …/);
  });

  test("the total is held and used in any script", () => {
    for (const piece of Object.values(pieces)) {
      for (const log of [undefined, piece.repeat(30_000)]) {
        const [total = ""] = partsOf({ message: piece.repeat(30_000) }, log ? { log } : {}).total ?? [];
        const bytes = Buffer.byteLength(total);
        expect(bytes).toBeLessThanOrEqual(teams.limits.total?.max ?? 0);
        expect(bytes).toBeGreaterThan(6_000);
      }
    }
  });

  test("the footer counts the facts that do not fit", async () => {
    await deliver({ fields: Array.from({ length: 45 }, (_, i) => ({ label: `F${i}`, value: "x" })), times: [] });
    expect(last().facts).toHaveLength(40);
    expect(last().texts.at(-1)?.text).toBe("Backup Failed · Belfry · 5 more not shown");
  });
  test("an empty message is no empty block", async () => {
    expect(await deliver({ title: " ", message: "\0", fields: [], times: [] })).toMatchObject({ kind: "sent" });
    expect(last().texts).toHaveLength(1);
  });
});

describe("answers", () => {
  test("a workflow that is no longer there is gone, with Teams' error and advice", async () => {
    trial.server.breakWorkflow("deleted");
    expect(await deliver()).toMatchObject({
      kind: "gone",
      status: 404,
      reason: expect.stringMatching(/^404 Not Found: The workflow '.*' could not be found\.$/),
      advice: expect.stringMatching(/Create a new one/),
    });
  });
  test("one that is switched off is refused", async () => {
    trial.server.breakWorkflow("disabled");
    expect(await deliver()).toMatchObject({
      kind: "rejected",
      status: 400,
      advice: expect.stringMatching(/disabled/),
    });
  });
  test("a wrong signature is refused", async () => {
    const outcome = await deliver({}, {}, trial.server.webhookUrl.replace(/sig=.*/, "sig=wrong"));
    expect(outcome).toMatchObject({ kind: "rejected", status: 401, advice: expect.stringMatching(/signature/) });
  });
  test("fault B7: a 404 that is not Teams' is retried, and the channel stays", async () => {
    trial.server.failWith({ status: 404, body: "no route", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 404, advice: expect.stringMatching(/Copy/) });
  });
  test("too large is refused, with what to do", async () => {
    trial.server.failWith({ status: 413, body: "Request Entity too large", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "rejected", status: 413, advice: expect.stringMatching(/log/) });
  });
  test("pain 07: the fifth request within a second is a pause of as long as Teams says", async () => {
    trial.server.limitRate(true, 60_000);
    const outcomes: SendResult[] = [];
    for (let i = 0; i < 5; i++) outcomes.push(await deliver());
    expect(outcomes.map(({ kind }) => kind)).toEqual(["sent", "sent", "sent", "sent", "retry"]);
    expect(outcomes[4]).toMatchObject({ status: 429, afterMs: 2_000, advice: expect.stringMatching(/4 requests/) });
  });
  test("a 200 whose body names an error is no success", async () => {
    const says = async (body: unknown) => {
      trial.server.failWith({ status: 200, body, times: 1 });
      return deliver();
    };
    const connector = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error";
    expect(await says(`${connector} 429 with ContextId tcid=0`)).toMatchObject({ kind: "retry", status: 200 });
    expect(await says(`${connector} 413 with ContextId tcid=0`)).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("HTTP error 413"),
    });
    expect(await says({ error: { code: "X", message: "no such team" } })).toMatchObject({ kind: "rejected" });
    expect(await says("1")).toMatchObject({ kind: "sent" });
  });
  test("no answer and a broken connection are retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

test("a preview and a payload hold no secret, and a recovery looks like one", () => {
  const config = teams.parse(teams.example);
  const view = (more: Facts) => {
    const payload = teams.render(sampleNotification(more), config, sampleContext({ log: "x" }));
    return { payload, preview: teams.preview(payload, config) };
  };
  expect(JSON.stringify(view({}))).not.toMatch(/exampleSignature|0123456789abcdef/);
  expect(view({ tone: "success", status: "resolved" }).preview.color).toBe("#22c55e");
  expect(view({}).preview).toMatchObject({ color: "#ef4444", text: expect.stringMatching(/```\nx\n```$/) });
});

describe("the webhook URL", () => {
  const problem = (webhookUrl: string) => teams.configSchema.safeParse({ webhookUrl }).error?.issues[0]?.message;
  const OLD =
    "https://prod-1.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?api-version=1&sig=s";
  const NEW =
    "https://default0.ae.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/a/triggers/manual/paths/invoke?api-version=1&sp=%2F&sv=1.0&sig=s";
  test.each([OLD, NEW, "https://relay.example.org/teams", "http://relay.lan/teams"])("takes %s", (url) =>
    expect(problem(url)).toBeUndefined(),
  );
  test.each([
    ["", /Enter/],
    ["prod-1.logic.azure.com/workflows", /https:\/\//],
    ["https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d", /Create a workflow instead/],
    ["https://outlook.office.com/webhook/a@b/IncomingWebhook/c/d", /Create a workflow instead/],
    [OLD.replace("&sig=s", ""), /signature/],
    [NEW.replace("/triggers/manual/paths/invoke", ""), /triggers/],
    ["http://relay.example.org/teams", /Use https/],
  ])("refuses %s", (url, words) => expect(problem(url)).toMatch(words));
  test("knows what people paste, the old connectors too, whose form says what to do", () => {
    expect(teams.fromUrl(OLD)).toEqual({ webhookUrl: OLD });
    expect(teams.fromUrl(NEW)).toEqual({ webhookUrl: NEW });
    expect(teams.fromUrl("https://acme.webhook.office.com/webhookb2/x")).not.toBeNull();
    for (const other of [
      "https://teams.microsoft.com/l/channel/1",
      "https://logic.azure.com/",
      "https://notlogic.azure.com.example.org/triggers/",
      "x",
    ])
      expect(teams.fromUrl(other)).toBeNull();
  });
});
