import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import type { Role } from "@/lib/core/role";
import { emit } from "@/lib/dispatch/emit";
import { setSecretKey } from "@/lib/secrets/key";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { channelsCreate } from "./create";
import { channelsDelete } from "./delete";
import { channelsGet } from "./get";
import { channelsList } from "./list";
import { channelsOptions } from "./options";
import { channelsUpdate } from "./update";

const URL_SECRET = "http://127.0.0.1:9/hooks/3f9c1d7ae0b24c55aa";
const TOKEN = "Bearer a-token-that-nobody-may-see";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());
beforeEach(async () => {
  const { orm, t } = database();
  for (const table of [
    t.channels,
    t.channelStates,
    t.auditLog,
    t.events,
    t.alerts,
    t.deliveries,
    t.settings,
    t.jobs,
    t.jobNotifications,
  ]) {
    await orm.delete(table);
  }
});

const as = (role: Role): Actor => ({ kind: "api_key", id: "key_1", name: "a key", role, address: null });
const webhook = (name: string, config: Record<string, unknown> = {}) =>
  channelsCreate.call(systemActor, { name, provider: "webhook", config: { url: URL_SECRET, ...config } });
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("it was not refused");
    },
    (error: { code: string; message: string; details: { fields?: Record<string, string> } }) => ({
      code: error.code,
      message: error.message,
      fields: error.details.fields,
    }),
  );

test("fault B23: a field that the service's form does not know is refused and named, unless it is stored already", async () => {
  expect(await refusal(webhook("ops", { autHeader: TOKEN }))).toMatchObject({
    code: "invalid",
    fields: { "config.autHeader": "“autHeader” is not known here. Did you mean “authHeader”?" },
  });
  const { id } = await webhook("ops");
  expect(await refusal(channelsUpdate.call(systemActor, { id, config: { metod: "PUT" } }))).toMatchObject({
    fields: { "config.metod": expect.stringContaining("“method”") },
  });
  // What an older version of the program knew and stored comes back with a form that was read.
  const { orm, t } = database();
  await orm
    .update(t.channels)
    .set({ config: { method: "POST", former: true } })
    .where(eq(t.channels.id, id));
  const { config } = await channelsUpdate.call(systemActor, { id, config: { url: URL_SECRET, former: true } });
  expect(config).not.toHaveProperty("former");
});

test("pain 37: secrets are sealed in the database, and come back as stored only", async () => {
  const made = await webhook("ops", { authHeader: TOKEN, headers: { "X-Tenant": "tenant-secret-1" } });
  expect(made).toMatchObject({
    name: "ops",
    provider: "webhook",
    providerLabel: "Webhook",
    enabled: true,
    config: {
      url: { stored: true },
      authHeader: { stored: true },
      headers: { "X-Tenant": { stored: true } },
      method: "POST",
    },
    events: [],
    health: { state: "healthy" },
    usedBy: { jobs: [], isGlobal: false, isFallback: false, overrides: [] },
    problem: null,
  });
  const { orm, t } = database();
  const everything = JSON.stringify([await orm.select().from(t.channels), await orm.select().from(t.auditLog), made]);
  for (const secret of [URL_SECRET, TOKEN, "tenant-secret-1"]) expect(everything).not.toContain(secret);
});

test("each error is reported at its field, and nothing is stored", async () => {
  const wrong = channelsCreate.call(systemActor, {
    name: "ops",
    provider: "webhook",
    config: { url: "ftp://x", method: "BREW" },
  });
  expect(await refusal(wrong)).toMatchObject({
    code: "invalid",
    fields: { "config.url": expect.stringContaining("http"), "config.method": expect.any(String) },
  });
  expect(
    await refusal(channelsCreate.call(systemActor, { name: "ops", provider: "webhook", config: {} })),
  ).toMatchObject({ fields: { "config.url": "This field must be filled in." } });
  expect(
    await refusal(channelsCreate.call(systemActor, { name: "ops", provider: "pigeon", config: {} })),
  ).toMatchObject({ fields: { provider: expect.stringContaining("pigeon") } });
  expect(
    await refusal(
      channelsCreate.call(systemActor, {
        name: "ops",
        provider: "webhook",
        config: { url: URL_SECRET },
        events: ["x.y"],
      }),
    ),
  ).toMatchObject({ code: "invalid", fields: { "events[0]": "There is no such event." } });
  expect((await channelsList.call(systemActor, {})).items).toEqual([]);
});

