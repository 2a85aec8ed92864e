import { expect, test } from "@playwright/test";
import type { List } from "./support/api";
import { type ApiApp, notice, startApiApp } from "./support/api-app";
import { until } from "./support/child";

test.describe.configure({ mode: "serial" });

/** A channel with secrets, so that they can be looked for where they must not be. */
const HOOK = (url: string) => ({
  url,
  authHeader: "Bearer one-two-three-four",
  headers: { "X-Tenant": "tenant-secret" },
});

interface Accepted {
  events: { id: string; duplicate: boolean; deliveries: number }[];
}
interface Alert {
  id: string;
  type: string;
  status: string;
  count: number;
  title: string;
}
interface Delivery {
  id: string;
  status: string;
  title: string;
  attempts: { status: number | null; answer: string | null }[];
  payload: { headers: Record<string, string>; body: string };
}

let running: ApiApp;
let app: ApiApp["app"];
let api: ApiApp["api"];
let operator: ApiApp["operator"];
let viewer: ApiApp["viewer"];
let hook: ApiApp["hook"];

test.beforeAll(async () => {
  running = await startApiApp();
  ({ app, api, operator, viewer, hook } = running);
  await api.post("/channels", { name: "hook", provider: "webhook", config: HOOK(hook.url) });
  const { items } = await api.get<List<{ id: string }>>("/channels");
  await api.patch("/settings/notifications", { globalChannels: items.map(({ id }) => id) });
});
test.afterAll(() => running?.close());

test("notify: one, an array, whole or not at all, idempotent, by channel name", async () => {
  const had = hook.taken.length;
  const one = await operator.call<Accepted>(
    "POST",
    "/notify",
    notice("first", { idempotencyKey: "key-1", channels: ["hook"] }),
  );
  expect(one.status).toBe(202);
  expect(one.body.events).toEqual([{ id: expect.any(String), duplicate: false, deliveries: 1 }]);
  const repeat = await operator.call<Accepted>(
    "POST",
    "/notify",
    notice("first", { idempotencyKey: "key-1", channels: ["hook"] }),
  );
  expect(repeat.body.events).toEqual([{ id: one.body.events[0]?.id, duplicate: true, deliveries: 1 }]);
  // Keys belong to the API key.
  const other = await api.post<Accepted>("/notify", notice("first", { idempotencyKey: "key-1", channels: ["hook"] }));
  expect(other.events[0]?.duplicate).toBe(false);

  const many = await operator.post<Accepted>("/notify", [notice("second"), notice("third", { tone: "failure" })]);
  expect(many.events).toHaveLength(2);
  const refused = await operator.call("POST", "/notify", [
    notice("fourth"),
    { message: "no title" },
    notice("x", { tone: "pink" }),
  ]);
  expect([refused.status, refused.body.error.code]).toEqual([400, "invalid"]);
  expect(Object.keys(refused.body.error.fields ?? {}).sort()).toEqual(["[1].title", "[2].tone"]);
  const unknown = await operator.call("POST", "/notify", notice("fifth", { channels: ["nobody"] }));
  expect(unknown.body.error.fields).toEqual({ "channels[0]": expect.stringContaining("nobody") });
  const long = await operator.call("POST", "/notify", notice("sixth", { idempotencyKey: "k".repeat(256) }));
  expect(Object.keys(long.body.error.fields ?? {})).toEqual(["idempotencyKey"]);
  const tooMany = await operator.call(
    "POST",
    "/notify",
    Array.from({ length: 1_001 }, () => notice("x")),
  );
  expect(tooMany.status).toBe(400);

  await until("four have arrived", () => hook.taken.length >= had + 4);
  const arrived = hook.taken
    .slice(had)
    .map(({ text }) => JSON.parse(text) as { title: string; tone: string; severity: string });
  expect(arrived.map(({ title }) => title).sort()).toEqual(["first", "first", "second", "third"]);
  expect(arrived.find(({ title }) => title === "third")).toMatchObject({ tone: "failure", severity: "critical" });
  expect(arrived.find(({ title }) => title === "second")).toMatchObject({ tone: "info", severity: "info" });
});

