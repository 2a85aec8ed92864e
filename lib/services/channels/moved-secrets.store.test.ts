import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startSmtpServer } from "@/e2e/support/smtp-misbehaving";
import { systemActor } from "@/lib/auth/access/actor";
import { startPipeline } from "@/lib/dispatch/pipeline-fixture";
import { setSecretKey } from "@/lib/secrets/key";
import { settingsEmailTest } from "@/lib/services/settings/email-test";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { sourcesCreate, sourcesGet, sourcesTestDraft, sourcesUpdate } from "@/lib/services/sources/verbs";
import { channelsCreate } from "./create";
import { channelsDuplicate } from "./duplicate";
import { channelsGet } from "./get";
import { channelsPreview } from "./preview";
import { channelsTestDraft } from "./test-draft";
import { channelsUpdate } from "./update";

const TOKEN = "Bearer a-token-that-nobody-may-see";
const STORED = { stored: true };
const admin = systemActor;

/** Takes every message, and remembers what came. */
async function listenWeb() {
  const seen: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    seen.push(`${request.url} ${JSON.stringify(request.headers)}`);
    request.resume().on("end", () => response.end("ok"));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { seen, server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Counts who comes, and says nothing. */
async function listenTcp() {
  const came = { count: 0 };
  const server = createTcpServer((socket) => {
    came.count++;
    socket.on("error", () => undefined).destroy();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { came, server, port: (server.address() as AddressInfo).port };
}

let home: Awaited<ReturnType<typeof listenWeb>>;
let other: Awaited<ReturnType<typeof listenWeb>>;
let thief: Awaited<ReturnType<typeof listenTcp>>;
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
beforeAll(async () => {
  setSecretKey("k".repeat(32));
  [home, other, thief] = [await listenWeb(), await listenWeb(), await listenTcp()];
  pipeline = await startPipeline();
});
afterAll(async () => {
  await pipeline.stop();
  for (const { server } of [home, other]) server.closeAllConnections();
  for (const { server } of [home, other, thief] as { server: Server }[]) server.close();
});
beforeEach(() => {
  home.seen.length = 0;
  other.seen.length = 0;
  thief.came.count = 0;
});

const create = (provider: string, config: Record<string, unknown>) =>
  channelsCreate.call(admin, { name: `${provider} ${Math.random()}`, provider, config });
const fieldsOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "it was not refused",
    (error: { code: string; details: { fields?: Record<string, string> } }) => ({
      code: error.code,
      fields: Object.keys(error.details.fields ?? {}),
    }),
  );
const refused = (...fields: string[]) => ({ code: "invalid", fields });

test("fault E12: a Test of a draft with another host sends nothing stored there, and says what to enter", async () => {
  const { id } = await create("webhook", { url: `${home.origin}/a`, authHeader: TOKEN, headers: { "X-Key": "k3y" } });
  const config = { url: `${other.origin}/a` };
  expect(await fieldsOf(channelsTestDraft.call(admin, { id, config }))).toEqual(
    refused("config.authHeader", "config.headers"),
  );
  const marked = { ...config, authHeader: STORED, headers: { "X-Key": STORED } };
  expect(await fieldsOf(channelsTestDraft.call(admin, { id, config: marked }))).toEqual(
    refused("config.authHeader", "config.headers"),
  );
  await expect(channelsTestDraft.call(admin, { id, config })).rejects.toMatchObject({
    details: {
      fields: {
        "config.authHeader":
          "Enter this again: “URL” was changed, and what is stored is sent only to where it was entered for.",
      },
    },
  });
  expect(other.seen).toEqual([]);
  // Entered again, or given up, it goes.
  const sent = { ...config, authHeader: "Bearer new", headers: null };
  expect(await channelsTestDraft.call(admin, { id, config: sent })).toMatchObject({ status: "sent" });
  expect(other.seen).toHaveLength(1);
  expect(other.seen[0]).not.toMatch(/k3y|nobody-may-see/);
});

test("fault E12: to the address that they were entered for, stored secrets go as before", async () => {
  const { id } = await create("webhook", { url: `${home.origin}/a`, authHeader: TOKEN });
  const config = { url: `${home.origin}/b`, authHeader: STORED };
  expect(await channelsTestDraft.call(admin, { id, config })).toMatchObject({ status: "sent" });
  expect(home.seen[0]).toContain(TOKEN);
  await channelsUpdate.call(admin, { id, config });
});

test("fault E12: saving another host with a stored secret is refused, and changes nothing", async () => {
  const { id } = await create("gotify", { serverUrl: `${home.origin}/gotify`, appToken: "AToken.1234567890" });
  const change = { id, config: { serverUrl: other.origin } };
  expect(await fieldsOf(channelsUpdate.call(admin, change))).toEqual(refused("config.appToken"));
  expect((await channelsGet.call(admin, { id })).config).toMatchObject({ serverUrl: `${home.origin}/gotify` });
  await channelsUpdate.call(admin, { id, config: { ...change.config, appToken: "BToken.1234567890" } });
  // Nor by way of a copy, or step by step over an address that is missing.
  const copy = await channelsDuplicate.call(admin, { id });
  expect(await fieldsOf(channelsUpdate.call(admin, { id: copy.id, config: { serverUrl: home.origin } }))).toEqual(
    refused("config.appToken"),
  );
  expect(await fieldsOf(channelsUpdate.call(admin, { id: copy.id, config: { serverUrl: null } }))).toMatchObject({
    code: "invalid",
  });
});

test("fault E12: an Apprise URL with its password does not go to another Apprise server", async () => {
  const { id } = await create("apprise", { url: "weixin://secret@corp/agent", apiServerUrl: `${home.origin}/a` });
  const config = { apiServerUrl: other.origin };
  expect(await fieldsOf(channelsTestDraft.call(admin, { id, config }))).toEqual(refused("config.url"));
  expect(await fieldsOf(channelsUpdate.call(admin, { id, config }))).toEqual(refused("config.url"));
  expect(other.seen).toEqual([]);
});

test("fault E12: a database's password goes to no other server, by Test or by saving", async () => {
  const server = { host: "127.0.0.1", port: 1, user: "u", password: "s3cret", database: "d" };
  const { id } = await sourcesCreate.call(admin, { name: "db", kind: "postgres", config: server });
  for (const config of [{ port: thief.port }, { host: "localhost", port: 1 }])
    expect(await fieldsOf(sourcesUpdate.call(admin, { id, config }))).toEqual(refused("config.password"));
  const draft = { id, kind: "postgres", config: { ...server, password: STORED, port: thief.port } };
  expect(await fieldsOf(sourcesTestDraft.call(admin, draft))).toEqual(refused("config.password"));
  expect(thief.came.count).toBe(0);
  expect((await sourcesGet.call(admin, { id })).config).toMatchObject({ port: 1 });
});

test("fault E12: the mail server's password goes to no other server, nor unencrypted, nor unchecked", async () => {
  const smtp = await startSmtpServer({ security: "starttls", user: "backups", password: "example-password" });
  const server = { host: "127.0.0.1", port: smtp.port, user: "backups", acceptAnyCertificate: true };
  const from = "backups@example.org";
  await settingsEmailUpdate.call(admin, { config: { ...server, from, password: "example-password" } });
  const test = (config: object) => settingsEmailTest.call(admin, { config, to: "a@example.org" });
  expect(await test({})).toMatchObject({ status: "sent" });
  for (const config of [{ port: thief.port }, { host: "localhost" }, { security: "none" }]) {
    expect(await fieldsOf(test(config))).toEqual(refused("config.password"));
    expect(await fieldsOf(settingsEmailUpdate.call(admin, { config }))).toEqual(refused("config.password"));
  }
  await settingsEmailUpdate.call(admin, { config: { acceptAnyCertificate: false } });
  expect(await fieldsOf(settingsEmailUpdate.call(admin, { config: { acceptAnyCertificate: true } }))).toEqual(
    refused("config.password"),
  );
  expect(thief.came.count).toBe(0);
  await smtp.close();
});

test("fault E12: a secret that the new form does not show is removed, not asked for", async () => {
  const config = { host: "a.example", from: "a@example.org", to: ["b@example.org"], user: "u", password: "s3cret" };
  const { id } = await create("email", config);
  const changed = { host: "b.example", signIn: "refresh_token", clientId: "c", refreshToken: "r" };
  const view = await channelsUpdate.call(admin, { id, config: changed });
  expect(view.config).toMatchObject({ host: "b.example", refreshToken: STORED });
  expect(view.config).not.toHaveProperty("password");
});

test("fault E12: a preview of a draft with another host needs nothing, and has none of the stored secrets", async () => {
  const { id } = await create("webhook", { url: `${home.origin}/a`, authHeader: TOKEN });
  const draft = { channelId: id, config: { url: `${other.origin}/a` }, outcome: "failure" };
  expect(JSON.stringify(await channelsPreview.call(admin, draft))).not.toContain("nobody-may-see");
  expect([...home.seen, ...other.seen]).toEqual([]);
});

test("fault E12: a user and password in an address that everybody sees are refused; a sealed text opens nothing", async () => {
  const inside = { serverUrl: "https://u:p@signal.example/", number: "+491701234567", recipients: ["ops.01"] };
  expect(await fieldsOf(create("signal", inside))).toEqual(refused("config.serverUrl"));
  const { id } = await create("webhook", { url: `${home.origin}/a`, authHeader: "s1.AAAAAAAAAAAAAAAAAAAAAAAA" });
  await channelsTestDraft.call(admin, { id, config: {} });
  expect(home.seen[0]).toContain('"authorization":"s1.AAAAAAAAAAAAAAAAAAAAAAAA"');
});
