import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, apiOf } from "@/e2e/support/api";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { until } from "@/e2e/support/child";
import { belfryCommandMeanwhile } from "@/e2e/support/command";
import { startWebhookServer, type WebhookServer } from "@/e2e/support/webhook-server";

/* Every command of the built program against a server: with --json, JSON alone is on standard output, and a refusal is JSON on standard error. */

const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-json-commands-"));
const outside = mkdtempSync(path.join(tmpdir(), "belfry-json-outside-"));
let belfry: Belfry;
let api: Api;
let hook: WebhookServer;
/** Ids that commands name: `$job`, `$run` … */
const ids: Record<string, string> = {};

beforeAll(async () => {
  prepareBelfry();
  hook = await startWebhookServer();
  belfry = await startBelfry({ dataDir });
  const { out } = await belfryCommandMeanwhile(dataDir, "api-key create --name setup --role admin --json".split(" "));
  api = apiOf(belfry.url, (JSON.parse(out) as { key: string }).key);
  await fill();
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  await hook?.close();
  for (const folder of [dataDir, outside]) rmSync(folder, { recursive: true, force: true });
});

const made = async (address: string, body: object) => (await api.post<{ id: string }>(address, body)).id;

/** One thing of each kind that commands are about. */
async function fill(): Promise<void> {
  ids.files = path.join(outside, "files");
  mkdirSync(ids.files);
  writeFileSync(path.join(ids.files, "note.txt"), "a note");
  ids.outside = outside;
  await made("/channels", { name: "ops", provider: "webhook", config: { url: hook.url } });
  ids.destination = await made("/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: { path: `${outside}/disk` },
  });
  const sourceId = await made("/sources", { name: "files", kind: "directory", config: { path: ids.files } });
  ids.job = await made("/jobs", { name: "nightly", sourceId, destinationIds: [ids.destination] });
  const borg = { location: `${outside}/borg`, passphrase: "a passphrase of some length", create: true };
  const repositoryId = await made("/repositories", { name: "offsite", kind: "borg", ...borg, retention: { last: 3 } });
  const archived = await made("/jobs", { name: "archived", sourceId, repositoryId });
  await made("/jobs", { name: "nas", kind: "external", schedule: { periodMinutes: 60 } });
  await Promise.all([ids.job, archived].map((id) => finishedRun(id ?? "")));
  await notify("first");
  const [alert] = (await api.get<{ items: { id: string }[] }>("/notifications?status=open")).items;
  const [delivery] = (await api.get<{ items: { id: string }[] }>("/deliveries")).items;
  const [run] = (await api.get<{ items: { id: string }[] }>(`/runs?jobId=${ids.job}`)).items;
  Object.assign(ids, { alert: alert?.id, delivery: delivery?.id, run: run?.id });
}

const notify = (dedupKey: string) =>
  api.post("/notify", { title: "Full", message: "It is full.", tone: "failure", dedupKey, channels: ["ops"] });

async function finishedRun(jobId: string): Promise<void> {
  const { runId } = await api.post<{ runId: string }>(`/jobs/${jobId}/run`);
  let status = "";
  await until("the backup is made", async () => {
    status = (await api.get<{ status: string }>(`/runs/${runId}`)).status;
    return !/queued|running/.test(status);
  });
  expect(status).toBe("success");
}

const DONE = 0;
const REFUSED = 1;
const SECRET = "a passphrase of some length\n";

