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
import { apiOf, type List } from "./support/api";
import { createKey } from "./support/app";
import { prepareBelfry } from "./support/belfry";
import { until } from "./support/child";
import { CONTAINER_USER, canConfine } from "./support/container";
import { freePort } from "./support/free-port";
import { PROGRAM } from "./support/program";
import { type SystemdMachine, startSystemd } from "./support/systemd";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

const UNIT = path.resolve(import.meta.dirname, "../docs/deploy/belfry.service");

describe.skipIf(!canConfine())("the documented unit, run by a systemd of its own", () => {
  let folder = "";
  let port = 0;
  let machine: SystemdMachine;
  let hook: WebhookServer;
  const at = (name: string) => path.join(folder, name);
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/api/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  const pid = () => Number((JSON.parse(readFileSync(at("data/server.json"), "utf8")) as { pid: number }).pid);

  beforeAll(async () => {
    prepareBelfry();
    folder = mkdtempSync(path.join(tmpdir(), "belfry-unit-"));
    for (const name of ["data", "sources", "backups"]) mkdirSync(at(name));
    chmodSync(folder, 0o755);
    chownSync(at("backups"), CONTAINER_USER, CONTAINER_USER);
    // A folder that a group shares: its bit comes back with a restore.
    mkdirSync(at("sources/shared"));
    writeFileSync(at("sources/shared/bell.txt"), "Große Glocke");
    for (const name of ["sources", "sources/shared", "sources/shared/bell.txt"]) {
      chownSync(at(name), CONTAINER_USER, CONTAINER_USER);
    }
    chmodSync(at("sources/shared"), 0o2775);
    port = await freePort();
    hook = await startWebhookServer();
    const unit = readFileSync(UNIT, "utf8").replace("PORT=3000", `PORT=${port}`).replace("/usr/bin/node", PROGRAM.node);
    machine = startSystemd({
      unit,
      dropIn: "ReadWritePaths=/srv/backups\n",
      mounts: {
        [PROGRAM.folder]: "/opt/belfry",
        [at("data")]: "/var/lib/belfry",
        [at("sources")]: "/srv/sources",
        [at("backups")]: "/srv/backups",
      },
      etc: { "belfry/secret-key": `${"k".repeat(44)}\n` },
    });
    await until("the service answers", isUp, { words: machine.log });
  }, 240_000);
  afterAll(async () => {
    await machine?.stop();
    await hook?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("fault E15: a folder is backed up and restored and a webhook is notified, under all its limits", async () => {
    const api = apiOf(`http://127.0.0.1:${port}`, await createKey(at("data"), "admin"));
    const make = async (where: string, body: object) => (await api.post<{ id: string }>(where, body)).id;
    const channelId = await make("/channels", { name: "Hook", provider: "webhook", config: { url: hook.url } });
    const sourceId = await make("/sources", { name: "files", kind: "directory", config: { path: "/srv/sources" } });
    const destinationId = await make("/destinations", {
      name: "disk",
      kind: "local",
      createFolder: true,
      config: { path: "/srv/backups" },
    });
    const jobId = await make("/jobs", {
      name: "nightly",
      kind: "managed",
      sourceId,
      destinationIds: [destinationId],
      schedule: null,
      compression: "zstd",
      notifications: [{ channelId, condition: "always" }],
    });
    const over = async (runId: string) => {
      const status = async () => (await api.get<{ status: string }>(`/runs/${runId}`)).status;
      await until("the run is over", async () => !["queued", "running"].includes(await status()), {
        words: machine.log,
      });
      expect(await api.get(`/runs/${runId}`)).toMatchObject({ status: "success", error: null });
    };
    await over((await api.post<{ runId: string }>(`/jobs/${jobId}/run`)).runId);
    await until("the webhook is notified", () => hook.taken.length > 0, { words: machine.log });
    expect(readdirSync(at("backups"), { recursive: true }).join()).toMatch(/\.tar\.zst/);
    const [artifact] = (await api.get<List<{ id: string }>>("/artifacts")).items;
    const restore = await api.post<{ runId: string }>(`/artifacts/${artifact?.id}/restore`, {
      target: { path: "/var/lib/belfry/restores/back" },
    });
    await over(restore.runId);
    const restored = at("data/restores/back/shared");
    expect(readFileSync(path.join(restored, "bell.txt"), "utf8")).toBe("Große Glocke");
    expect((statSync(restored).mode & 0o7777).toString(8)).toBe("2775");
  });

  test("fault E15: it is another user, without capabilities, behind a filter of system calls, on a read-only system", async () => {
    const tasks = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const status = tasks
      .map((name) => {
        try {
          return readFileSync(`/proc/${name}/status`, "utf8");
        } catch {
          return "";
        }
      })
      .find((text) => new RegExp(`^NSpid:.*\\t${pid()}$`, "m").test(text) && /^Name:\tnode$/m.test(text));
    expect(status).toMatch(new RegExp(`^Uid:\t${CONTAINER_USER}\t`, "m"));
    for (const kind of ["Prm", "Eff", "Bnd", "Amb"]) expect(status).toMatch(new RegExp(`^Cap${kind}:\t0{16}$`, "m"));
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^Seccomp:\t2$/m);
    expect(statSync(at("data")).mode & 0o777).toBe(0o700);
    expect(readdirSync(at("data"))).not.toContain("secret.key");
    expect(machine.log()).not.toMatch(/EROFS|EACCES|EPERM|not permitted|read-only file system/i);
  });

  test("fault E15: a process that crashes is started again", async () => {
    const task = readdirSync("/proc").find((name) => {
      try {
        return (
          new RegExp(`^NSpid:.*\\t${pid()}$`, "m").test(readFileSync(`/proc/${name}/status`, "utf8")) &&
          readFileSync(`/proc/${name}/status`, "utf8").includes(`Uid:\t${CONTAINER_USER}`)
        );
      } catch {
        return false;
      }
    });
    const before = pid();
    process.kill(Number(task), "SIGKILL");
    await until("another process answers", async () => pid() !== before && (await isUp()), { words: machine.log });
  });
});
