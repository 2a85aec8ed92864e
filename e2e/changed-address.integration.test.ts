import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiOf } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram, until } from "./support/child";
import { type CountingReceiver, startCountingReceiver } from "./support/counting-receiver";
import { type PostgresServer, startPostgres } from "./support/postgres";

/** The channel is changed in one bundle of the program and sent from the other: what one caches must follow at once. */
const CHANGES = 50;

let postgres: PostgresServer;
let receiver: CountingReceiver;
beforeAll(async () => {
  prepareBelfry();
  [postgres, receiver] = await Promise.all([startPostgres(), startCountingReceiver()]);
}, 240_000);
afterAll(async () => {
  await receiver?.stop();
  await postgres?.stop();
});

describe.each(["SQLite", "PostgreSQL"])("the built program on %s", (name) => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-changed-"));
  const channelName = `moved-${name}`;
  let belfry: Belfry;
  let api: Api;
  let channelId = "";

  beforeAll(async () => {
    const env = {
      BELFRY_SECRET_KEY: "a key for the tests of changes, long enough",
      ...(name === "PostgreSQL" && { DATABASE_URL: postgres.createDatabase("changed") }),
    };
    belfry = await startBelfry({ dataDir, env });
    const key = runProgram(
      process.execPath,
      ["dist/cli.mjs", "api-key", "create", "--name", "changes", "--role", "admin", "--json"],
      { env: { PATH: process.env.PATH, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir, ...env } },
    );
    api = apiOf(belfry.url, (JSON.parse(key) as { key: string }).key);
    const channel = { name: channelName, provider: "webhook", config: { url: `${receiver.url}/${name}/first` } };
    ({ id: channelId } = await api.post<{ id: string }>("/channels", channel));
  }, 240_000);
  afterAll(async () => {
    await belfry?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test(`a changed address is used by the Test and the notification that follow at once, ${CHANGES} times`, async () => {
    for (let change = 0; change < CHANGES; change++) {
      const address = `/${name}/${change}`;
      const before = receiver.arrivals.length;
      await api.patch(`/channels/${channelId}`, { config: { url: receiver.url + address } });
      // The Test answers when it is settled; the notification is only accepted then.
      await Promise.all([
        api.post(`/channels/${channelId}/test`),
        api.post("/notify", { title: "Moved", message: `to ${change}.`, channels: [channelName] }),
      ]);
      const arrived = () => receiver.arrivals.slice(before);
      await until("both arrived", () => arrived().length >= 2, { timeoutMs: 60_000, words: belfry.words });
      // The bodies say what came when it is not what was sent.
      expect(arrived().map(({ path: to, body }) => ({ to, body }))).toEqual([
        { to: address, body: expect.any(String) },
        { to: address, body: expect.any(String) },
      ]);
    }
  }, 240_000);
});
