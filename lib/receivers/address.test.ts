import { describe, expect, test } from "vitest";
import { isNearAddress, type ReceiverAddress, readAddress } from "./address";

const TOKEN = "aaaabbbbccccdddd1234";
const UUID = "11111111-2222-4333-8444-555555555555";
const none = () => undefined;
const token = { kind: "token", token: TOKEN } as const;
const slug = (create: boolean) => ({ kind: "slug", key: "pingkey1", slug: "nightly-db", create }) as const;
const uuid = { kind: "uuid", uuid: UUID } as const;

const ADDRESSES: [
  url: string,
  receiver: string,
  credential: ReceiverAddress["credential"],
  path: string,
  query: string,
][] = [
  [`/in/${TOKEN}`, "healthchecks", token, "", ""],
  [`/in/${TOKEN}/`, "healthchecks", token, "", ""],
  [`/in/${TOKEN}/start`, "healthchecks", token, "start", ""],
  [`/in/${TOKEN}//fail/`, "healthchecks", token, "fail", ""],
  [`//in//${TOKEN}/log?rid=x`, "healthchecks", token, "log", "rid=x"],
  [`/in/${TOKEN}/255`, "healthchecks", token, "255", ""],
  [`/in/${TOKEN}%2Ffail`, "healthchecks", token, "fail", ""],
  [`/in/${TOKEN}/%66ail#top`, "healthchecks", token, "fail", ""],
  [`/in/${TOKEN}/%E0%A4%A`, "healthchecks", token, "%E0%A4%A", ""],
  [`/in/${TOKEN}/nonsense`, "healthchecks", token, "nonsense", ""],
  [`http://belfry.example/in/${TOKEN}/fail?x`, "healthchecks", token, "fail", "x"],
  [`/in/${TOKEN}/cronitor/d3x0c1/run`, "cronitor", token, "d3x0c1/run", ""],
  [`/in/${TOKEN}/cronhub/start/x`, "cronhub", token, "start/x", ""],
  [`/in/${TOKEN}/cronhub/ping/x`, "cronhub", token, "ping/x", ""],
  [`/in/${TOKEN}/kuma?status=up`, "kuma", token, "", "status=up"],
  [`/in/${TOKEN}/KUMA`, "kuma", token, "", ""],
  [`/in/${TOKEN}/ntfy/backups`, "ntfy", token, "backups", ""],
  [`/in/${TOKEN}/gotify/message`, "gotify", token, "message", ""],
  [`/in/${TOKEN}/pagerduty/v2/enqueue`, "pagerduty", token, "v2/enqueue", ""],
  [`/in/${TOKEN}/apprise/notify/key`, "apprise", token, "notify/key", ""],
  [`/api/push/${TOKEN}?status=up&msg=OK&ping=?status=down`, "kuma", token, "", "status=up&msg=OK&ping=?status=down"],
  [`/in/api/1/cron/mymonitor/${TOKEN}/?status=ok`, "sentry", token, "cron/mymonitor", "status=ok"],
  [`/in/api/1/cron/a/b%20c/${TOKEN}/?status=ok`, "sentry", token, "cron/a/b c", "status=ok"],
  [`/api/203069/cron/mymonitor/${TOKEN}/?status=ok`, "sentry", token, "cron/mymonitor", "status=ok"],
  [`/ping/${UUID}`, "healthchecks", uuid, "", ""],
  [`/ping/${UUID.toUpperCase()}/start/?rid=1`, "healthchecks", uuid, "start", "rid=1"],
  [`/ping//${UUID}//7`, "healthchecks", uuid, "7", ""],
  ["/ping/pingkey1/nightly-db", "healthchecks", slug(false), "", ""],
  ["/ping/pingkey1/nightly-db/start?create=1", "healthchecks", slug(true), "start", "create=1"],
  ["/ping/pingkey1/nightly-db?create=1/fail", "healthchecks", slug(true), "", "create=1/fail"],
  ["/ping/pingkey1/nightly-db?create=0", "healthchecks", slug(false), "", "create=0"],
  ["/ping/pingkey1/nightly-db?create=12", "healthchecks", slug(false), "", "create=12"],
  [`/notify/${TOKEN}`, "apprise", token, "notify", ""],
  [`/message?token=${TOKEN}`, "gotify", token, "message", `token=${TOKEN}`],
];

test.each(ADDRESSES)("%s", (url, receiver, credential, path, query) => {
  expect(readAddress(url, none)).toEqual({ receiver, credential, path, query });
});

test.each([["x-gotify-key", TOKEN] as const, ["authorization", `Bearer ${TOKEN}`] as const])(
  "Gotify's token may come in the header %s",
  (name, value) => {
    const header = (asked: string) => (asked === name ? value : undefined);
    expect(readAddress("/message", header)).toMatchObject({ receiver: "gotify", credential: token });
  },
);

test("a slug in capitals is refused in Healthchecks' words", () => {
  expect(readAddress("/ping/pingkey1/Nightly", none)?.refusal).toMatchObject({
    status: 400,
    body: "invalid url format",
  });
  expect(readAddress("/ping/pingkey1/nightly", none)).not.toHaveProperty("refusal");
});

describe("no receiver's address", () => {
  test.each([
    "",
    "/",
    "*",
    "/in",
    "/in/short",
    `/in/${"a".repeat(65)}`,
    "/in/with.dot.in.the.token",
    "/in/api/1/cron/slug",
    `/in/api/x/cron/slug/${TOKEN}`,
    "/api/v1/jobs",
    "/api/v1/cron/slug/aaaabbbbccccdddd1234",
    "/api/push",
    "/ping",
    "/ping/only-a-key",
    "/ping/key/sl%20ug",
    "/message",
    "/notify",
    "/notifications",
    `/login?next=/in/${TOKEN}`,
    "%",
  ])("%s", (url) => expect(readAddress(url, none)).toBeNull());
});

describe("what is not to be redirected though it is no address", () => {
  test.each([
    "/in",
    "/in/",
    "//in//x/",
    "/in/..",
    "/ping/?x",
    "/message/",
    "/notify/a/b",
    "/api/push/",
    "/api/1/cron//",
  ])("%s", (url) => expect(isNearAddress(url)).toBe(true));
  test.each(["/", "/inn", "/api/v1/jobs", "/api/", "/notifications/", "/jobs/in/", "/api/auth/push"])("not %s", (url) =>
    expect(isNearAddress(url)).toBe(false),
  );
});