/** In this order: what a command makes, a later one may name by `$` and what it is, which `keeps` takes out of its answer. */
const COMMANDS: { line: string; code?: number; input?: string; keeps?: string }[] = [
  { line: "api-key create --name second", keeps: "key" },
  { line: "api-key list" },
  { line: "api-key revoke $key" },
  { line: "clients create --name web-1 --url https://belfry.example", keeps: "client" },
  { line: "clients list" },
  { line: "clients rotate $client --url https://belfry.example" },
  { line: "clients mute $client" },
  { line: "clients revoke $client" },
  { line: "clients delete $client" },
  { line: "users create --name Root --email root@example.org --role admin", input: SECRET },
  { line: "users create --name Ana --email ana@example.org --role viewer", input: SECRET, keeps: "user" },
  { line: "users list" },
  { line: "users disable $user" },
  { line: "users enable ana@example.org" },
  { line: "users sign-out $user" },
  { line: "users unlock 203.0.113.9" },
  { line: "users password $user", input: SECRET },
  { line: "jobs list" },
  { line: "jobs show nightly" },
  { line: "jobs pause nas" },
  { line: "jobs resume nas" },
  { line: "jobs run nightly" },
  { line: "runs list --job nightly" },
  { line: "runs show $run" },
  { line: "runs show $run --log" },
  { line: "runs cancel $run", code: REFUSED },
  { line: "syncs create --name photos --path $files --destination $destination" },
  { line: "syncs list" },
  { line: "syncs run photos" },
  { line: "syncs disable photos" },
  { line: "syncs enable photos" },
  { line: "syncs delete photos" },
  { line: "repositories list" },
  { line: "repositories check offsite" },
  { line: "repositories compact offsite" },
  { line: "repositories prune offsite" },
  { line: "repositories archives offsite" },
  { line: "repositories browse offsite latest" },
  { line: "repositories download offsite latest --path note.txt --out $outside/note.txt" },
  { line: "repositories download offsite latest --path nothing --out $outside/nothing.txt", code: REFUSED },
  { line: "repositories download offsite latest --out -", code: 2 },
  { line: "report preview --channel ops" },
  { line: "report send --channel ops" },
  { line: "alerts list" },
  { line: "alerts show $alert" },
  { line: "alerts read $alert" },
  { line: "alerts read-all" },
  { line: "alerts snooze $alert --for 1h" },
  { line: "alerts acknowledge $alert" },
  { line: "alerts resolve $alert" },
  { line: "channels list" },
  { line: "channels test ops" },
  { line: "channels test nothing", code: REFUSED },
  { line: "channels recover ops --since 1h --as each --dry-run" },
  { line: "deliveries list" },
  { line: "deliveries show $delivery" },
  { line: "silence create disks --for 1h", keeps: "silence" },
  { line: "silence list" },
  { line: "silence end $silence" },
  { line: "silence delete $silence" },
  { line: "artifacts list --job nightly" },
  { line: "artifacts accept latest:nightly", code: REFUSED },
  { line: "artifacts download latest:nightly --out $outside/nightly" },
  { line: "artifacts download latest:nightly --out $outside/nightly", code: REFUSED },
  { line: "artifacts download latest:nothing --out $outside/nightly --overwrite", code: REFUSED },
  { line: "artifacts test-restore latest:nightly" },
  { line: "restore latest:nightly --to $outside/restored" },
  { line: "restore latest:nightly", code: 2 },
  { line: "config-backup create --out $outside/configuration.belfry", input: SECRET },
  { line: "config-backup restore $outside/configuration.belfry", input: "another passphrase\n", code: REFUSED },
  { line: "config-backup restore $outside/nothing.belfry", input: SECRET, code: REFUSED },
  { line: "config-backup restore $outside/configuration.belfry", input: SECRET },
  { line: "installation show" },
  { line: "installation take-over", code: REFUSED },
  { line: "installation stay-apart", code: REFUSED },
  { line: "completion bash" },
];

test("every command answers with JSON alone, and refuses with JSON on standard error", async () => {
  const known = await belfryCommandMeanwhile(dataDir, ["--help", "--json"]);
  const names = (JSON.parse(known.out) as { name: string }[]).map(({ name }) => name);
  const isOf = (line: string) => names.filter((name) => `${line} `.startsWith(`${name} `));
  // `run` prints what its own command prints.
  const missing = names.filter((name) => name !== "run" && !COMMANDS.some(({ line }) => isOf(line).includes(name)));
  expect(missing).toEqual([]);
  for (const { line, code = DONE, input, keeps } of COMMANDS) {
    const words = line.replace(/\$(\w+)/g, (_, name: string) => ids[name] ?? `no-${name}`).split(" ");
    const run = await belfryCommandMeanwhile(dataDir, [...words, "--json"], input);
    const [spoken, silent] = code === DONE ? [run.out, run.err] : [run.err, run.out];
    expect({ code: run.code, silent }, `${line}: ${spoken}`).toEqual({ code, silent: "" });
    const said = spoken.trimEnd();
    expect(said.includes("\n"), line).toBe(false);
    const parsed = JSON.parse(said) as { id?: string; error?: { code: string; message: string } };
    if (code !== DONE) expect(parsed.error, line).toMatchObject({ code: /./, message: expect.stringMatching(/./) });
    if (keeps) ids[keeps] = parsed.id ?? "";
  }
}, 600_000);
