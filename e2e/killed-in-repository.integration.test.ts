import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiOf, type List } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { until } from "./support/child";
import { belfryCommand } from "./support/command";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

const SECRET = "a key for the tests of killed backups, long enough";
/** So much that a backup is still under way when its first bytes are seen. */
const FILES = 24;
const FILE_BYTES = 8_000_000;

let hook: WebhookServer;
let belfry: Belfry | undefined;
const folder = mkdtempSync(path.join(tmpdir(), "belfry-killed-"));
const files = path.join(folder, "files");
beforeAll(async () => {
  prepareBelfry();
  hook = await startWebhookServer();
  mkdirSync(files);
  for (let number = 0; number < FILES; number++)
    writeFileSync(path.join(files, `file ${number}`), randomBytes(FILE_BYTES));
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  await hook?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  id: string;
  status: string;
  error: string | null;
}

/** Everything below a folder; what vanishes meanwhile counts nothing. */
function bytesBelow(where: string): number {
  return readdirSync(where, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => {
      const file = statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false });
      return sum + (file?.size ?? 0);
    }, 0);
}

/** The processes whose arguments or environment name a place. */
function processesAt(place: string): number[] {
  const names = (pid: string) =>
    ["cmdline", "environ"].some((file) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "utf8").includes(place);
      } catch {
        return false;
      }
    });
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && names(name))
    .map(Number);
}

const notes = () => hook.taken.map(({ text }) => JSON.parse(text) as { type: string; status: string | null });

async function settled(api: Api, path: string): Promise<Run> {
  let run = await api.get<Run>(path);
  await until("the run is over", async () => {
    run = await api.get<Run>(path);
    return !["queued", "running"].includes(run.status);
  });
  return run;
}

test.each(["borg", "restic"])(
  "killed in the middle of a backup into a %s repository: one failure, nothing half-made is listed, and the next backup works",
  async (kind) => {
    const dataDir = path.join(folder, `${kind} data`);
    const location = path.join(folder, `${kind} repository`);
    const env = { BELFRY_SECRET_KEY: SECRET };
    belfry = await startBelfry({ dataDir, env });
    const made = belfryCommand(dataDir, ["api-key", "create", "--name", "killed", "--role", "admin", "--json"]);
    const { key } = JSON.parse(made.out) as { key: string };
    let api = apiOf(belfry.url, key);
    const create = async (where: string, body: object) => (await api.post<{ id: string }>(where, body)).id;
    // Nobody but the test starts the next one.
    await api.patch("/settings/general", { repeatsInterruptedRuns: false });
    const channelId = await create("/channels", { name: "hook", provider: "webhook", config: { url: hook.url } });
    const sourceId = await create("/sources", { name: "files", kind: "directory", config: { path: files } });
    const about = { name: "store", kind, location, passphrase: "a passphrase for the tests", create: true };
    const repositoryId = await create("/repositories", about);
    const notifications = [{ channelId, condition: "always", notifyOnRecovery: true }];
    const jobId = await create("/jobs", { name: "into it", sourceId, repositoryId, notifications });
    hook.taken.length = 0;

    const empty = bytesBelow(location);
    const { runId } = await api.post<{ runId: string }>(`/jobs/${jobId}/run`);
    await until("a part of it is stored", () => bytesBelow(location) > empty + FILE_BYTES, belfry);
    // It gets no further, and does not end in time by itself.
    const tools = processesAt(location);
    expect(tools).not.toEqual([]);
    for (const pid of tools) process.kill(pid, "SIGSTOP");
    await belfry.kill();

    belfry = await startBelfry({ dataDir, env });
    api = apiOf(belfry.url, key);
    const run = await settled(api, `/runs/${runId}`);
    expect(run).toMatchObject({ status: "failure" });
    expect(run.error).toMatch(/interrupted/i);
    // Others may look at the repository by now.
    const left = processesAt(location);
    expect(tools.filter((pid) => left.includes(pid))).toEqual([]);
    await until("the failure is sent", () => notes().length === 1, belfry);
    expect(notes()).toMatchObject([{ type: "backup.failed", status: "firing" }]);
    expect((await api.get<List<unknown>>(`/repositories/${repositoryId}/archives`)).items).toEqual([]);

    const next = await api.post<{ runId: string }>(`/jobs/${jobId}/run`);
    const second = await settled(api, `/runs/${next.runId}`);
    expect(second.error).toBeNull();
    expect(second.status).toBe("success");
    expect((await api.get<List<unknown>>(`/repositories/${repositoryId}/archives`)).items).toHaveLength(1);
    await until("its end is sent", () => notes().length === 2, belfry);
    expect(notes()[1]).toMatchObject({ status: "resolved" });
    const check = await api.post<{ runId: string }>(`/repositories/${repositoryId}/check`);
    expect(await settled(api, `/runs/${check.runId}`)).toMatchObject({ status: "success", error: null });
    await belfry.stop();
    belfry = undefined;
    hook.taken.length = 0;
  },
);
