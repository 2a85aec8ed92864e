import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { startTrial } from "@/e2e/support/provider-io";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import {
  MATRIX_ALIAS,
  MATRIX_PASSWORD,
  MATRIX_ROOM,
  MATRIX_TOKEN,
  MATRIX_USER,
  startMatrix,
} from "@/e2e/support/services/matrix";
import { matrix } from "./matrix";

const trial = startTrial(startMatrix, { perTest: true });
let count = 0;

const configOf = (extra: Record<string, unknown> = {}) =>
  matrix.parse({ serverUrl: trial.server.url, accessToken: MATRIX_TOKEN, roomId: MATRIX_ROOM, ...extra });
const LOGIN = { accessToken: "", user: MATRIX_USER, password: MATRIX_PASSWORD };
/** Each call is a delivery of its own, unless it says which. */
const deliver = (
  extra: Record<string, unknown> = {},
  more: Parameters<typeof sampleNotification>[0] = {},
  context: Parameters<typeof sampleContext>[0] = {},
) => {
  count += 1;
  return trial.deliver(matrix, configOf(extra), more, { deliveryId: `dlv_matrix_${count}`, ...context });
};
const paths = () =>
  trial.server.requests.map(({ method, path }) => `${method} ${path.replace("/_matrix/client/v3", "")}`);

test("one event with plain and formatted body; its id is the receipt", async () => {
  expect(await deliver({}, {}, { deliveryId: "dlv_01", log: "one\n<two>" })).toMatchObject({
    kind: "sent",
    status: 200,
    receipt: "$event1",
  });
  expect(paths()).toEqual([`PUT /rooms/${encodeURIComponent(MATRIX_ROOM)}/send/m.room.message/dlv_01`]);
  expect(trial.server.requests[0]?.headers.authorization).toBe(`Bearer ${MATRIX_TOKEN}`);
  expect(trial.server.events[0]?.content).toEqual({
    msgtype: "m.text",
    body: expect.stringMatching(/^media-library could not be backed up\n[\s\S]*\none\n<two>\n\nOpen the run: https:/),
    format: "org.matrix.custom.html",
    formatted_body: [
      '<strong><span data-mx-color="#ef4444">media-library could not be backed up</span></strong><br>',
      "",
      "The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.",
      "",
      "<br><strong>Job:</strong> media-library",
      "<br><strong>Source:</strong> /srv/media (directory)",
      "<br><strong>Destination:</strong> nas.lan (SFTP)",
      "<br><strong>Attempts:</strong> 3 in this run",
      "<br><strong>Started:</strong> 20 November 2026, 03:09 CET",
      "",
      "<pre><code>one\n&lt;two&gt;</code></pre>",
      "",
      '<br><a href="https://backup.example.org/runs/run_01">Open the run</a>',
      "",
      "<br><em>Backup Failed · Belfry</em>",
    ].join("\n"),
    "m.mentions": {},
  });
});

test("the same delivery again is the same event", async () => {
  const context = { deliveryId: "dlv_again" };
  expect(await deliver({}, {}, context)).toMatchObject({ receipt: "$event1" });
  expect(await deliver({}, {}, context)).toMatchObject({ kind: "sent", receipt: "$event1" });
  expect(trial.server.events).toHaveLength(1);
});

describe("recovery", () => {
  const recovered = { status: "resolved" as const, tone: "success" as const, title: "Recovered: nas" };
  test("answers the problem's message in a thread", async () => {
    await deliver();
    await deliver();
    const previous = { first: "$event1", last: "$event2" };
    expect(await deliver({}, recovered, { previous })).toMatchObject({ kind: "sent" });
    expect(trial.server.events[2]?.content["m.relates_to"]).toEqual({
      rel_type: "m.thread",
      event_id: "$event1",
      is_falling_back: true,
      "m.in_reply_to": { event_id: "$event2" },
    });
  });
  test.each([
    [400, "M_UNKNOWN", "Cannot start threads from an event with a relation"],
    [400, "M_INVALID_PARAM", "thread root is in another room"],
    [403, "M_FORBIDDEN", "You don't have permission to reply in this thread"],
  ])("fault B6: a refused thread becomes a message of its own: %i %s", async (status, errcode, error) => {
    trial.server.failWith({ status, body: { errcode, error }, times: 1 });
    const previous = { first: "$event1", last: "$event1" };
    expect(await deliver({}, recovered, { previous })).toMatchObject({ kind: "sent", receipt: "$event1" });
    expect(trial.server.events[0]?.content).not.toHaveProperty("m.relates_to");
  });
  test("stands alone when that message is gone, and without one", async () => {
    const previous = { first: "$removed", last: "$removed" };
    expect(await deliver({}, recovered, { previous })).toMatchObject({ kind: "sent", receipt: "$event1" });
    expect(trial.server.events[0]?.content).not.toHaveProperty("m.relates_to");
    await deliver({}, recovered);
    expect(trial.server.events[1]?.content).not.toHaveProperty("m.relates_to");
  });
});

