import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import type { Role } from "@/lib/core/role";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsGet } from "@/lib/services/jobs/get";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { MINUTE, openClientFixture, SECOND } from "./testing/clients-fixture";

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let counting: SignalCounting;
const keys = {} as Record<Role, string>;
beforeEach(async () => {
  fixture = await openClientFixture();
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  for (const role of ["viewer", "operator"] as const)
    keys[role] = (await apiKeysCreate.call(systemActor, { name: role, role })).key;
});
afterEach(async () => {
  await counting.stop();
  await fixture.close();
});

async function addJob(more: object = {}): Promise<ExternalJobView> {
  const input = { kind: "external", name: "nas", schedule: { periodMinutes: 60 }, graceMinutes: 10 };
  return (await jobsCreate.call(systemActor, { ...input, ...more })) as ExternalJobView;
}

function readJson(text: string) {
  return text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : null;
}

async function ask(path: string, key?: string, method = "GET", body?: string) {
  const headers = key === undefined ? undefined : { "x-api-key": key };
  const answer = await fetch(`${fixture.url}${path}`, { method, headers, redirect: "manual", ...(body && { body }) });
  const text = await answer.text();
  return { status: answer.status, text, json: readJson(text) };
}

const ping = (path: string) => fetch(`${fixture.url}${path}`, { method: "POST" });

function pass(ms: number) {
  fixture.clock.now += ms;
  fixture.clock.passed += ms;
}

/** Everything that is stored is counted. */
async function settled(): Promise<void> {
  const { orm, t } = database();
  for (;;) {
    pass(1_500);
    await counting.tick();
    const rows = await orm.select({ foldedAt: t.signals.foldedAt }).from(t.signals);
    if (rows.every(({ foldedAt }) => foldedAt !== null)) return;
  }
}

const statusOf = async (job: ExternalJobView, version = 3) =>
  (await ask(`/api/v${version}/checks/${job.uuid}`, keys.operator)).json;

test("without a key, and with a wrong one, the answer is 401 as Healthchecks words it, with and without a slash", async () => {
  for (const path of ["/api/v3/checks", "/api/v3/checks/", "/api/v1/checks/", "/api/v2/checks"]) {
    expect(await ask(path)).toMatchObject({ status: 401, json: { error: "missing api key" } });
    expect(await ask(path, "bfy_wrong")).toMatchObject({ status: 401, json: { error: "wrong api key" } });
    expect(await ask(path, keys.viewer)).toMatchObject({ status: 200, json: { checks: [] } });
  }
});

test("an operator's key reads every field of a check, a viewer's a key in place of its addresses", async () => {
  const job = await addJob({ labels: { env: "prod", db: "DB" }, methods: "post", keywords: { failure: ["ERR"] } });
  await jobsCreate.call(systemActor, {
    kind: "external",
    name: "cron",
    schedule: { cron: "5 4 * * *", timezone: "UTC" },
  });
  const { json } = await ask("/api/v3/checks/", keys.operator);
  expect(json.checks).toHaveLength(2);
  expect(json.checks[1]).toMatchObject({ name: "cron", schedule: "5 4 * * *", tz: "UTC" });
  expect(json.checks[1]).not.toHaveProperty("timeout");
  expect(json.checks[0]).toMatchObject({
    name: "nas",
    slug: "nas",
    tags: "DB env:prod",
    grace: 600,
    timeout: 3_600,
    status: "new",
    started: false,
    n_pings: 0,
    last_ping: null,
    next_ping: null,
    methods: "POST",
    failure_kw: "ERR",
    filter_http_body: true,
    uuid: job.uuid,
    ping_url: job.urls?.healthchecks,
    badge_url: job.badgeUrl,
  });
  expect(json.checks[0].pause_url).toBe(`${json.checks[0].update_url}/pause`);
  const seen = (await ask("/api/v3/checks/", keys.viewer)).json.checks[0];
  expect(JSON.stringify(seen)).not.toContain(job.uuid);
  for (const name of ["uuid", "ping_url", "update_url", "pause_url", "resume_url", "badge_url"])
    expect(seen).not.toHaveProperty(name);
  expect(seen.unique_key).toMatch(/^[0-9a-f]{40}$/);
  expect((await ask(`/api/v3/checks/${seen.unique_key}`, keys.viewer)).json).toEqual(seen);
  expect((await ask(`/api/v3/checks/${job.uuid}/`, keys.viewer)).json).toEqual(seen);
  expect(await ask(`/api/v3/checks/${"0".repeat(40)}`, keys.viewer)).toMatchObject({ status: 404 });
  expect(await ask("/api/v3/checks/nonsense", keys.viewer)).toMatchObject({
    status: 404,
    json: { error: "not found" },
  });
});