test("names are unique", async () => {
  await webhook("ops");
  const second = await webhook("night shift");
  expect(await refusal(webhook("ops"))).toMatchObject({ code: "conflict", fields: { name: expect.any(String) } });
  const rename = channelsUpdate.call(systemActor, { id: second.id, name: "ops" });
  expect(await refusal(rename)).toMatchObject({ code: "conflict", fields: { name: expect.any(String) } });
});

test("a change touches only what it names: secrets stay unless they are sent, and null clears", async () => {
  const { id } = await webhook("ops", { authHeader: TOKEN, headers: { "X-A": "one-secret", "X-B": "two-secret" } });
  const changed = await channelsUpdate.call(systemActor, {
    id,
    config: { method: "PUT", url: "", headers: { "X-A": { stored: true } } },
  });
  expect(changed.config).toMatchObject({
    url: { stored: true },
    authHeader: { stored: true },
    method: "PUT",
    headers: { "X-A": { stored: true } },
  });
  expect(changed.config?.headers).not.toHaveProperty("X-B");
  const cleared = await channelsUpdate.call(systemActor, { id, config: { authHeader: null, method: null } });
  expect(cleared.config).not.toHaveProperty("authHeader");
  expect(cleared.config).toMatchObject({ method: "POST", url: { stored: true } });
  expect(await channelsUpdate.call(systemActor, { id, name: "renamed" })).toMatchObject({
    name: "renamed",
    config: { url: { stored: true } },
    enabled: true,
  });
});

test("pain 36: two who change different parts at once lose nothing", async () => {
  const { id } = await webhook("ops");
  await Promise.all([
    channelsUpdate.call(systemActor, { id, config: { method: "PUT" } }),
    channelsUpdate.call(systemActor, { id, config: { contentType: "text/plain" } }),
    channelsUpdate.call(systemActor, { id, name: "both" }),
    channelsUpdate.call(systemActor, { id, events: ["user.created", "user.created"] }),
  ]);
  expect(await channelsGet.call(systemActor, { id })).toMatchObject({
    name: "both",
    events: ["user.created"],
    config: { method: "PUT", contentType: "text/plain" },
  });
});

test("disabling a channel cancels what it has not sent, and says so", async () => {
  const { id } = await webhook("ops");
  await settingsNotificationsUpdate.call(systemActor, { globalChannels: [id] });
  await emit({
    type: "custom.notification",
    subject: { kind: "custom", id: "k", name: "import" },
    data: {},
    custom: { title: "t", message: "m", tone: "failure", severity: "critical", dedupKey: "k" },
  });
  await channelsUpdate.call(systemActor, { id, enabled: false });
  const { orm, t } = database();
  expect(await orm.select().from(t.deliveries)).toMatchObject([
    { status: "canceled", reasonCode: "channel_disabled", settledAt: expect.any(Number) },
  ]);
});

test("rule 12: switching off or deleting a channel closes its alerts", async () => {
  const ids = [(await webhook("one")).id, (await webhook("two")).id];
  for (const id of ids) {
    await emit({ type: "channel.failing", subject: { kind: "channel", id, name: id }, data: { error: "gone" } });
  }
  const { orm, t } = database();
  await orm.insert(t.channelStates).values({ channelId: ids[1] ?? "", health: "retrying", failures: 3 });
  await channelsUpdate.call(systemActor, { id: ids[0], enabled: false });
  await channelsDelete.call(systemActor, { id: ids[1] });
  const alerts = await orm.select().from(t.alerts).orderBy(t.alerts.id);
  expect(alerts.map(({ status, resolution }) => [status, resolution])).toEqual([
    ["resolved", "subject_disabled"],
    ["resolved", "subject_removed"],
  ]);
  expect(await orm.select().from(t.channelStates)).toEqual([]);
});