describe("the room", () => {
  test("an alias is looked up", async () => {
    expect(await deliver({ roomId: MATRIX_ALIAS })).toMatchObject({ kind: "sent" });
    expect(trial.server.events[0]?.room).toBe(MATRIX_ROOM);
    expect(await deliver({ roomId: "#nowhere:example.org" })).toMatchObject({
      kind: "rejected",
      status: 404,
      reason: "404 Not Found: Room alias #nowhere:example.org not found (M_NOT_FOUND)",
      advice: expect.stringMatching(/knows no room/),
    });
  });
  test.each([
    ["a token", {}, "GET /account/whoami"],
    ["user and password", LOGIN, "POST /login"],
  ])("fault C2: an alias without a server is one of the account's own, by %s", async (_, extra, first) => {
    expect(await deliver({ ...extra, roomId: MATRIX_ALIAS.replace(/:.*/, "") })).toMatchObject({ kind: "sent" });
    expect(trial.server.events[0]?.room).toBe(MATRIX_ROOM);
    expect(paths()[0]).toBe(first);
  });
  test("is joined when the account was invited, once", async () => {
    trial.server.membership = "invite";
    expect(await deliver()).toMatchObject({ kind: "sent", receipt: "$event1" });
    expect(paths().map((path) => path.split("/")[1])).toEqual(["rooms", "join", "rooms"]);
  });
  test.each([
    ["none", /You are not invited/],
    ["ban", /is banned/],
  ] as const)("membership %s is refused, with what to do", async (membership, words) => {
    trial.server.membership = membership;
    expect(await deliver()).toMatchObject({
      kind: "rejected",
      status: 403,
      reason: expect.stringMatching(words),
      advice: expect.stringMatching(/Invite it/),
    });
  });
});

describe("by user and password", () => {
  test("signs in, writes, signs out: no session is left", async () => {
    expect(await deliver(LOGIN)).toMatchObject({ kind: "sent", receipt: "$event1" });
    expect(paths().map((path) => path.split("/")[1])).toEqual(["login", "rooms", "logout"]);
    expect([...trial.server.devices.keys()]).toEqual(["TESTS"]);
  });
  test("a refused message leaves no session either", async () => {
    trial.server.membership = "none";
    expect(await deliver(LOGIN)).toMatchObject({ kind: "rejected" });
    expect([...trial.server.devices.keys()]).toEqual(["TESTS"]);
  });
  test("a message whose answer was lost is not written twice", async () => {
    const config = configOf(LOGIN);
    const context = sampleContext({ deliveryId: "dlv_lost" });
    const payload = matrix.render(sampleNotification(), config, context);
    const deaf = {
      ...trial.io,
      http: {
        async request(input: Parameters<typeof trial.io.http.request>[0]) {
          const answer = await trial.io.http.request(input);
          if (input.method !== "PUT") return answer;
          return { kind: "failed" as const, reason: "the line went dead", isRefused: false };
        },
      },
    };
    expect(await matrix.send(payload, config, deaf)).toMatchObject({ kind: "retry" });
    expect(await matrix.send(payload, config, trial.io)).toMatchObject({ kind: "sent", receipt: "$event1" });
    expect(trial.server.events).toHaveLength(1);
    expect([...trial.server.devices.keys()]).toEqual(["TESTS"]);
  });
  test("a wrong password is refused, with what to do", async () => {
    const outcome = await deliver({ ...LOGIN, password: "wrong-password" });
    expect(outcome).toMatchObject({
      kind: "rejected",
      status: 403,
      reason: "403 Forbidden: Invalid username or password (M_FORBIDDEN)",
      advice: expect.stringMatching(/this user with this password/),
    });
    expect(JSON.stringify(outcome)).not.toContain("wrong-password");
  });
});

