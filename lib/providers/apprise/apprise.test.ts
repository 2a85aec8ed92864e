import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { startAppriseApi } from "@/e2e/support/services/apprise";
import type { RenderContext, SendResult } from "../contract";
import { type CommandIo, createCommands } from "../kit/commands/commands";
import { measure } from "../kit/text";
import { apprise } from "./apprise";

const URL_OF_MINE = "kodi://belfry:a%20long%2Fpassword@media.example.org:8080/some-secret-path";

const trial = startTrial(startAppriseApi);
const folder = mkdtempSync(join(tmpdir(), "belfry-apprise-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  trial.server.messages.length = 0;
  trial.server.requests.length = 0;
  trial.server.keys.clear();
  trial.server.failures.clear();
});

const render = (more = {}, extra: Partial<RenderContext> = {}) =>
  apprise.render(sampleNotification(more), config(), sampleContext(extra)) as {
    title: string;
    body: string;
    type: string;
  };
const config = (url = URL_OF_MINE, more: Record<string, unknown> = { apiServerUrl: trial.server.url }) =>
  apprise.parse({ url, ...more });
const deliver = (given: unknown = config(), more = {}, extra = {}): Promise<SendResult> =>
  apprise.send(render(more, extra), given, trial.io);

describe("through an Apprise API server", () => {
  test("one request, stateless, as JSON", async () => {
    expect(await deliver()).toMatchObject({ kind: "sent", status: 200 });
    expect(trial.server.messages).toEqual([
      {
        title: "media-library could not be backed up",
        body: expect.stringMatching(
          /nas\.lan:22[\s\S]*Job: media-library[\s\S]*https:\/\/backup\.example\.org\/runs\/run_01/,
        ),
        type: "failure",
        to: URL_OF_MINE,
      },
    ]);
    expect(trial.server.requests[0]).toMatchObject({ method: "POST", path: "/notify", json: { format: "text" } });
    expect(trial.server.requests[0]?.headers).toMatchObject({ accept: "application/json" });
  });

  test("below a path, with a user and password", async () => {
    const address = trial.server.url.replace("://", "://me:pa%20ss@");
    expect(await deliver(config(URL_OF_MINE, { apiServerUrl: `${address}/below/` }))).toMatchObject({
      status: 404,
      advice: expect.any(String),
    });
    expect(trial.server.requests[0]).toMatchObject({
      path: "/below/notify",
      headers: { authorization: `Basic ${btoa("me:pa ss")}` },
    });
  });

  test.each([
    ["apprise://HOST/backups", "/notify/backups", undefined],
    ["apprise://me:word@HOST/backups?tags=night,admins", "/notify/backups", "night,admins"],
    ["apprise://HOST/?token=backups&+X-Team=ops", "/notify/backups", undefined],
  ])("%s is a server with the URLs under a key", async (url, path, tag) => {
    trial.server.keys.set("backups", ["night"]);
    expect(await deliver(config(url.replace("HOST", new URL(trial.server.url).host), {}))).toMatchObject({
      kind: "sent",
    });
    expect(trial.server.requests[0]?.path).toBe(path);
    expect(trial.server.messages[0]).toMatchObject({ to: "backups", ...(tag ? { tag } : {}) });
    if (url.includes("@")) expect(trial.server.requests[0]?.headers.authorization).toBe(`Basic ${btoa("me:word")}`);
    if (url.includes("X-Team")) expect(trial.server.requests[0]?.headers["x-team"]).toBe("ops");
  });

  test("an unknown key or an unused tag: the message went nowhere, permanently", async () => {
    const host = new URL(trial.server.url).host;
    trial.server.keys.set("backups", ["night"]);
    for (const [path, status] of [
      ["unknown", 204],
      ["backups?tag=day", 424],
    ] as const) {
      const outcome = await deliver(config(`apprise://${host}/${path}`, {}));
      expect(outcome).toMatchObject({ kind: "rejected", status, reason: expect.stringMatching(/went nowhere/) });
    }
  });

  test.each([
    ["Failed to send Kodi notification: Service unavailable., error=503.", "retry"],
    ["A Connection error occurred sending Kodi notification to media.example.org.", "retry"],
    ["Failed to send Kodi notification: Unauthorized - Invalid Token., error=401.", "rejected"],
    ["Unparseable URL kodi://belfry:a%20long%2Fpassword@media.example.org:8080/some-secret-path", "rejected"],
  ])("424 gives the answer of the service behind it: %s", async (words, kind) => {
    trial.server.failures.set(URL_OF_MINE, words);
    const outcome = await deliver();
    expect(outcome).toMatchObject({
      kind,
      status: 424,
      reason: expect.stringContaining(words.slice(0, 15)),
      advice: expect.any(String),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/long|some-secret-path/);
    expect(outcome.kind === "sent" ? "" : outcome.reason).not.toContain("Notifying 1 service");
  });

  test.each([
    [400, "rejected"],
    [404, "rejected"],
    [406, "rejected"],
    [431, "rejected"],
    [429, "retry"],
    [500, "retry"],
  ])("%i is %s", async (status, kind) => {
    trial.server.failWith({ status, body: { error: "words of the server" }, headers: { "retry-after": "7" } });
    const outcome = await deliver();
    expect(outcome).toMatchObject({ kind, status, reason: expect.stringContaining("words of the server") });
    if (kind === "retry") expect(outcome).toMatchObject({ afterMs: 7_000 });
  });

  test("it hangs, or it closes the connection: retried", async () => {
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry" });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry" });
  });

  test.each([
    ["ascii", "a"],
    ["emoji", "🙂"],
    ["combining", "e\u0301"],
  ])("pain 34: %s at the limits", async (_, piece) => {
    const size = measure(piece, "codepoints");
    for (const max of [250, 32_768]) {
      for (const count of [-1, 0, 1].map((off) => Math.floor(max / size) + off)) {
        const text = piece.repeat(count);
        const { title, body } = render({ title: text, message: text }, { log: text });
        expect(measure(title, "codepoints")).toBeLessThanOrEqual(250);
        expect(measure(body, "codepoints")).toBeLessThanOrEqual(32_768);
        expect(title).toMatch(count * size <= 250 ? /[^…]$/u : /…$/);
        expect(body).toContain("https://backup.example.org/runs/run_01");
        expect(body).not.toMatch(/\p{Surrogate}/u);
      }
    }
  });

  test.each(Object.entries(HOSTILE_NAMES))("pain 33: %s", async (_, text) => {
    expect(
      await deliver(undefined, { title: text, message: text, fields: [{ label: text, value: text }] }),
    ).toMatchObject({ kind: "sent" });
  });

  test("own texts, a recovery and the tones", () => {
    const own = { title: "{{job.name}}!", message: "Look", values: { job: { name: "nas" } } };
    expect(render({}, { own })).toMatchObject({ title: "nas!", body: expect.stringMatching(/^Look\n\n/) });
    expect(render({ status: "resolved", tone: "success" }).type).toBe("success");
    expect(render({ tone: "warning" }).type).toBe("warning");
    expect(render({ tone: "info" }).type).toBe("info");
    expect(render({ tone: "system" }).type).toBe("info");
    expect(render({ isTest: true }).body).toContain("Test · ");
  });
});