test("a channel in use is not deleted, and the answer names its users", async () => {
  const { id } = await webhook("ops");
  await settingsNotificationsUpdate.call(systemActor, {
    globalChannels: [id],
    events: { "user.login": { channels: [id] } },
  });
  const { orm, t } = database();
  await orm.insert(t.jobs).values({
    id: "job_1",
    name: "Nightly database",
    slug: "nightly-database",
    kind: "managed",
    sourceId: "src_1",
    enabled: true,
    compression: "none",
    keepLast: 3,
    graceMinutes: 10,
    retries: 0,
    createdAt: 1,
    updatedAt: 1,
  });
  await orm.insert(t.jobNotifications).values({
    id: "row_1",
    jobId: "job_1",
    channelId: id,
    position: 0,
    condition: "always",
    repeat: "every",
    notifyOnRecovery: true,
    includeLog: false,
    logLimit: 10_000,
  });
  const { code, message } = await refusal(channelsDelete.call(systemActor, { id }));
  expect(code).toBe("conflict");
  for (const user of ["ops", "Nightly database", "global channels", "User Login"]) expect(message).toContain(user);
  expect((await channelsGet.call(systemActor, { id })).usedBy).toEqual({
    jobs: [{ id: "job_1", name: "Nightly database" }],
    profiles: [],
    isGlobal: true,
    isFallback: false,
    overrides: [{ type: "user.login", name: "User Login" }],
  });
  await orm.delete(t.jobNotifications);
  await settingsNotificationsUpdate.call(systemActor, {
    globalChannels: [],
    events: { "user.login": { channels: null } },
  });
  await channelsDelete.call(systemActor, { id });
  expect(await refusal(channelsGet.call(systemActor, { id }))).toMatchObject({ code: "not_found" });
});

test("an invalid stored value affects its own channel only, never the list", async () => {
  const good = await webhook("good");
  const { orm, t } = database();
  const base = { enabled: true, secrets: null, subscriptions: [], createdAt: 1, updatedAt: 1 };
  await orm.insert(t.channels).values([
    { ...base, id: "chn_x1", name: "of a later version", provider: "pigeon", config: {} },
    {
      ...base,
      id: "chn_x2",
      name: "no config",
      provider: "webhook",
      config: "text" as unknown as Record<string, unknown>,
    },
    { ...base, id: "chn_x3", name: "no url", provider: "webhook", config: { method: "POST" } },
    {
      ...base,
      id: "chn_x4",
      name: "foreign key",
      provider: "webhook",
      config: { url: { stored: true } },
      secrets: "s1.AAAA",
    },
    {
      ...base,
      id: "chn_x5",
      name: "no system mail",
      provider: "email",
      config: { useSystemServer: true, to: ["a@b.example"] },
    },
  ]);
  const { items } = await channelsList.call(systemActor, {});
  expect(Object.fromEntries(items.map(({ name, problem }) => [name, problem]))).toEqual({
    good: null,
    "of a later version": expect.stringContaining("pigeon"),
    "no config": expect.stringContaining("cannot be read"),
    "no url": expect.stringContaining("url: This field must be filled in."),
    "foreign key": expect.stringContaining("does not open"),
    "no system mail": expect.stringContaining("Settings, Email"),
  });
  expect(await channelsUpdate.call(systemActor, { id: "chn_x4", config: { url: URL_SECRET } })).toMatchObject({
    problem: null,
  });
  expect((await channelsOptions.call(as("viewer"), {})).map(({ id }) => id)).toContain(good.id);
});

