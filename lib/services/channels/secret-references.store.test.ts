import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { customEvent, deliveriesOf, setNotifications, startPipeline, until } from "@/lib/dispatch/pipeline-fixture";
import { setSecretKey } from "@/lib/secrets/key";
import { channelsCreate } from "./create";
import { channelsGet } from "./get";
import { channelsTest } from "./test";
import { channelsTestDraft } from "./test-draft";
import { channelsUpdate } from "./update";

const arrived: string[] = [];
const server = createServer((request, response) => {
  arrived.push(String(request.headers.authorization));
  // A service that repeats what it was sent.
  request.resume().on("end", () => response.end(`you are ${request.headers.authorization}`));
});
let root = "";
let pipeline: Awaited<ReturnType<typeof startPipeline>>;
const file = () => join(root, "secrets/token");
const write = (value: string) => writeFileSync(file(), `${value}\n`);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "belfry-references-"));
  mkdirSync(join(root, "secrets"));
  setSecretKey("k".repeat(32));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
beforeEach(async () => {
  arrived.length = 0;
  setRuntimeValue("secretReferences", {
    variables: { HOOK: "hook-from-environment" },
    folders: [join(root, "secrets")],
  });
  pipeline = await startPipeline();
});
afterEach(() => pipeline.stop());
afterAll(() => {
  setRuntimeValue("secretReferences", undefined);
  rmSync(root, { recursive: true });
  server.closeAllConnections();
  server.close();
});

const create = (authHeader: string, url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{env:HOOK}`) =>
  channelsCreate.call(systemActor, { name: "ops", provider: "webhook", config: { url, authHeader } });

/** Every row of every table, as text. */
async function everythingStored(): Promise<string> {
  const { orm, t } = database();
  const tables = [t.channels, t.deliveries, t.attempts, t.events, t.auditLog, t.settings, t.alerts];
  const rows = await Promise.all(tables.map((table) => orm.select().from(table)));
  return JSON.stringify(rows);
}

test("a secret that names a file and a variable is read for each message, shown nowhere, and never stored", async () => {
  write("first-token");
  const { id } = await create(`Bearer {file:${file()}}`);
  await channelsTest.call(systemActor, { id });
  write("second-token");
  await setNotifications({ globalChannels: [id] });
  await emit(customEvent("hello"));
  await until(() => arrived.length === 2);
  expect(arrived).toEqual(["Bearer first-token", "Bearer second-token"]);
  await until(async () => (await deliveriesOf(id)).every(({ status }) => status === "sent"));
  expect(await channelsGet.call(systemActor, { id })).toMatchObject({
    config: { url: { stored: true }, authHeader: { stored: true } },
    problem: null,
  });
  expect(await everythingStored()).not.toMatch(/first-token|second-token|hook-from-environment/);
});

test("a file that is missing for a while delays messages and loses none", async () => {
  write("a-token");
  const { id } = await create(`Bearer {file:${file()}}`);
  rmSync(file());
  await setNotifications({ globalChannels: [id] });
  await emit(customEvent("hello"));
  await until(async () => (await deliveriesOf(id))[0]?.attemptCount === 1);
  expect((await deliveriesOf(id))[0]).toMatchObject({ status: "pending" });
  const { orm, t } = database();
  expect((await orm.select().from(t.attempts))[0]?.error).toMatch(
    /^There is no file .*token, or Belfry may not read it\.$/,
  );
  expect(await channelsGet.call(systemActor, { id })).toMatchObject({
    problem: expect.stringMatching(/There is no file/),
  });
  write("a-token");
  await until(() => arrived.length === 1);
  expect(arrived).toEqual(["Bearer a-token"]);
});

test.each([
  ["a variable that is not listed", "{env:PATH}", /does not list it/],
  ["a file elsewhere", "{file:/etc/hostname}", /in no folder/],
])("%s is refused beside its field when the channel is saved", async (_, authHeader, sentence) => {
  await expect(create(authHeader)).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { "config.authHeader": expect.stringMatching(sentence) } },
  });
});

test("what a reference names is checked like the secret itself", async () => {
  await expect(create("", "{env:HOOK}")).rejects.toMatchObject({
    details: { fields: { "config.url": expect.any(String) } },
  });
});

test("fault E12: what the operator ties to one server goes to no other, by saving, by a Test of a draft or from what is stored", async () => {
  const { port } = server.address() as AddressInfo;
  const allow = (onlyTo: string) =>
    setRuntimeValue("secretReferences", { variables: { HOOK: "tied-hook" }, folders: [], onlyTo: { HOOK: [onlyTo] } });
  const url = `http://127.0.0.1:${port}/`;
  const config = { url, authHeader: "Bearer {env:HOOK}" };
  allow("elsewhere.example");
  const refused = {
    code: "invalid",
    details: { fields: { "config.authHeader": expect.stringContaining("HOOK may be") } },
  };
  await expect(create("Bearer {env:HOOK}", url)).rejects.toMatchObject(refused);
  await expect(channelsTestDraft.call(systemActor, { provider: "webhook", config })).rejects.toMatchObject(refused);
  allow(`127.0.0.1:${port}`);
  const { id } = await create("Bearer {env:HOOK}", url);
  expect(await channelsTest.call(systemActor, { id })).toMatchObject({ status: "sent" });
  expect(arrived).toEqual(["Bearer tied-hook"]);
  allow(`127.0.0.1:${port + 1}`);
  // As at a start: the channel is read again.
  await channelsUpdate.call(systemActor, { id, name: "tied" });
  await expect(channelsTest.call(systemActor, { id })).rejects.toThrow("HOOK may be sent to");
  expect(arrived).toHaveLength(1);
});