/** An `apprise` of its own making, started as the real one is: it says what the real one says. */
function commandsThat(exitCode: number, ...lines: string[]): CommandIo {
  const said = lines.map((line) => `echo '${line}'`).join("\n");
  writeFileSync(
    join(folder, "apprise"),
    `#!/bin/sh\n[ "$1" = --version ] && echo "Apprise v1.2.0" && exit\n${said}\nexit ${exitCode}\n`,
    { mode: 0o755 },
  );
  return createCommands({ egress: "any", searchPath: folder });
}
const line = (level: string, text: string) => `2026-11-20 02:10:04,123 - ${level} - ${text}`;

describe("what the apprise command says", () => {
  test.each<[exitCode: number, lines: string[], outcome: Partial<SendResult>]>([
    [0, [line("INFO", "Sent Kodi notification.")], { kind: "sent" }],
    [
      1,
      [
        line("INFO", "Notifying 1 service(s)."),
        line("WARNING", "Failed to send Kodi notification: Internal server error., error=500."),
      ],
      { kind: "retry", reason: "apprise: Failed to send Kodi notification: Internal server error., error=500." },
    ],
    [
      1,
      [line("WARNING", "A Connection error occurred sending Kodi notification to media.example.org.")],
      { kind: "retry", reason: expect.stringMatching(/media\.example\.org/) },
    ],
    [1, [line("WARNING", "Failed to send: Unauthorized - Invalid Token., error=401.")], { kind: "rejected" }],
    [1, [line("WARNING", "Failed to send: Too Many Requests., error=429.")], { kind: "retry" }],
    [
      1,
      [
        line("ERROR", `Unparseable URL ${URL_OF_MINE}`),
        line("ERROR", "You must specify at least one server URL or populated configuration file."),
        "Usage:  [OPTIONS]",
      ],
      {
        kind: "rejected",
        reason: expect.stringMatching(/Unparseable URL ••••/),
        advice: expect.stringMatching(/--details/),
      },
    ],
    [2, ["Usage: apprise", "Error: no such option"], { kind: "rejected", reason: "apprise: Error: no such option" }],
    [3, [], { kind: "rejected", reason: "apprise ended with exit code 3, without any output." }],
  ])("%i %j", async (exitCode, lines, outcome) => {
    const result = await apprise.send(render(), config(URL_OF_MINE, {}), {
      ...trial.io,
      commands: commandsThat(exitCode, ...lines),
    });
    expect(result).toMatchObject(outcome);
    expect(JSON.stringify(result)).not.toMatch(/long|some-secret-path/);
  });
});