test("a list is narrowed by a slug, and by all of several tags", async () => {
  await addJob({ name: "one", labels: { env: "prod", db: "db" } });
  await addJob({ name: "two", labels: { env: "prod" } });
  const names = async (query: string) =>
    (await ask(`/api/v3/checks/?${query}`, keys.viewer)).json.checks.map(({ name }: { name: string }) => name);
  expect(await names("slug=two")).toEqual(["two"]);
  expect(await names("tag=env:prod")).toEqual(["one", "two"]);
  expect(await names("tag=env:prod&tag=db")).toEqual(["one"]);
  expect(await names("tag=nothing")).toEqual([]);
  await addJob({ name: "three", labels: { team: "Site  Ops", "a.b": "A.B" } });
  expect(await names("tag=team:Site_Ops")).toEqual(["three"]);
  expect(await names("tag=A.B&tag=team:Site_Ops")).toEqual(["three"]);
  expect(await names("tag=a.b")).toEqual([]);
});

test("more checks than can be answered at once are refused, and can be had by tags", async () => {
  const job = await addJob({ name: "first", labels: { env: "prod" } });
  const { orm, t } = database();
  const [[row], [receiver]] = await Promise.all([
    orm.select().from(t.jobs).where(eq(t.jobs.id, job.id)),
    orm.select().from(t.jobReceivers).where(eq(t.jobReceivers.jobId, job.id)),
  ]);
  if (!row || !receiver) throw new Error("The job has no row.");
  const ids = Array.from({ length: 2_000 }, (_, at) => `job_many${String(at).padStart(5, "0")}`);
  for (let at = 0; at < ids.length; at += 100) {
    const some = ids.slice(at, at + 100);
    await orm.insert(t.jobs).values(some.map((id) => ({ ...row, id, slug: id, name: id })));
    await orm
      .insert(t.jobReceivers)
      .values(some.map((jobId) => ({ ...receiver, jobId, tokenHash: jobId, uuidHash: jobId })));
  }
  expect(await ask("/api/v3/checks/", keys.viewer)).toMatchObject({
    status: 413,
    json: { error: expect.stringContaining("narrow the list by tag=") },
  });
  const prod = await ask("/api/v3/checks/?tag=env:prod", keys.viewer);
  expect(prod.json.checks.map(({ name }: { name: string }) => name)).toEqual(["first"]);
});

test("a check goes from new by started, up and grace to down, and says when it was and will be pinged", async () => {
  const job = await addJob();
  expect(await statusOf(job)).toMatchObject({ status: "new" });
  await ping(`/ping/${job.uuid}/start`);
  await settled();
  expect(await statusOf(job)).toMatchObject({ started: true });
  expect(await statusOf(job, 1)).toMatchObject({ status: "started" });
  pass(20 * SECOND);
  await ping(`/ping/${job.uuid}`);
  await settled();
  const up = await statusOf(job);
  expect(up).toMatchObject({ status: "up", started: false, n_pings: 2 });
  expect(up.last_ping).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
  expect(Date.parse(up.next_ping) - Date.parse(up.last_ping)).toBe(60 * MINUTE);
  expect(up.last_duration).toBeGreaterThanOrEqual(20);
  pass(61 * MINUTE);
  expect(await statusOf(job)).toMatchObject({ status: "grace" });
  pass(10 * MINUTE);
  expect(await statusOf(job)).toMatchObject({ status: "down" });
  await ping(`/ping/${job.uuid}`);
  await settled();
  expect(await statusOf(job)).toMatchObject({ status: "up" });
  await ping(`/ping/${job.uuid}/fail`);
  await settled();
  expect(await statusOf(job)).toMatchObject({ status: "down" });
});

