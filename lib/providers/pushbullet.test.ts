import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import {
  PUSHBULLET_DEVICE,
  PUSHBULLET_TOKEN,
  pushbulletError,
  startPushbullet,
} from "@/e2e/support/services/pushbullet";
import type { RenderContext, SendResult } from "./contract";
import { measure } from "./kit/text";
import { pushbullet } from "./pushbullet";

const trial = startTrial(startPushbullet);
let deliveries = 0;

const configOf = (extra: Record<string, unknown> = {}) =>
  pushbullet.parse({ accessToken: PUSHBULLET_TOKEN, apiBaseUrl: trial.server.url, ...extra });
const deliver = (
  more: Parameters<typeof sampleNotification>[0] = {},
  extra: Record<string, unknown> = {},
  context: Partial<RenderContext> = {},
): Promise<SendResult> => {
  const config = configOf(extra);
  const known = sampleContext({ deliveryId: `dlv_${++deliveries}`, ...context });
  return pushbullet.send(pushbullet.render(sampleNotification(more), config, known), config, trial.io);
};
const last = () => {
  const push = trial.server.pushes.at(-1);
  if (!push) throw new Error("nothing arrived");
  return push;
};

test("one push with a link, the token in its header", async () => {
  expect(await deliver({}, {}, { deliveryId: "dlv_first" })).toMatchObject({ kind: "sent", status: 200 });
  expect(trial.server.requests.at(-1)).toMatchObject({
    method: "POST",
    path: "/v2/pushes",
    headers: { "access-token": PUSHBULLET_TOKEN, "content-type": "application/json" },
  });
  expect(trial.server.requests.at(-1)?.json).toEqual({
    type: "link",
    title: "media-library could not be backed up",
    body: `The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.

Job: media-library
Source: /srv/media (directory)
Destination: nas.lan (SFTP)
Attempts: 3 in this run
Started: 20 November 2026, 03:09 CET

Backup Failed · Belfry`,
    url: "https://backup.example.org/runs/run_01",
    guid: "dlv_first",
  });
});

test("without a link it is a note", async () => {
  await deliver({ link: undefined });
  expect(last()).toMatchObject({ type: "note" });
  expect(last()).not.toHaveProperty("url");
});

test.each([
  ["", "all"],
  [PUSHBULLET_DEVICE, `device ${PUSHBULLET_DEVICE}`],
  ["night-shift@example.org", "email night-shift@example.org"],
  ["#backups", "channel backups"],
])("the target “%s” is %s", async (target, expected) => {
  expect(await deliver({}, { target })).toMatchObject({ kind: "sent" });
  expect(last().target).toBe(expected);
});

test("the same delivery once more makes no second push, another one does", async () => {
  await deliver({}, {}, { deliveryId: "dlv_twice" });
  const before = trial.server.pushes.length;
  expect(await deliver({}, {}, { deliveryId: "dlv_twice" })).toMatchObject({ kind: "sent" });
  expect(trial.server.pushes.length).toBe(before);
  await deliver({ status: "resolved", tone: "success", title: "Recovered" }, {}, { deliveryId: "dlv_other" });
  expect(last().title).toBe("Recovered");
});

describe("pain 33: names have no effect as markup", () => {
  test.each(Object.entries(HOSTILE_NAMES))("Pushbullet takes %s everywhere", async (_, name) => {
    const fields = Array.from({ length: 30 }, () => ({ label: name, value: name }));
    const own = { title: "{{job.name}}", message: "{{job.name}} {{job.name}}", values: { job: { name } } };
    const more = { title: name, message: name, fields, typeName: name || "Name" };
    for (const context of [{ log: name, installation: { name: name || "Belfry", url: null } }, { own }])
      expect(await deliver(more, {}, context)).toMatchObject({ kind: "sent", status: 200 });
  });
  test("nothing is markup", async () => {
    await deliver({ title: "<b>*a*", message: "<b>*a* & [x](y)" });
    expect(last()).toMatchObject({ title: "<b>*a*", body: expect.stringMatching(/^<b>\*a\* & \[x\]\(y\)\n/) });
  });
});

