import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { SIGNAL_NUMBER, SIGNAL_PASSWORD, SIGNAL_STRANGER, startSignal } from "@/e2e/support/services/signal";
import { measure } from "./kit/text";
import { signal } from "./signal";

const trial = startTrial(startSignal);

const configOf = (extra: Record<string, unknown> = {}) =>
  signal.parse({ serverUrl: trial.server.url, number: SIGNAL_NUMBER, recipients: ["+491701234567"], ...extra });
const deliver = (
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
) => trial.deliver(signal, configOf(extra), more, context);

test("one plain text arrives; its timestamp is the receipt", async () => {
  expect(await deliver({}, {}, { log: "one\ntwo" })).toMatchObject({
    kind: "sent",
    status: 201,
    receipt: expect.stringMatching(/^17\d+$/),
  });
  expect(trial.server.requests.at(-1)).toMatchObject({ method: "POST", path: "/v2/send" });
  expect(trial.server.requests.at(-1)?.json).toEqual({
    message: [
      "media-library could not be backed up",
      "",
      "The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.",
      "",
      "Job: media-library",
      "Source: /srv/media (directory)",
      "Destination: nas.lan (SFTP)",
      "Attempts: 3 in this run",
      "Started: 20 November 2026, 03:09 CET",
      "",
      "one",
      "two",
      "",
      "Open the run: https://backup.example.org/runs/run_01",
      "",
      "Backup Failed · Belfry",
    ].join("\n"),
    number: SIGNAL_NUMBER,
    recipients: ["+491701234567"],
    // Signs of markup in names must stay signs, whatever the server's default is.
    text_mode: "normal",
  });
});

test("each recipient has a delivery of its own", async () => {
  const config = configOf({ recipients: ["+491701234567", "ops.01"] });
  expect(signal.audience(config)).toEqual({ fixed: ["+491701234567", "ops.01"], admins: false });
  await trial.deliver(signal, config, {}, { recipient: "ops.01" });
  expect(trial.server.messages.at(-1)?.recipients).toEqual(["ops.01"]);
});

test("a custom text, a Test and a recovery are recognisable", async () => {
  const own = { title: "{{job.name}}!", message: "**{{job.name}}**", values: { job: { name: "nas" } } };
  await deliver({}, {}, { own });
  expect(trial.server.messages.at(-1)?.message).toMatch(/^nas!\n\n\*\*nas\*\*\n/);
  await deliver({}, { isTest: true });
  expect(trial.server.messages.at(-1)?.message).toMatch(/\nTest · Backup Failed · Belfry$/);
  await deliver({}, { status: "resolved", title: "Recovered: nas" });
  expect(trial.server.messages.at(-1)?.message).toMatch(/^Recovered: nas\n/);
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("%s", async (_, name) => {
    const fields = Array.from({ length: 40 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    expect(await deliver({}, more, { log: name, installation: { name, url: null } })).toMatchObject({ kind: "sent" });
    expect(Buffer.byteLength(trial.server.messages.at(-1)?.message ?? "")).toBeLessThanOrEqual(2000);
  });
  test.each(["a", "🙂", "e\u0301"])("at the edge in %s: whole, or with a mark; link and print are kept", (piece) => {
    const bare = { title: "T", fields: [], times: [] };
    const textOf = (message: string) =>
      (signal.render(sampleNotification({ ...bare, message }), configOf(), sampleContext()) as { message: string })
        .message;
    const size = measure(piece, "bytes");
    const around = measure(textOf("x"), "bytes") - 1;
    const most = Math.floor((2000 - around) / size);
    for (const count of [most - 2, most + 1]) {
      const text = textOf(piece.repeat(count));
      expect(measure(text, "bytes")).toBeLessThanOrEqual(2000);
      expect(text.includes("…")).toBe(count > most);
      expect(text).toMatch(/https:\/\/backup\.example\.org\/runs\/run_01\n\nBackup Failed · Belfry$/);
    }
  });
});

describe("answers", () => {
  test("an unknown account, an unregistered recipient: signal-cli's words and what to do", async () => {
    expect(await deliver({ number: "+15550000000" })).toMatchObject({
      kind: "rejected",
      status: 400,
      reason: "400 Bad Request: Specified account does not exist",
      advice: expect.stringMatching(/qrcodelink/),
    });
    expect(await deliver({ recipients: [SIGNAL_STRANGER] })).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/Unregistered user/),
      refused: [
        { recipient: expect.any(String), reason: expect.stringMatching(/Unregistered user/), retryable: false },
      ],
      advice: expect.stringMatching(/no Signal account/),
    });
  });
  test("pain 07: a rate limit pauses, as 429 and as the 400 of older servers", async () => {
    const error = "Failed to send message due to rate limiting";
    trial.server.failWith({ status: 429, body: { error, challenge_tokens: ["t"], account: SIGNAL_NUMBER }, times: 1 });
    expect(await deliver()).toMatchObject({
      kind: "retry",
      status: 429,
      afterMs: 600_000,
      advice: expect.stringMatching(/challenge/),
    });
    trial.server.failWith({ status: 400, body: { error }, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 400, afterMs: 600_000 });
  });
  test("a network failure behind a 400, 5xx, a hang and a reset are retried", async () => {
    trial.server.failWith({
      status: 400,
      body: { error: "Failed to send (some) messages:\n+49: Network failure" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 400 });
    trial.server.failWith({ status: 502, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 502 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
  test("a proxy's Basic authentication", async () => {
    const proxied = await startSignal(SIGNAL_PASSWORD);
    const access = { serverUrl: `${proxied.url}/`, user: "belfry", password: SIGNAL_PASSWORD };
    expect(await deliver(access)).toMatchObject({ kind: "sent" });
    expect(await deliver({ ...access, password: "wrong-password" })).toMatchObject({
      kind: "retry",
      status: 401,
      advice: expect.stringMatching(/proxy/),
    });
    await proxied.close();
  });
});

test("the form: a whole password, real recipients, and the address people copy", () => {
  const problem = (extra: Record<string, unknown>) =>
    signal.configSchema.safeParse({
      serverUrl: "http://s.lan:8080",
      number: SIGNAL_NUMBER,
      recipients: ["ops.01"],
      ...extra,
    }).error?.issues[0]?.path;
  expect(problem({})).toBeUndefined();
  expect(
    problem({ recipients: ["group.ckRzaEd4VmRzNnJaASAEsasa=", "0f3c1b2a-1111-4222-8333-444455556666"] }),
  ).toBeUndefined();
  expect(problem({ recipients: ["0170 123"] })).toEqual(["recipients", 0]);
  expect(problem({ recipients: [] })).toEqual(["recipients"]);
  expect(problem({ user: "belfry" })).toEqual(["password"]);
  expect(problem({ password: "x" })).toEqual(["user"]);
  expect(signal.fromUrl("http://u:p%40@signal.lan:8080/v2/send")).toEqual({
    serverUrl: "http://signal.lan:8080",
    user: "u",
    password: "p@",
  });
  expect(signal.fromUrl("http://signal.lan:8080/v1/about")).toBeNull();
});