test("pings are for operators, and flips are the changes between up and down, within a time", async () => {
  const job = await addJob();
  for (const end of ["", "", "/fail", "/1", ""]) {
    pass(2 * MINUTE);
    await ping(`/ping/${job.uuid}${end}`);
    await settled();
  }
  const address = `/api/v3/checks/${job.uuid}`;
  expect(await ask(`${address}/pings/`, keys.viewer)).toMatchObject({
    status: 403,
    json: { error: expect.any(String) },
  });
  const { pings } = (await ask(`${address}/pings/`, keys.operator)).json;
  expect(pings.map(({ n, type }: { n: number; type: string }) => [n, type])).toEqual([
    [5, "success"],
    [4, "fail"],
    [3, "fail"],
    [2, "success"],
    [1, "success"],
  ]);
  expect(pings[0]).toMatchObject({ method: "POST", scheme: "http", remote_addr: "127.0.0.1" });
  const flips = async (query = "") => (await ask(`${address}/flips/${query}`, keys.viewer)).json.flips;
  const all = await flips();
  expect(all.map(({ up }: { up: number }) => up)).toEqual([1, 0, 1]);
  const middle = Date.parse(all[1].timestamp) / 1_000;
  expect(await flips(`?start=${middle}`)).toHaveLength(2);
  expect(await flips(`?end=${middle}`)).toHaveLength(1);
  expect(await ask(`${address}/flips/?seconds=-1`, keys.viewer)).toMatchObject({ status: 400 });
});

test("an operator pauses and resumes a check; a viewer does not, and resuming what goes on is a conflict", async () => {
  const job = await addJob();
  const address = `/api/v3/checks/${job.uuid}`;
  expect(await ask(`${address}/pause`, keys.viewer, "POST")).toMatchObject({ status: 403 });
  expect(await ask(`${address}/pause`, undefined, "POST")).toMatchObject({ status: 401 });
  expect(await ask(`${address}/resume`, keys.operator, "POST", "{}")).toMatchObject({ status: 409 });
  expect(await jobsGet.call(systemActor, { id: job.id })).toMatchObject({ enabled: true });
  expect(await ask(`${address}/pause`, keys.operator, "POST", "{}")).toMatchObject({
    status: 200,
    json: { status: "paused", next_ping: null },
  });
  expect(await ask(`${address}/resume/`, keys.operator, "POST")).toMatchObject({
    status: 200,
    json: { status: "new" },
  });
  expect(await ask(`${address}/pause`, keys.operator)).toMatchObject({ status: 405 });
});

test("a badge shows the state to everybody who has its address, and its address takes no reports", async () => {
  const job = await addJob({ name: 'nas <"1">' });
  const own = new URL(job.badgeUrl ?? "", fixture.url).pathname;
  const id = /([0-9a-f-]{36})\.svg$/.exec(own)?.[1];
  await ping(`/ping/${job.uuid}`);
  await settled();
  const picture = await fetch(`${fixture.url}${own}`);
  expect(picture.headers.get("content-type")).toBe("image/svg+xml");
  expect(await picture.text()).toMatch(/^<svg .*nas &lt;&quot;1&quot;&gt;: up/);
  expect((await ping(`/ping/${id}`)).status).toBe(404);
  const state = async (path: string) => (await ask(path)).json;
  expect(await state(`/b/3/${id}.json`)).toEqual({ status: "up", total: 1, grace: 0, down: 0 });
  pass(61 * MINUTE);
  expect(await state(`/b/3/${id}.json`)).toEqual({ status: "late", total: 1, grace: 1, down: 0 });
  expect(await state(`/b/2/${id}.json`)).toMatchObject({ status: "up" });
  pass(10 * MINUTE);
  expect(await state(`/b/2/${id}.shields`)).toMatchObject({ schemaVersion: 1, message: "down", color: "critical" });
  for (const path of [`/b/4/${id}.svg`, `/b/3/${job.uuid}.svg`, `/b/3/${id}.gif`, "/b/3/x.svg"])
    expect((await ask(path)).status).toBe(404);
  const viewer = { ...systemActor, kind: "api_key", id: "key_1", role: "viewer", address: null } as const;
  expect(await jobsGet.call(viewer, { id: job.id })).toMatchObject({ badgeUrl: null });
});

test("the text that came with a ping is had by its number, without the secrets of the job, and by operators alone", async () => {
  const job = await addJob();
  await ping(`/ping/${job.uuid}/start`);
  const body = `copying to ${job.uuid}\nno space left é\n`;
  await fetch(`${fixture.url}/ping/${job.uuid}/fail`, { method: "POST", body });
  const { pings } = (await ask(`/api/v2/checks/${job.uuid}/pings/`, keys.operator)).json;
  expect(pings).toMatchObject([
    { n: 2, type: "fail", body_url: expect.stringMatching(/\/api\/v2\/checks\/[0-9a-f-]{36}\/pings\/2\/body$/) },
    { n: 1, type: "start", body_url: null },
  ]);
  const own = new URL(pings[0].body_url, fixture.url).pathname;
  const answer = await fetch(`${fixture.url}${own}`, { headers: { "x-api-key": keys.operator } });
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const text = await answer.text();
  expect(text).toContain("no space left é\n");
  expect(text).not.toContain(job.uuid);
  expect(await ask(own, keys.viewer)).toMatchObject({ status: 403 });
  expect(await ask(own)).toMatchObject({ status: 401 });
  for (const n of ["1", "3", "99999999"])
    expect(await ask(own.replace("/2/body", `/${n}/body`), keys.operator)).toMatchObject({
      status: 404,
      json: { error: "not found" },
    });
  for (const n of ["0", "x", "1.5"])
    expect((await ask(own.replace("/2/body", `/${n}/body`), keys.operator)).status).toBe(400);
});

