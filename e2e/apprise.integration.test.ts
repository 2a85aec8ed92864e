import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Api, apiOf } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram } from "./support/child";
import { commandNotebook } from "./support/services/command";
import { type Service, startService } from "./support/services/service";

/*
 * Belfry as it is run, with the real apprise of Debian's package and a program of the operator's list.
 */

let folder = "";
let belfry: Belfry;
let api: Api;
let service: Service;

async function start(env: Record<string, string>): Promise<void> {
  const dataDir = path.join(folder, "data");
  belfry = await startBelfry({ dataDir, env });
  const said = runProgram(
    process.execPath,
    ["dist/cli.mjs", "api-key", "create", "--name", "apprise", "--role", "admin", "--json"],
    { env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir } },
  );
  api = apiOf(belfry.url, (JSON.parse(said) as { key: string }).key);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-apprise-"));
  prepareBelfry();
  // As ntfy answers; the real apprise is content with the status.
  service = await startService(() => ({ status: 200, body: { id: "hwQ2YpKdmg", event: "message" } }));
  await start({ BELFRY_COMMANDS_FILE: commandNotebook().listFile });
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  await service?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  service.recover();
  service.requests.length = 0;
});

let count = 0;
const make = (provider: string, config: object) =>
  api.call("POST", "/channels", { name: `${provider} ${++count}`, provider, config });
const testChannel = (id: string) => api.call("POST", `/channels/${id}/test`);
const host = () => new URL(service.url).host;

const made = async (provider: string, config: object) =>
  (await api.post<{ id: string }>("/channels", { name: `${provider} ${++count}`, provider, config })).id;

test("a service that only Apprise knows gets one message", async () => {
  const id = await made("apprise", { url: `kodi://belfry:word-of-mine@${host()}` });
  expect(await testChannel(id)).toMatchObject({ status: 200, body: { status: "sent" } });
  expect(service.requests).toHaveLength(1);
  expect(service.requests[0]).toMatchObject({ path: "/jsonrpc", json: { method: "GUI.ShowNotification" } });
  expect(service.requests[0]?.body).toMatch(/test/i);
});

test("its refusal is reported with its own message, without the URL", async () => {
  service.failWith({ status: 401 });
  const id = await made("apprise", { url: `kodi://belfry:word-of-mine@${host()}` });
  const answer = JSON.stringify(await testChannel(id));
  expect(answer).toMatch(/error=401/);
  expect(answer).not.toContain("word-of-mine");
});

test("what Belfry knows itself it sends itself", async () => {
  const id = await made("apprise", { url: `ntfy://${host()}/first` });
  expect(await testChannel(id)).toMatchObject({ status: 200, body: { status: "sent" } });
  expect(service.requests).toHaveLength(1);
  expect(service.requests[0]).toMatchObject({ path: "/", json: { topic: "first" } });
  expect(service.requests[0]?.headers["user-agent"]).toMatch(/^Belfry/);
});

test("what cannot work is refused before it is saved, beside its field", async () => {
  const words = async (provider: string, config: object) => {
    const { status, body } = await make(provider, config);
    expect(status).toBe(400);
    return JSON.stringify(body);
  };
  expect(await words("apprise", { url: "msteams://a/b/c" })).toMatch(/"config\.url".*retired/);
  // The form is known, but what it names is not whole, and Apprise does not take it either.
  expect(await words("apprise", { url: "twilio://AC:token@+15557122661" })).toMatch(
    /"config\.url".*Twilio\): .*Apprise \d\S*, which is installed here, does not take it either/,
  );
  expect(await words("command", { name: "another" })).toMatch(/"config\.name".*It has: write-it-down/);
});

test("a command of the list is notified", async () => {
  const id = await made("command", { name: "write-it-down" });
  const before = commandNotebook().lines().length;
  expect(await testChannel(id)).toMatchObject({ status: 200 });
  expect(commandNotebook().lines().slice(before)).toEqual([expect.stringMatching(/"version":1.*"isTest":true/)]);
});

test("after a start without them, both are shown as failing and none is skipped", async () => {
  const apprise = await made("apprise", { url: `kodi://${host()}` });
  const command = await made("command", { name: "write-it-down" });
  await belfry.stop();
  await start({ BELFRY_EGRESS: "public" });
  for (const [id, words] of [
    [apprise, /BELFRY_EGRESS=public/],
    [command, /BELFRY_COMMANDS_FILE/],
  ] as const) {
    const answer = await testChannel(id);
    expect(answer.status).not.toBe(200);
    expect(JSON.stringify(answer.body)).toMatch(words);
  }
  expect(service.requests).toEqual([]);
  const { status, body } = await make("apprise", { url: "kodi://host" });
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toMatch(/BELFRY_EGRESS=public/);
}, 240_000);
