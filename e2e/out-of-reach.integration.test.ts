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
import { TRUST_NGINX, WAYS, type Ways, withNginx } from "./support/ways";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

/*
 * What is Belfry's own, what lies outside the places for restores, and stored secrets: out of reach of administrators and
 * operators, over the API of the built program, reached directly and through a proxy.
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
  let ways: Ways;
  let adminKey = "";
  let operatorKey = "";
  const at = (...names: string[]) => path.join(folder, ...names);
  const restores = (...names: string[]) => at("data", "restores", ...names);

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "belfry-reach-"));
    for (const name of ["data", "files", "backups", "outside"]) mkdirSync(at(name), { mode: 0o700 });
    const env = {
      ...TRUST_NGINX,
      ...(database === "PostgreSQL" && { DATABASE_URL: postgres.createDatabase("reach") }),
    };
    belfry = await startBelfry({ dataDir: at("data"), env });
    ways = await withNginx(belfry);
    adminKey = await createKey(at("data"), "admin");
    operatorKey = await createKey(at("data"), "operator");
  }, 240_000);
  afterAll(async () => {
    await ways?.proxy.stop();
    await belfry?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(WAYS)("%s", (way) => {
    let admin: Api;
    let operator: Api;
    let artifactId = "";
    beforeAll(async () => {
      admin = apiOf(ways.url[way], adminKey);
      operator = apiOf(ways.url[way], operatorKey);
      mkdirSync(at("outside", way));
      mkdirSync(at("files", way));
      writeFileSync(at("files", way, "bell.txt"), "Große Glocke");
      symlinkSync(at("outside", way), at("files", way, "out"));
      artifactId = await backUp(`files ${way}`, at("files", way));
    }, 120_000);

    const over = async (runId: string): Promise<Run> => {
      const read = () => admin.get<Run>(`/runs/${runId}`);
      await until("the run is over", async () => !["queued", "running"].includes((await read()).status));
      return await read();
    };

    /** @param name of source, job and destination alike @returns the backup's id */
    async function backUp(name: string, source: string): Promise<string> {
      const made = async (where: string, body: object) => (await admin.post<{ id: string }>(where, body)).id;
      const sourceId = await made("/sources", { name, kind: "directory", config: { path: source } });
      mkdirSync(at("backups", name));
      const config = { path: at("backups", name) };
      const destinationId = await made("/destinations", { name, kind: "local", createFolder: true, config });
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
      const own = await backUp(`everything ${way}`, folder);
      const downloaded = ({ key }: Api) =>
        fetch(`${ways.url[way]}/api/v1/artifacts/${own}/download`, { headers: { authorization: `Bearer ${key}` } });
      expect((await downloaded(operator)).status).toBe(404);
      const download = await downloaded(admin);
      expect(download.status).toBe(200);
      writeFileSync(at("downloaded.gz"), Buffer.from(await download.arrayBuffer()));
      const names = execFileSync("tar", ["-tzf", at("downloaded.gz")]).toString();
      expect(names).toContain(`./files/${way}/bell.txt`);
      expect(names).not.toMatch(/\.\/data\/.|secret\.key|belfry\.db/);
    });

    test("fault E3: two restores that are queued, the second through a link of the first, write nothing outside", async () => {
      const first = await restore(operator, restores(way));
      const second = await restore(operator, restores(way, "out", "b"));
      expect(await over(first.body.runId)).toMatchObject({ status: "success" });
      // When the link was there already, it was refused at once.
      if (second.status < 300) expect(await over(second.body.runId)).toMatchObject({ status: "failure" });
      else expect(second.status).toBe(403);
      expect((await restore(admin, restores(way, "out", "c"))).status).toBe(403);
      expect(readdirSync(at("outside", way))).toEqual([]);
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
      for (const target of [at("outside", way, "x"), "/root/.ssh/belfry-test", at("files2")])
        expect((await restore(admin, target)).status, target).toBe(403);
      expect(readdirSync(at("outside", way))).toEqual([]);
      expect(existsSync("/root/.ssh/belfry-test")).toBe(false);
      const { body } = await restore(admin, at("files", way), { overwrite: true });
      expect(await over(body.runId)).toMatchObject({ status: "success" });
      // An operator's restores go to new places only.
      expect((await restore(operator, at("files", way), { overwrite: true })).status).toBe(403);
    });

    test("fault E12: a Test of a draft, and a change, that lead elsewhere get no stored secret, and leave their rows", async () => {
      const before = [entered.taken.length, elsewhere.taken.length];
      const { id } = await admin.post<{ id: string }>("/channels", {
        name: `Hook ${way}`,
        provider: "webhook",
        config: { url: entered.url, authHeader: "Bearer stored-secret" },
      });
      const config = { url: elsewhere.url };
      const draft = await admin.call("POST", "/channels/test", { id, config });
      expect(draft.status).toBe(400);
      expect(draft.body.error.fields?.["config.authHeader"]).toContain("Enter this again");
      const change = await admin.call("PATCH", `/channels/${id}`, { config });
      expect(change.status).toBe(400);
      expect(elsewhere.taken.length).toBe(before[1]);
      await admin.post(`/channels/${id}/test`);
      expect(entered.taken.length).toBe(Number(before[0]) + 1);
      const { items } = await admin.get<List<{ verb: string; entityId: string | null }>>("/audit?limit=50");
      const verbs = items.filter(({ entityId }) => entityId === id).map(({ verb }) => verb);
      expect(verbs).toEqual(expect.arrayContaining(["channels.create", "channels.test", "channels.testDraft"]));
    });

    test("fault E9: a backup of the configuration is no operator's: neither listed, nor read, nor brought back", async () => {
      const passphrase = "a passphrase of some length";
      const { items: places } = await admin.get<List<{ id: string }>>("/destinations");
      await admin.patch("/settings/config-backup", { destinationId: places[0]?.id, passphrase });
      const run = await over((await admin.post<{ runId: string }>("/config-backups")).runId);
      expect(run).toMatchObject({ status: "success", error: null });
      const id = run.artifacts[0]?.id ?? "";
      const target = { path: restores(`configuration ${way}`) };
      const attempts: [string, string, object?][] = [
        ["GET", `/runs/${run.id}`],
        ["GET", `/artifacts/${id}`],
        ["GET", `/artifacts/${id}/download`],
        ["POST", `/artifacts/${id}/restore`, { target, confirm: target.path }],
      ];
      for (const [method, where, body] of attempts)
        expect((await operator.call(method, where, body)).status, `${method} ${where}`).toBe(404);
      expect(JSON.stringify(await operator.get("/artifacts"))).not.toContain(id);
      expect(JSON.stringify(await admin.get("/artifacts"))).toContain(id);
    });

    test("fault E8: an invitation is void once its address is corrected, and once its account was disabled", async () => {
      const shown = async (link: string) => (await fetch(ways.url[way] + new URL(link).pathname)).text();
      for (const change of ["correct the address", "disable and enable"]) {
        const email = `bne.${ways.port[way]}@example.org`;
        const invited = await admin.post<{ id: string; invitation: { url: string } }>("/users", {
          name: "Ben",
          email,
          role: "viewer",
        });
        expect(await shown(invited.invitation.url)).toContain(email);
        const at = `/users/${invited.id}`;
        if (change === "correct the address") await admin.patch(at, { email: `ben.${ways.port[way]}@example.org` });
        else for (const verb of ["disable", "enable"]) await admin.post(`${at}/${verb}`);
        const page = await shown(invited.invitation.url);
        expect(page).not.toContain(email);
        expect(page).toContain("no longer valid");
        await admin.delete(at);
      }
    });
  });
});