test("channels are listed as integrations, in the versions whose address is not that of Belfry's own channels", async () => {
  for (const path of ["/api/v3/channels/", "/api/v2/channels"])
    expect((await ask(path, keys.viewer)).json).toEqual({
      channels: [{ id: fixture.hook, name: "ops", kind: "webhook" }],
    });
  expect((await ask("/api/v3/channels/")).status).toBe(401);
});

test("a badge of all, and of each tag, shows the worst of their states to who has its address", async () => {
  const jobs = [
    await addJob({ name: "one", labels: { env: "prod", db: "DB" } }),
    await addJob({ name: "two", labels: { env: "prod" } }),
  ];
  await addJob({ name: "other", labels: { team: "Site  Ops" }, schedule: { periodMinutes: 600 } });
  for (const { uuid } of jobs) await ping(`/ping/${uuid}`);
  await settled();
  const { badges } = (await ask("/api/v3/badges/", keys.viewer)).json;
  expect(Object.keys(badges)).toEqual(["*", "DB", "env:prod", "team:Site_Ops"]);
  expect((await ask("/api/v3/badges")).status).toBe(401);
  const paths = Object.fromEntries(
    Object.entries<Record<string, string>>(badges).map(([tag, { json = "", json3 = "", svg = "", shields3 = "" }]) => {
      const [two, three, picture, shields] = [json, json3, svg, shields3].map(
        (one) => new URL(one, fixture.url).pathname,
      );
      return [tag, { two, three, picture, shields }];
    }),
  );
  const state = async (tag: string, which: "two" | "three" = "three") => (await ask(paths[tag]?.[which] ?? "")).json;
  expect(await state("*")).toEqual({ status: "up", total: 3, grace: 0, down: 0 });
  expect(await state("env:prod")).toEqual({ status: "up", total: 2, grace: 0, down: 0 });
  expect(await state("team:Site_Ops")).toMatchObject({ total: 1 });
  pass(61 * MINUTE);
  expect(await state("env:prod")).toEqual({ status: "late", total: 2, grace: 2, down: 0 });
  expect(await state("env:prod", "two")).toMatchObject({ status: "up", grace: 2 });
  await ping(`/ping/${jobs[0]?.uuid}/fail`);
  await settled();
  pass(6 * SECOND);
  expect(await state("*", "two")).toEqual({ status: "down", total: 3, grace: 1, down: 1 });
  expect((await ask(paths.DB?.shields ?? "")).json).toEqual({
    schemaVersion: 1,
    label: "DB",
    message: "down",
    color: "critical",
  });
  const picture = await ask(paths["env:prod"]?.picture ?? "");
  expect(picture.text).toMatch(/^<svg .*env:prod: down/);
  const tagged = paths.DB?.three ?? "";
  const [, key = "", signature = ""] = /^\/badge\/([^/]+)\/([^/]+)\//.exec(tagged) ?? [];
  for (const path of [
    tagged.replace("DB", "env:prod"),
    tagged.replace(signature, "aaaaaaaa"),
    tagged.replace(key, crypto.randomUUID()),
    tagged.replace(signature, `${signature}-3`),
    tagged.replace(".json", ".gif"),
    `/badge/${key}/${signature}.json`,
    `/badge/${"x".repeat(100)}/${signature}/DB.json`,
  ])
    expect((await ask(path)).status, path).toBe(404);
});

test("pages of other sites may ask with a key, and get the methods", async () => {
  const asked = await fetch(`${fixture.url}/api/v3/checks/`, { method: "OPTIONS" });
  expect(asked.status).toBe(204);
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "X-Api-Key",
    "access-control-allow-methods": "GET",
  });
  const answer = await fetch(`${fixture.url}/api/v3/checks/`, { headers: { "x-api-key": keys.viewer } });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  expect((await fetch(`${fixture.url}/api/health`)).headers.get("access-control-allow-origin")).toBeNull();
});