test("lists page by key and find by name, in any case", async () => {
  for (const name of ["Alpha", "beta 100%", "Gamma_1"]) await webhook(name);
  const first = await channelsList.call(systemActor, { limit: 2 });
  expect(first.items.map(({ name }) => name)).toEqual(["Alpha", "beta 100%"]);
  const second = await channelsList.call(systemActor, { limit: 2, cursor: first.nextCursor });
  expect(second).toMatchObject({ items: [{ name: "Gamma_1" }], nextCursor: null });
  for (const [q, found] of [
    ["ALPHA", ["Alpha"]],
    ["0%", ["beta 100%"]],
    ["_", ["Gamma_1"]],
    ["%", ["beta 100%"]],
  ] as const) {
    expect((await channelsList.call(systemActor, { q })).items.map(({ name }) => name)).toEqual(found);
  }
});

test("only administrators get the configuration, without its secrets; each change leaves an audit row", async () => {
  const { id } = await webhook("ops");
  expect((await channelsGet.call(as("viewer"), { id })).config).toBeNull();
  expect((await channelsGet.call(as("operator"), { id })).config).toBeNull();
  expect((await channelsGet.call(as("admin"), { id })).config).toMatchObject({ url: { stored: true } });
  await channelsUpdate.call(as("admin"), { id, enabled: false });
  await channelsDelete.call(as("admin"), { id });
  const { orm, t } = database();
  const rows = await orm.select().from(t.auditLog).where(eq(t.auditLog.entityId, id)).orderBy(t.auditLog.id);
  expect(rows.map(({ verb, entity, entityName }) => [verb, entity, entityName])).toEqual([
    ["channels.create", "channel", "ops"],
    ["channels.update", "channel", "ops"],
    ["channels.delete", "channel", "ops"],
  ]);
});

test("mentions are kept in the service's format, and refused beside the field in any other", async () => {
  const config = { webhookUrl: "https://discord.com/api/webhooks/123456789012345678/exampleTokenThatIsLongEnough" };
  const create = (texts: object) =>
    channelsCreate.call(systemActor, { name: "ops", provider: "discord", config, texts });
  const role = "<@&123456789012345678>";
  expect(
    await refusal(
      create({ mentions: [role, "@everyone"], outcomes: { failure: { mentions: ["@here"] }, info: { mentions: [] } } }),
    ),
  ).toEqual({
    code: "invalid",
    message: expect.any(String),
    fields: {
      "texts.mentions[1]": expect.stringMatching(/^Discord mentions a role as <@&ID>/),
      "texts.outcomes.failure.mentions[0]": expect.stringMatching(/everybody cannot be mentioned\.$/),
    },
  });
  const { id, texts } = await create({ mentions: [role], outcomes: { failure: { mentions: [` ${role} `] } } });
  expect(texts).toEqual({ mentions: [role], outcomes: { failure: { mentions: [role] } } });
  expect(await refusal(channelsUpdate.call(systemActor, { id, texts: { mentions: ["<!channel>"] } }))).toMatchObject({
    fields: { "texts.mentions[0]": expect.any(String) },
  });
  expect(await refusal(create({ mentions: Array(21).fill(role) }))).toMatchObject({ code: "invalid" });
  // A service without mentions takes none.
  const other = await webhook("plain");
  const sentence = "Webhook has no mentions: leave this empty.";
  expect(
    await refusal(channelsUpdate.call(systemActor, { id: other.id, texts: { mentions: ["@ops"] } })),
  ).toMatchObject({ fields: { "texts.mentions": sentence } });
  const offered = await channelsOptions.call(systemActor, {});
  expect(Object.fromEntries(offered.map((one) => [one.provider, one.messageOptions.mentions]))).toEqual({
    discord: { example: expect.stringContaining("<@&"), hint: expect.any(String) },
    webhook: null,
  });
});