test("rule 01, notify with a dedupKey: firing opens and counts up, resolved ends it, the next one fires again", async () => {
  const had = hook.taken.length;
  const fire = () =>
    operator.post<Accepted>("/notify", notice("clapper loose", { tone: "failure", dedupKey: "clapper" }));
  const open = async () =>
    (await api.get<List<Alert>>("/alerts?status=open")).items.filter(({ title }) => title.includes("clapper loose"));
  await fire();
  await fire();
  expect(await open()).toMatchObject([{ status: "firing", count: 2 }]);
  await operator.post("/notify", notice("clapper fixed", { tone: "success", dedupKey: "clapper", status: "resolved" }));
  expect(await open()).toEqual([]);
  const nothing = await operator.post<Accepted>(
    "/notify",
    notice("again fixed", { dedupKey: "clapper", status: "resolved" }),
  );
  expect(nothing.events[0]).toMatchObject({ deliveries: 0 });
  await fire();
  expect(await open()).toMatchObject([{ status: "firing", count: 1 }]);
  await until("all are sent", async () => {
    const { backlog } = (await (await fetch(`${app.url}/api/health`)).json()) as { backlog: { pending: number } };
    return backlog.pending === 0 && hook.taken.length >= had + 3;
  });
  const titles = hook.taken.slice(had).map(({ text }) => (JSON.parse(text) as { title: string }).title);
  expect(titles.filter((title) => title === "clapper loose").length).toBeGreaterThanOrEqual(2);
  expect(titles.filter((title) => /fixed|Recovered/.test(title))).toHaveLength(1);
  expect(titles.indexOf("clapper loose")).toBe(0);
  expect(titles.at(-1)).toBe("clapper loose");
  const [alert] = await open();
  const resolved = await operator.post<Alert>(`/alerts/${alert?.id}/resolve`);
  expect(resolved.status).toBe("resolved");
});

test("pain 12, 14: events, alerts and deliveries can be read with attempts, payload and answers; resend and cancel", async () => {
  const { events } = await operator.post<Accepted>(
    "/notify",
    notice("evensong", { fields: [{ label: "Bell", value: "great" }] }),
  );
  const eventId = events[0]?.id;
  let delivery: { id: string; status: string } | undefined;
  await until("it is sent", async () => {
    [delivery] = (await api.get<List<{ id: string; status: string }>>(`/deliveries?eventId=${eventId}`)).items;
    return delivery?.status === "sent";
  });
  const whole = await api.get<Delivery>(`/deliveries/${delivery?.id}`);
  expect(whole.attempts).toMatchObject([{ status: 200, answer: "taken" }]);
  expect(JSON.parse(whole.payload.body)).toMatchObject({
    title: "evensong",
    fields: [{ label: "Bell", value: "great" }],
  });
  // Secrets are redacted by their value.
  expect(JSON.stringify(whole)).not.toMatch(/one-two-three|tenant-secret/);
  expect((await viewer.get<Delivery>(`/deliveries/${delivery?.id}`)).payload).toBeNull();
  const had = hook.taken.length;
  expect(await operator.post(`/deliveries/${delivery?.id}/resend`)).toMatchObject({ id: delivery?.id });
  await until("it came once more", () => hook.taken.length === had + 1);
  expect(hook.taken.at(-1)?.headers["idempotency-key"]).toBe(delivery?.id);
  expect((await operator.call("POST", `/deliveries/${delivery?.id}/cancel`)).status).toBe(409);

  hook.failWith(503);
  const waiting = await operator.post<Accepted>("/notify", notice("never mind"));
  const ofIt = () => api.get<List<{ id: string; status: string }>>(`/deliveries?eventId=${waiting.events[0]?.id}`);
  await until("it waits", async () => (await ofIt()).items[0]?.status === "pending");
  const [pending] = (await ofIt()).items;
  await operator.post(`/deliveries/${pending?.id}/cancel`);
  expect((await ofIt()).items[0]?.status).toBe("canceled");
  hook.recover();
  expect((await api.get<List<object>>("/events?type=custom.notification&limit=5")).items).toHaveLength(5);
});

test("paging: each page begins where the last ended, to the end", async () => {
  const all = (await api.get<List<{ id: string }>>("/events?limit=200")).items.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const next: List<{ id: string }> = await api.get(`/events?limit=3${cursor ? `&cursor=${cursor}` : ""}`);
    paged.push(...next.items.map(({ id }) => id));
    cursor = next.nextCursor;
  } while (cursor);
  expect(paged).toEqual(all);
  const broken = await api.call("GET", "/events?cursor=not%20a%20cursor");
  expect([broken.status, broken.body.error.code]).toEqual([400, "invalid"]);
});