test("a custom text: its markup counts, its values are escaped; a Test says so", async () => {
  const own = { title: "<u>{{job.name}}</u>", message: "<b>x</b>", values: { job: { name: "a<b" } } };
  await deliver({}, {}, { own });
  expect(trial.server.events[0]?.content.formatted_body).toMatch(
    /<u>a&lt;b<\/u><\/span><\/strong><br>\n\n<b>x<\/b>\n\n<br>/,
  );
  await deliver({}, { isTest: true });
  expect(trial.server.events[1]?.content.body).toMatch(/\nTest · Backup Failed · Belfry$/);
});

describe("pain 33, 34: whatever the texts are", () => {
  test.each(Object.entries(HOSTILE_NAMES))("a homeserver takes %s", async (_, name) => {
    const fields = Array.from({ length: 40 }, () => ({ label: name, value: name }));
    const more = { title: name, message: name, typeName: name || "Name", fields };
    expect(await deliver({}, more, { log: name, installation: { name, url: null } })).toMatchObject({ kind: "sent" });
  });
  test.each(["a", "🙂", "e\u0301", "<", '"', "\n"])(
    "100 kB of %j stay below an event's 65,536 bytes; the link is kept",
    async (piece) => {
      const long = piece.repeat(50_000);
      const more = { title: `T${long}`, message: `M${long}`, fields: [{ label: "F", value: long }] };
      expect(await deliver({}, more, { log: `first\n${long}\nlast` })).toMatchObject({ kind: "sent" });
      const { body, formatted_body } = trial.server.events[0]?.content ?? {};
      expect(body).toContain("https://backup.example.org/runs/run_01");
      expect(formatted_body).toContain('href="https://backup.example.org/runs/run_01"');
    },
  );
  test.each(["a", "🙂", "e\u0301"])("the plain body at its edge in %s", (piece) => {
    const bodyOf = (message: string) =>
      (
        matrix.render(
          sampleNotification({ title: "T", fields: [], times: [], message }),
          configOf(),
          sampleContext(),
        ) as {
          content: { body: string };
        }
      ).content.body;
    const most = Math.floor((6_000 - (Buffer.byteLength(bodyOf("x")) - 1)) / Buffer.byteLength(piece));
    for (const wanted of [most - 2, most + 1]) {
      const text = bodyOf(piece.repeat(wanted));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6_000);
      expect(text.includes("…")).toBe(wanted > most);
    }
  });
});

describe("answers", () => {
  test("an unknown token, a closed account", async () => {
    expect(await deliver({ accessToken: "syt_unknown_token_0123456789" })).toMatchObject({
      kind: "rejected",
      status: 401,
      reason: "401 Unauthorized: Invalid access token passed. (M_UNKNOWN_TOKEN)",
      advice: expect.stringMatching(/signed out/),
    });
    trial.server.failWith({
      status: 403,
      body: { errcode: "M_USER_DEACTIVATED", error: "This account has been deactivated" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "gone", status: 403 });
  });
  test("pain 07: M_LIMIT_EXCEEDED waits as long as the homeserver says, in either dialect", async () => {
    const body = { errcode: "M_LIMIT_EXCEEDED", error: "Too Many Requests", retry_after_ms: 2345 };
    trial.server.failWith({ status: 429, body, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 429, afterMs: 2_345 });
    trial.server.failWith({
      status: 429,
      body: { ...body, retry_after_ms: undefined },
      headers: { "retry-after": "4" },
      times: 1,
    });
    expect(await deliver()).toMatchObject({ kind: "retry", afterMs: 4_000 });
    trial.server.failWith({ status: 429, body, times: 1 });
    expect(await deliver(LOGIN)).toMatchObject({ kind: "retry", afterMs: 2_345 });
  });
  test("an address without a homeserver, 5xx, a hang and a reset", async () => {
    trial.server.failWith({ status: 404, body: "<h1>Not Found</h1>", times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", advice: expect.stringMatching(/well-known/) });
    trial.server.failWith({ status: 502, times: 1 });
    expect(await deliver()).toMatchObject({ kind: "retry", status: 502 });
    trial.server.hang();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/No answer/) });
    trial.server.recover();
    trial.server.reset();
    expect(await deliver()).toMatchObject({ kind: "retry", reason: expect.stringMatching(/closed the connection/) });
  });
});

