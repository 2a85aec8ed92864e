import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiOf, type List } from "./support/api";
import { prepareBelfry } from "./support/belfry";
import { type Running, until } from "./support/child";
import { CONTAINER_USER, canConfine, commandOfContainer, runConfined, startConfined } from "./support/container";
import { freePort } from "./support/free-port";
import { PROGRAM } from "./support/program";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

interface Run {
  status: string;
  error: string | null;
  artifact?: { id: string } | null;
}

let folder = "";
let program = "";
let port = 0;
let hook: WebhookServer;
let running: Running;
let api: Api;
const at = (name: string) => path.join(folder, name);
const places = () => ({
  program,
  data: at("data"),
  secrets: at("secrets"),
  sources: at("sources"),
  backups: at("backups"),
});
const env = () => ({
  ...commandOfContainer().env,
  PORT: String(port),
  BELFRY_SECRET_KEY_FILE: "/run/secrets/belfry_secret_key",
  BELFRY_ADMIN_EMAIL: "anna@example.com",
  BELFRY_ADMIN_PASSWORD: "correct horse battery staple",
});

describe.skipIf(!canConfine())(
  "the program as compose.yaml runs it: another user, no privileges, a read-only root",
  () => {
    beforeAll(async () => {
      prepareBelfry();
      folder = mkdtempSync(path.join(tmpdir(), "belfry-container-"));
      for (const name of ["data", "secrets", "sources", "backups"]) mkdirSync(at(name));
      chmodSync(folder, 0o755);
      writeFileSync(at("sources/bell.txt"), "Große Glocke");
      writeFileSync(at("secrets/belfry_secret_key"), `${"k".repeat(44)}\n`, { mode: 0o440 });
      for (const name of ["data", "backups", "secrets/belfry_secret_key"]) {
        chownSync(at(name), CONTAINER_USER, CONTAINER_USER);
      }
      chmodSync(at("data"), 0o700);
      const { stageProgram } = await import("../lib/runtime/testing/node-24.mjs" as string);
      program = PROGRAM.isCheckout ? stageProgram() : PROGRAM.folder;
      port = await freePort();
      hook = await startWebhookServer();
      running = startConfined(places(), env(), commandOfContainer().command);
      const isUp = () =>
        fetch(`http://127.0.0.1:${port}/api/health`).then(
          ({ ok }) => ok,
          () => false,
        );
      const { words, child } = running;
      await until("it is ready", async () => child.exitCode !== null || (await isUp()), { words });
    }, 240_000);
    afterAll(async () => {
      await running?.stop();
      await hook?.close();
      if (PROGRAM.isCheckout && program) rmSync(program, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    });

    test("fault E15: it starts, and the container's own check of health says so", () => {
      expect(running.child.exitCode, running.words()).toBeNull();
      expect(runConfined(places(), env(), commandOfContainer().healthcheck).status).toBe(0);
      expect(runConfined(places(), { ...env(), PORT: "9" }, commandOfContainer().healthcheck).status).toBe(1);
    });

    test("fault E15: of its file system it can write the data, the backups and /tmp, and nothing else", () => {
      const writes = (where: string) =>
        runConfined(places(), env(), ["sh", "-c", `echo x > ${where}/written`]).status === 0;
      for (const where of ["/", "/opt/belfry", "/opt/belfry/.next", "/usr", "/etc", "/sources", "/run/secrets"]) {
        expect(writes(where), where).toBe(false);
      }
      for (const where of ["/data", "/backups", "/tmp"]) expect(writes(where), where).toBe(true);
      rmSync(at("data/written"));
      rmSync(at("backups/written"));
      const status = readFileSync(`/proc/${running.child.pid}/status`, "utf8");
      expect(status).toMatch(new RegExp(`^Uid:\t${CONTAINER_USER}\t${CONTAINER_USER}\t`, "m"));
      for (const kind of ["Inh", "Prm", "Eff", "Bnd", "Amb"])
        expect(status).toMatch(new RegExp(`^Cap${kind}:\t0{16}$`, "m"));
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    });

    test("fault E15: the main job: a folder is backed up, a webhook is notified, and the backup can be downloaded", async () => {
      const made = runConfined(
        places(),
        env(),
        "node dist/cli.mjs api-key create --name container --role admin --json".split(" "),
      );
      expect(made.status, made.stderr).toBe(0);
      api = apiOf(`http://127.0.0.1:${port}`, (JSON.parse(made.stdout) as { key: string }).key);
      const make = async (where: string, body: object) => (await api.post<{ id: string }>(where, body)).id;
      const channelId = await make("/channels", { name: "Hook", provider: "webhook", config: { url: hook.url } });
      const sourceId = await make("/sources", { name: "files", kind: "directory", config: { path: "/sources" } });
      const destinationId = await make("/destinations", {
        name: "disk",
        kind: "local",
        createFolder: true,
        config: { path: "/backups" },
      });
      const jobId = await make("/jobs", {
        name: "nightly",
        kind: "managed",
        sourceId,
        destinationIds: [destinationId],
        schedule: null,
        notifications: [{ channelId, condition: "always" }],
      });
      await api.post(`/jobs/${jobId}/run`);
      await until("the run has ended", async () => {
        const { items } = await api.get<List<Run>>(`/runs?jobId=${jobId}`);
        if (items.some(({ status }) => status === "failed")) throw new Error(JSON.stringify(items));
        return items.some(({ status }) => status === "success");
      });
      await until("the webhook is notified", () => hook.taken.length > 0, { words: running.words });
      expect(hook.taken[0]?.text).toContain("nightly");
      const stored = readdirSync(at("backups"), { recursive: true, encoding: "utf8" }).filter((name) =>
        /\.tar/.test(name),
      );
      expect(stored.length).toBeGreaterThan(0);
      expect(statSync(at(`backups/${stored[0]}`)).uid).toBe(CONTAINER_USER);
    });

    test("fault E15: SIGTERM ends it in order; it never missed a place to write, and left no key with the data", async () => {
      await running.stop();
      expect([running.child.exitCode, running.child.signalCode], running.words()).toEqual([0, null]);
      expect(running.words()).not.toMatch(/EROFS|EACCES|EPERM|read-only file system/i);
      expect(readdirSync(at("data"))).not.toContain("secret.key");
      expect(statSync(at("data")).mode & 0o777).toBe(0o700);
    });
  },
);
