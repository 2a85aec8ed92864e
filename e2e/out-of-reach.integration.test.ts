import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiOf, type ErrorBody, type List } from "./support/api";
import { createKey } from "./support/app";
import { type Belfry, startBelfry } from "./support/belfry";
import { until } from "./support/child";
import { type PostgresServer, startPostgres } from "./support/postgres";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

/*
 * What is Belfry's own, what lies outside the places for restores, and stored secrets: out of reach of administrators and
 * operators, over the API of the built program.
 */

interface Run {
  id: string;
  status: string;
  error: string | null;
  artifacts: { id: string }[];
}

const DATABASES = ["SQLite", "PostgreSQL"] as const;
let postgres: PostgresServer;
let entered: WebhookServer;
let elsewhere: WebhookServer;
beforeAll(async () => {
  [postgres, entered, elsewhere] = await Promise.all([startPostgres(), startWebhookServer(), startWebhookServer()]);
}, 120_000);
afterAll(async () => {
  await Promise.all([postgres?.stop(), entered?.close(), elsewhere?.close()]);
});

describe.each(DATABASES)("on %s", (database) => {
  let folder = "";
  let belfry: Belfry;
  let admin: Api;
  let operator: Api;
  let artifactId = "";
  const at = (...names: string[]) => path.join(folder, ...names);
  const restores = (...names: string[]) => at("data", "restores", ...names);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "belfry-reach-"));
    for (const name of ["data", "files", "backups", "outside"]) mkdirSync(at(name), { mode: 0o700 });
    writeFileSync(at("files", "bell.txt"), "Große Glocke");
    symlinkSync(at("outside"), at("files", "out"));
    const env: Record<string, string> = database === "SQLite" ? {} : { DATABASE_URL: postgres.createDatabase("reach") };
    belfry = await startBelfry({ dataDir: at("data"), env });
    admin = apiOf(belfry.url, await createKey(at("data"), "admin"));
    operator = apiOf(belfry.url, await createKey(at("data"), "operator"));
    artifactId = await backUp("files", at("files"));
  }, 240_000);
  afterAll(async () => {
    await belfry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const over = async (runId: string): Promise<Run> => {
    const read = () => admin.get<Run>(`/runs/${runId}`);
    await until("the run is over", async () => !["queued", "running"].includes((await read()).status));
    return await read();
  };

  /** @returns the backup's id */
  async function backUp(name: string, source: string): Promise<string> {
    const made = async (where: string, body: object) => (await admin.post<{ id: string }>(where, body)).id;
    const sourceId = await made("/sources", { name, kind: "directory", config: { path: source } });
    mkdirSync(at("backups", name));
    const config = { path: at("backups", name) };
    const destinationId = await made("/destinations", { name, kind: "local", config });
    const jobId = await made("/jobs", { name, sourceId, destinationIds: [destinationId] });
    const run = await over((await admin.post<{ runId: string }>(`/jobs/${jobId}/run`)).runId);
    expect(run.error).toBeNull();
    return run.artifacts[0]?.id ?? "";
  }

  const restore = (api: Api, target: string, more: object = {}) =>
    api.call<{ runId: string } & ErrorBody>("POST", `/artifacts/${artifactId}/restore`, {
      target: { path: target, ...more },
      confirm: target,
    });

  test("fault E4: a backup of a folder that contains the data folder holds nothing of it, and is no operator's", async () => {
    const own = await backUp("everything", folder);
    const downloaded = ({ key }: Api) =>
      fetch(`${belfry.url}/api/v1/artifacts/${own}/download`, { headers: { authorization: `Bearer ${key}` } });
    expect((await downloaded(operator)).status).toBe(404);
    const download = await downloaded(admin);
    expect(download.status).toBe(200);
    writeFileSync(at("downloaded.gz"), Buffer.from(await download.arrayBuffer()));
    const names = execFileSync("tar", ["-tzf", at("downloaded.gz")]).toString();
    expect(names).toContain("./files/bell.txt");
    expect(names).not.toMatch(/\.\/data\/.|secret\.key|belfry\.db/);
  });

  test("fault E3: two restores that are queued, the second through a link of the first, write nothing outside", async () => {
    const first = await restore(operator, restores("a"));
    const second = await restore(operator, restores("a", "out", "b"));
    expect(await over(first.body.runId)).toMatchObject({ status: "success" });
    // When the link was there already, it was refused at once.
    if (second.status < 300) expect(await over(second.body.runId)).toMatchObject({ status: "failure" });
    else expect(second.status).toBe(403);
    expect((await restore(admin, restores("a", "out", "c"))).status).toBe(403);
    expect(readdirSync(at("outside"))).toEqual([]);
  });

  test("fault E7: an administrator's restore to a link into the data folder changes nothing there", async () => {
    const key = readFileSync(at("data", "secret.key"));
    symlinkSync(at("data"), restores("own"));
    for (const target of [restores("own"), restores("own", "inside"), at("data", "new"), at("data")]) {
      const { status, body } = await restore(admin, target, { overwrite: true });
      expect([400, 403, 409, 422], `${target}: ${JSON.stringify(body)}`).toContain(status);
    }
    rmSync(restores("own"));
    expect(readFileSync(at("data", "secret.key"))).toEqual(key);
    expect(existsSync(at("data", "new"))).toBe(false);
    expect((await fetch(`${belfry.url}/api/health`)).status).toBe(200);
  });

  test("fault E13: a restore over the API writes into the restore folder and over what was backed up alone", async () => {
    for (const target of [at("outside", "x"), "/root/.ssh/belfry-test", at("files2")])
      expect((await restore(admin, target)).status, target).toBe(403);
    expect(readdirSync(at("outside"))).toEqual([]);
    expect(existsSync("/root/.ssh/belfry-test")).toBe(false);
    const { body } = await restore(admin, at("files"), { overwrite: true });
    expect(await over(body.runId)).toMatchObject({ status: "success" });
    // An operator's restores go to new places only.
    expect((await restore(operator, at("files"), { overwrite: true })).status).toBe(403);
  });

  test("fault E12: a Test of a draft, and a change, that lead elsewhere get no stored secret, and leave their rows", async () => {
    const { id } = await admin.post<{ id: string }>("/channels", {
      name: "Hook",
      provider: "webhook",
      config: { url: entered.url, authHeader: "Bearer stored-secret" },
    });
    const config = { url: elsewhere.url };
    const draft = await admin.call("POST", "/channels/test", { id, config });
    expect(draft.status).toBe(400);
    expect(draft.body.error.fields?.["config.authHeader"]).toContain("Enter this again");
    const change = await admin.call("PATCH", `/channels/${id}`, { config });
    expect(change.status).toBe(400);
    expect(elsewhere.taken).toEqual([]);
    await admin.post(`/channels/${id}/test`);
    expect(entered.taken.length).toBeGreaterThan(0);
    const { items } = await admin.get<List<{ verb: string; entityId: string | null }>>("/audit?limit=50");
    const verbs = items.filter(({ entityId }) => entityId === id).map(({ verb }) => verb);
    expect(verbs).toEqual(expect.arrayContaining(["channels.create", "channels.test", "channels.testDraft"]));
  });
});
