import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiOf, type List } from "./support/api";
import { createKey } from "./support/app";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram, until } from "./support/child";
import { belfryCommand } from "./support/command";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

/*
 * Two built programs: an installation, and beside it the copy that docs/operating.md says how to make.
 */

const WAITING = ["first", "second", "third", "fourth"];

interface Delivery {
  id: string;
  title: string;
  status: string;
  reasonCode: string | null;
}
interface Installation {
  id: string;
  pause: { reason: string; originalId: string | null } | null;
}

let folder = "";
let original: Belfry;
let copy: Belfry;
let hook: WebhookServer;
let ofOriginal: Api;
let ofCopy: Api;
let jobId = "";
const dataDir = (name: string) => path.join(folder, name);
const arrived = (title: string) => hook.taken.filter(({ text }) => text.includes(`"${title}"`)).length;
const notify = (api: Api, title: string) =>
  api.post("/notify", { title, message: `${title} in full`, channels: ["Hook"] });

beforeAll(async () => {
  prepareBelfry();
  folder = mkdtempSync(path.join(tmpdir(), "belfry-copied-"));
  for (const name of ["files", "backups"]) mkdirSync(path.join(folder, name));
  writeFileSync(path.join(folder, "files", "bell.txt"), "Große Glocke");
  hook = await startWebhookServer();
  original = await startBelfry({ dataDir: dataDir("original") });
  const key = await createKey(dataDir("original"), "admin");
  ofOriginal = apiOf(original.url, key);
  const made = async (where: string, body: object) => (await ofOriginal.post<{ id: string }>(where, body)).id;
  await made("/channels", { name: "Hook", provider: "webhook", config: { url: hook.url } });
  const config = (name: string) => ({ path: path.join(folder, name) });
  const sourceId = await made("/sources", { name: "files", kind: "directory", config: config("files") });
  const destinationId = await made("/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: config("backups"),
  });
  jobId = await made("/jobs", {
    name: "nightly",
    kind: "managed",
    sourceId,
    destinationIds: [destinationId],
    schedule: { cron: "0 3 * * *", timezone: "UTC" },
  });
  await ofOriginal.post(`/jobs/${jobId}/run`);
  await until("the job has run", async () =>
    (await ofOriginal.get<List<{ status: string }>>("/runs")).items.some(({ status }) => status === "success"),
  );
  // What waits: the channel's server is down.
  hook.failWith(503, "down");
  for (const title of WAITING) await notify(ofOriginal, title);
  // By the words of docs/operating.md, while it runs. There is no third file that belongs to it.
  mkdirSync(dataDir("copy"), { mode: 0o700 });
  runProgram("sqlite3", [path.join(dataDir("original"), "belfry.db"), `VACUUM INTO '${dataDir("copy")}/belfry.db'`]);
  copyFileSync(path.join(dataDir("original"), "secret.key"), path.join(dataDir("copy"), "secret.key"));
  copy = await startBelfry({ dataDir: dataDir("copy") });
  ofCopy = apiOf(copy.url, key);
}, 240_000);
afterAll(async () => {
  await Promise.all([original?.stop(), copy?.stop()]);
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

const deliveriesOf = async (api: Api) => (await api.get<List<Delivery>>("/deliveries?limit=100")).items;
const waitingOf = async (api: Api) => (await deliveriesOf(api)).filter(({ title }) => WAITING.includes(title));

test("fault B21: the copy of a running installation starts beside it, pauses, and says whose copy it is", async () => {
  const { id } = await ofOriginal.get<Installation>("/installation");
  const ofThis = await ofCopy.get<Installation>("/installation");
  expect(ofThis.pause).toMatchObject({ reason: "copied", originalId: id });
  expect(ofThis.id).not.toBe(id);
  expect((await ofOriginal.get<Installation>("/installation")).pause).toBeNull();
  const held = await waitingOf(ofCopy);
  expect(held.map(({ status, reasonCode }) => [status, reasonCode])).toEqual(
    WAITING.map(() => ["held", "copy_undecided"]),
  );
});

test("fault B21: what waited is sent once, by the original; the copy's own queue works", async () => {
  hook.recover();
  const channel = (await ofOriginal.get<List<{ id: string }>>("/channels")).items[0]?.id;
  await ofCopy.post(`/channels/${channel}/test`);
  await notify(ofCopy, "by the copy");
  await until(
    "the original has sent them",
    async () => (await waitingOf(ofOriginal)).every(({ status }) => status === "sent"),
    {
      timeoutMs: 100_000,
      words: original.words,
    },
  );
  await until("the copy sends what is its own", () => arrived("by the copy") === 1, { words: copy.words });
  expect(WAITING.map(arrived)).toEqual([1, 1, 1, 1]);
  expect((await waitingOf(ofCopy)).map(({ status }) => status)).toEqual(WAITING.map(() => "held"));
});

test("fault B21: an admin decides that it stays apart: nothing that came over is sent again, and no backup is lost", async () => {
  const stored = () => readdirSync(path.join(folder, "backups"), { recursive: true }).length;
  const before = stored();
  const decided = belfryCommand(dataDir("copy"), ["installation", "stay-apart", "--json"]);
  expect(decided.code, decided.err).toBe(0);
  expect((await ofCopy.get<Installation>("/installation")).pause).toBeNull();
  expect((await waitingOf(ofCopy)).map(({ status }) => status)).toEqual(WAITING.map(() => "canceled"));
  expect(await ofCopy.get(`/jobs/${jobId}`)).toMatchObject({ enabled: false });
  expect(await ofOriginal.get(`/jobs/${jobId}`)).toMatchObject({ enabled: true });
  await notify(ofCopy, "after the decision");
  await until("its own goes on", () => arrived("after the decision") === 1, { words: copy.words });
  expect(WAITING.map(arrived)).toEqual([1, 1, 1, 1]);
  expect(stored()).toBe(before);
  expect(existsSync(path.join(dataDir("original"), "belfry.db"))).toBe(true);
});