describe("pain 34: what is declared is held", () => {
  const footer = measure("\n\nBackup Failed · Belfry", "codepoints");
  const bare = { title: "t", fields: [], times: [], link: undefined };
  test.each(Object.entries({ ascii: "a", emoji: "🙂", combining: "e\u0301" }))(
    "a body of as many %s as fit",
    async (_, piece) => {
      for (const more of [-1, 0, 1]) {
        const message = piece.repeat(Math.floor((4000 - footer) / measure(piece, "codepoints")) + more);
        expect(await deliver({ ...bare, message })).toMatchObject({ kind: "sent" });
        expect(measure(last().body, "codepoints")).toBeLessThanOrEqual(4000);
        expect(last().body.includes("…")).toBe(more > 0);
        expect(last().body).toMatch(/Backup Failed · Belfry$/);
      }
    },
  );
  test.each([249, 250, 251])("a title of %i signs", async (count) => {
    for (const piece of ["a", "🙂"]) {
      await deliver({ title: piece.repeat(count) });
      expect(measure(last().title, "codepoints")).toBe(Math.min(250, count));
      expect(last().title.endsWith("…")).toBe(count > 250);
    }
  });
  test("both ends of a log stay, and what had no room is counted", async () => {
    const fields = Array.from({ length: 60 }, (_, i) => ({ label: `F${i}`, value: "v".repeat(90) }));
    await deliver({ fields }, {}, { log: `first line\n${"x".repeat(100_000)}\nlast line` });
    expect(last().body).toMatch(/first line[\s\S]*last line\n\nBackup Failed · Belfry · \d+ more not shown$/);
    expect(last().url).toBe("https://backup.example.org/runs/run_01");
  });
});

test("the facts follow a custom text", async () => {
  const own = { title: "{{job.name}}!", message: "{{job.name}} failed", values: { job: { name: "a*b" } } };
  await deliver({}, {}, { own });
  expect(last()).toMatchObject({
    title: "a*b!",
    body: expect.stringMatching(/^a\*b failed\n\nJob: media-library\n.*\n\nBackup Failed · Belfry$/s),
  });
});

describe("answers", () => {
  test("a wrong token is refused without being named", async () => {
    const accessToken = "o.WrongWrongWrongWrongWrongWrongWrong";
    const outcome = await deliver({}, { accessToken });
    expect(outcome).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: "401 Unauthorized: Access token is missing or invalid.",
      advice: expect.stringMatching(/Create Access Token/),
    });
    expect(JSON.stringify(outcome)).not.toContain(accessToken);
  });
  test.each([
    [{ target: "ujUnknownDevice00" }, /'device_iden' has an invalid value/],
    [{ target: "#unknown" }, /'channel_tag' has an invalid value/],
  ])("%o is refused in Pushbullet's words", async (extra, words) => {
    expect(await deliver({}, extra)).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: expect.stringMatching(words),
      advice: expect.stringMatching(/does not know this target/),
    });
  });
  test.each([
    [403, "forbidden", "The access token is not valid for that request.", /may not push/],
    [400, "pushbullet_pro_required", "Pushbullet Pro is required to make this call.", /500 pushes/],
  ])("%i %s stops", async (status, code, message, advice) => {
    trial.server.failWith({ ...pushbulletError(status, code, message), times: 1 });
    expect(await deliver()).toMatchObject({ kind: "rejected", status, advice: expect.stringMatching(advice) });
  });
  test("pain 07: the pause lasts until the moment that Pushbullet names", async () => {
    const reset = Math.ceil(Date.now() / 1000) + 120;
    const refusal = pushbulletError(429, "ratelimited", "You have been ratelimited for making too many requests.");
    trial.server.failWith({ ...refusal, headers: { "X-Ratelimit-Reset": String(reset) }, times: 1 });
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind: "retry", status: 429, advice: expect.stringMatching(/count restarts/) });
    const afterMs = outcome.kind === "retry" ? (outcome.afterMs ?? 0) : 0;
    expect(afterMs).toBeGreaterThan(60_000);
    expect(afterMs).toBeLessThanOrEqual(121_000);
  });
  test("server errors, a hang and a reset are retried", async () => {
    trial.server.failWith({ status: 503, body: "", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 503 });
    for (const failure of ["hang", "reset"] as const) {
      trial.server[failure]();
      expect(await deliver()).toMatchObject({ kind: "retry" });
      trial.server.recover();
    }
  });
});

test("neither what is logged nor what is shown holds the token", () => {
  const config = configOf();
  const payload = pushbullet.render(sampleNotification(), config, sampleContext());
  expect(JSON.stringify([payload, pushbullet.preview(payload, config)])).not.toContain(PUSHBULLET_TOKEN);
});

test.each([
  ["accessToken", "", false],
  ["accessToken", "two words", false],
  ["target", "#tag", true],
  ["target", "a b", false],
  ["target", "", true],
])("the form's %s takes “%s”: %s", (name, value, isTaken) => {
  const input = { accessToken: PUSHBULLET_TOKEN, [name]: value };
  expect(pushbullet.configSchema.safeParse(input).success).toBe(isTaken);
});