describe("before anything is saved", () => {
  const missing = createCommands({ egress: "any", searchPath: "/nowhere" });
  const inspect = (url: string, more = {}, commands: CommandIo = missing) =>
    apprise.inspect?.(config(url, more), { ...trial.io, commands });

  test("nobody could send it: refused beside the URL, with the install line", async () => {
    expect(await inspect(URL_OF_MINE)).toEqual({ field: "url", message: expect.stringMatching(/apt install apprise/) });
    expect(await apprise.inspect?.(config(URL_OF_MINE, {}), trial.io)).toEqual({
      field: "url",
      message: expect.stringMatching(/apt install apprise/),
    });
    const guarded = createCommands({ egress: "public", searchPath: folder });
    expect(await inspect(URL_OF_MINE, {}, guarded)).toEqual({
      field: "url",
      message: expect.stringMatching(/BELFRY_EGRESS=public/),
    });
  });
  test("somebody can: the command, an API server, Belfry itself", async () => {
    expect(await inspect(URL_OF_MINE, {}, commandsThat(0))).toBeNull();
    expect(await inspect(URL_OF_MINE, { apiServerUrl: trial.server.url })).toBeNull();
    expect(await inspect("apprise://apprise.example.org/key")).toBeNull();
    expect(await inspect("ntfy://backups")).toBeNull();
  });
  test("fault C2: a setting that Belfry does not know takes Apprise, and the form says which", async () => {
    const url = "ntfys://ntfy.example.org/backups?attach=https://x.example/a.png&verify=no";
    expect(await inspect(url)).toEqual({
      field: "url",
      message: expect.stringMatching(/“attach” and “verify”.*apt install apprise/),
    });
    expect(await inspect(url, {}, commandsThat(0))).toBeNull();
    expect(apprise.preview(render(), config(url))).toMatchObject({
      facts: expect.arrayContaining([{ label: "Sent by", value: expect.stringMatching(/“attach” and “verify”/) }]),
    });
  });
  test("fault C3: what another provider does not take is tried with Apprise", async () => {
    const refusal = "Mattermost: Use https:// here.";
    const url = "mmost://chat.example.org/3ccdd113474722377935511fc85d3dd4";
    const tried = (commands: CommandIo) => apprise.inspect?.(config(url, {}), { ...trial.io, commands }, refusal);
    expect(await tried(missing)).toEqual({
      field: "url",
      message: expect.stringMatching(/^Mattermost: Use https.*apt/),
    });
    expect(await tried(commandsThat(0))).toBeNull();
  });
  test("fault C3: a URL that the installed Apprise does not take either is refused, in its words", async () => {
    const url = "newservice://a-secret-of-mine/path";
    const commands = commandsThat(1, line("ERROR", `Unparseable URL ${url}`), line("ERROR", "You must specify"));
    const issue = await inspect(url, {}, commands);
    expect(issue).toEqual({
      field: "url",
      message:
        "Belfry does not know this service itself. Apprise 1.2.0, which is installed here, does not take it either: Unparseable URL ••••. Complete the URL, or install a newer Apprise.",
    });
    expect((await inspect("slack://T/B", {}, commands))?.message).toMatch(/slack:\/\/T…\/B…\/token/);
  });
  test("vanished later: stopped with the same words", async () => {
    const result = await apprise.send(render(), config(URL_OF_MINE, {}), { ...trial.io, commands: missing });
    expect(result).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/apt install apprise/) });
    expect(await apprise.send(render(), config(URL_OF_MINE, {}), trial.io)).toMatchObject({
      kind: "rejected",
      reason: expect.stringMatching(/apt install apprise/),
    });
  });
  test("a mistake appears at its field", () => {
    const words = (url: string) =>
      apprise.configSchema
        .safeParse({ url })
        .error?.issues.map(({ message }) => message)
        .join();
    expect(words("")).toMatch(/Enter an Apprise URL/);
    expect(words("hello")).toMatch(/not an Apprise URL/);
    expect(words("https://example.org/x")).toMatch(/not an Apprise URL/);
    expect(words("msteams://a/b/c/d")).toBeUndefined();
    expect(words("syslog://")).toBeUndefined();
    expect(words("json://a, json://b")).toMatch(/one URL/);
    expect(words("kodi://host")).toBeUndefined();
  });
});

test("it stands for Belfry's own providers, and for none when only Apprise knows", () => {
  expect(apprise.delegatesTo?.(config("ntfy://one"))).toMatchObject({ provider: "ntfy" });
  expect(apprise.delegatesTo?.(config(URL_OF_MINE))).toBeNull();
});