describe("fault C2: a domain whose homeserver has another name", () => {
  let answers: (path: string) => [status: number, body: string];
  const web = createServer((request, response) => {
    const [status, body] = answers(request.url ?? "");
    response.writeHead(status).end(body);
  });
  const domain = () => `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  const names = (url: unknown) => (path: string) =>
    (path === "/.well-known/matrix/client"
      ? [200, JSON.stringify({ "m.homeserver": { base_url: url } })]
      : [404, "<h1>Not Found</h1>"]) as [number, string];
  beforeAll(() => new Promise<void>((done) => web.listen(0, "127.0.0.1", done)));
  afterAll(() => new Promise<unknown>((done) => web.close(done)));

  test.each([[{}], [LOGIN]])("is found by what the domain says (%o)", async (extra) => {
    answers = names(`${trial.server.url}/`);
    expect(await deliver({ ...extra, serverUrl: domain(), roomId: MATRIX_ALIAS })).toMatchObject({ kind: "sent" });
    expect(trial.server.events).toHaveLength(1);
  });
  test.each([[undefined], [42], [{}], ["not an address"], ["ftp://m.example"], [""]])(
    "one that names %o has no homeserver",
    async (named) => {
      answers = names(named);
      expect(await deliver({ serverUrl: domain() })).toMatchObject({ kind: "retry", status: 404 });
    },
  );
  test("one that names itself is asked no more than once", async () => {
    let asked = 0;
    answers = (path) => {
      asked += path.startsWith("/.well-known/") ? 1 : 0;
      return names(domain())(path);
    };
    expect(await deliver({ serverUrl: domain() })).toMatchObject({ kind: "retry", status: 404 });
    expect(asked).toBe(1);
  });
});

describe("the form", () => {
  const problem = (extra: Record<string, unknown>) => {
    const config = { serverUrl: "https://m.example", roomId: MATRIX_ROOM, accessToken: "t", ...extra };
    const issue = matrix.configSchema.safeParse(config).error?.issues[0];
    return issue && `${issue.path.join(".")}: ${issue.message}`;
  };
  test.each([
    [{}],
    [LOGIN],
    [{ roomId: MATRIX_ALIAS }],
    [{ roomId: "#backups" }],
    [{ roomId: "!aRoomIdWithoutAServer_0123456789" }],
  ])("takes %o", (extra) => expect(problem(extra)).toBeUndefined());
  test.each([
    [{ accessToken: "" }, /^accessToken: Enter a token/],
    [{ user: "@a:b", password: "p" }, /^accessToken: Choose one/],
    [{ ...LOGIN, password: "" }, /^password: /],
    [{ ...LOGIN, user: "" }, /^user: /],
    [{ roomId: "backups" }, /^roomId: /],
    [{ serverUrl: "matrix.example.org" }, /^serverUrl: /],
  ])("refuses %o", (extra, words) => expect(problem(extra)).toMatch(words));
  test("a pasted API address fills it; no secret is in payload or preview", () => {
    expect(
      matrix.fromUrl(
        "https://m.example/_matrix/client/v3/rooms/%21abc%3Aexample.org/send/m.room.message?access_token=syt_x",
      ),
    ).toEqual({ serverUrl: "https://m.example", roomId: "!abc:example.org", accessToken: "syt_x" });
    expect(matrix.fromUrl("https://matrix.to/#/#backups:example.org")).toBeNull();
    const payload = matrix.render(sampleNotification(), configOf(), sampleContext());
    expect(JSON.stringify([payload, matrix.preview(payload, configOf())])).not.toContain(MATRIX_TOKEN);
  });
});
