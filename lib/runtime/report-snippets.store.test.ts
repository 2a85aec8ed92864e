import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { reportSnippets } from "@/components/job/report-snippets";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { jobsCreate } from "@/lib/services/jobs/create";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { openClientFixture } from "./testing/clients-fixture";

/*
 * What the console offers to copy, run as it stands by the program that it is for. Only the backup itself is a script of the test's.
 */

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let folder: string;
let snippets: Map<string, string>;
beforeEach(async () => {
  fixture = await openClientFixture();
  folder = mkdtempSync(path.join(tmpdir(), "belfry-snippets-"));
  const job = (await jobsCreate.call(systemActor, {
    kind: "external",
    name: "nas",
    notifications: [],
  })) as ExternalJobView;
  const secrets = { token: job.token ?? "", uuid: job.uuid ?? "" };
  const made = reportSnippets(fixture.url, secrets, { timezone: "Europe/Berlin", mailTo: null });
  snippets = new Map(made.map(({ id, text }) => [id, text]));
});
afterEach(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const snippet = (id: string) => snippets.get(id) ?? "";

/** Runs a program to its end, with the folder's own programs first. @returns all that it wrote */
async function run(file: string, args: string[], more: Record<string, string> = {}): Promise<string> {
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: folder,
    LANG: "C.UTF-8",
    NODE_ENV: "test" as const,
    ...more,
  };
  const child = spawn(file, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk));
  await once(child, "close");
  return text;
}

/** The command that makes the backup, in place of the reader's own. */
function backUp(name: string, code: number): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "Copied é 100%"\nexit ${code}\n`);
  chmodSync(file, 0o755);
}

/** What was reported since the last look. */
async function reported(): Promise<{ state: string; log: string | null }[]> {
  const { orm, t } = database();
  const { state, log } = t.signals;
  const rows = await orm.select({ state, log }).from(t.signals).orderBy(t.signals.id);
  await orm.delete(t.signals);
  return rows;
}

const states = async () => (await reported()).map(({ state }) => state);

test.each(["sh", "bash"])("the script with curl, in %s, reports start, end and output", async (shell) => {
  for (const [code, end] of [
    [0, "success"],
    [3, "failure"],
  ] as const) {
    backUp("your-backup-command", code);
    expect(await run(shell, ["-c", snippet("curl")])).toBe("");
    expect(await reported()).toMatchObject([{ state: "start" }, { state: end, log: "Copied é 100%" }]);
  }
});

test("the line of cron and the one of wget report how the command before them ended", async () => {
  const line = snippet("cron")
    .replace(/^(?:\S+ ){5}/, "")
    .replace("/usr/local/bin/backup.sh", path.join(folder, "backup.sh"));
  for (const [code, end] of [
    [0, "success"],
    [1, "failure"],
  ] as const) {
    backUp("backup.sh", code);
    await run("sh", ["-c", line]);
    await run("sh", ["-c", `${path.join(folder, "backup.sh")}; ${snippet("wget")}`]);
    expect(await states()).toEqual([end, end]);
  }
});

test("the script around restic reports both ends under one id", async () => {
  const repository = { RESTIC_REPOSITORY: path.join(folder, "repository"), RESTIC_PASSWORD: "a password" };
  await run("sh", ["-c", snippet("restic")], repository);
  expect(await states()).toEqual(["start", "failure"]);
  await run("restic", ["init"], repository);
  await run("sh", ["-c", snippet("restic")], repository);
  expect(await reported()).toMatchObject([
    { state: "start" },
    { state: "success", log: expect.stringMatching(/snapshot/) },
  ]);
});

test("the lines for a unit are valid for systemd, and report by how the service ended", async () => {
  const unit = path.join(folder, "backup.service");
  writeFileSync(unit, `${snippet("systemd").replace("[Service]", "[Service]\nType=oneshot\nExecStart=/bin/true")}\n`);
  expect(await run("systemd-analyze", ["verify", "--recursive-errors=no", unit])).not.toContain("backup.service");
  const command = (name: string) => new RegExp(`^${name}=-(.*)$`, "m").exec(snippet("systemd"))?.[1] ?? "";
  await run("sh", ["-c", command("ExecStartPre")]);
  for (const result of ["success", "exit-code", "timeout"])
    await run("sh", ["-c", command("ExecStopPost")], { SERVICE_RESULT: result });
  expect(await states()).toEqual(["start", "success", "failure", "failure"]);
});

test("the command of a container in Kubernetes reports its exit code", async () => {
  const { spec } = parse(snippet("kubernetes"));
  const [{ command }] = spec.jobTemplate.spec.template.spec.containers;
  backUp("your-backup-command", 7);
  await run(command[0], command.slice(1));
  expect(await states()).toEqual(["failure"]);
});

test("configurations of borgmatic are valid YAML that names the address", () => {
  expect(parse(snippet("borgmatic"))).toMatchObject({ healthchecks: { ping_url: snippet("healthchecks") } });
  expect(parse(snippet("borgmatic-old"))).toMatchObject({
    hooks: { healthchecks: { ping_url: snippet("healthchecks") } },
  });
});

test("the line for Docker reports how the container ended", async () => {
  for (const [code, end] of [
    [0, "success"],
    [3, "failure"],
  ] as const) {
    // Docker itself cannot run here: it exits as the container's command does.
    backUp("docker", code);
    await run("sh", ["-c", snippet("docker")]);
    expect(await states()).toEqual([end]);
  }
});

/** What the documentation of each service has its users send, to the address that the console offers in its place. */
const json = (body: object) => ["-H", "Content-Type: application/json", "-d", JSON.stringify(body)];
const SENT: [id: string, state: string, request: (address: string) => string[]][] = [
  ["healthchecks", "failure", (address) => [`${address}/fail`]],
  ["watchgoose", "failure", (address) => [`${address}/fail`]],
  ["kuma", "success", (address) => [address]],
  ["kuma", "failure", (address) => [address.replace("status=up&msg=OK", "status=down&msg=no%20space&ping=")]],
  ["cronitor", "start", (address) => [`${address}?state=run&env=production&host=nas`]],
  ["cronitor", "failure", (address) => [`${address}?state=fail&message=no%20space`]],
  ["cronhub", "start", (address) => [address]],
  ["cronhub", "failure", (address) => [address.replace("/start/", "/fail/")]],
  // The DSN, as Sentry's own curl example takes it apart.
  [
    "sentry",
    "failure",
    (address) => ["-X", "POST", `${sentryBase(address)}/cron/nightly/${sentryKey(address)}/?status=error`],
  ],
  [
    "ntfy",
    "failure",
    (address) => ["-H", "Title: A borgmatic FAIL event happened", "-d", "no space", `${address}/backups`],
  ],
  [
    "gotify",
    "failure",
    (address) => [
      "-F",
      "title=A borgmatic FAIL event happened",
      "-F",
      "message=no space",
      `${address}/message?token=abc`,
    ],
  ],
  [
    "loki",
    "failure",
    (address) => [...json({ streams: [{ stream: {}, values: [["1795188482000000000", "Failed backup"]] }] }), address],
  ],
  [
    "zabbix",
    "failure",
    (address) => [
      ...json({ jsonrpc: "2.0", method: "history.push", params: { itemid: 1, value: "fail" }, id: 1 }),
      address,
    ],
  ],
  [
    "pagerduty",
    "failure",
    (address) => [
      ...json({
        routing_key: "x",
        event_action: "trigger",
        payload: { summary: "s", severity: "error", source: "nas" },
      }),
      `${address}/v2/enqueue`,
    ],
  ],
  ["alertmanager", "failure", (address) => [...json({ status: "firing", alerts: [{ status: "firing" }] }), address]],
  ["slack", "failure", (address) => [...json({ attachments: [{ color: "danger", text: "no space" }] }), address]],
  ["discord", "failure", (address) => [...json({ content: "A borgmatic FAIL event happened" }), address]],
  ["webhook", "failure", (address) => [...json({ status: "failed", title: "no space" }), address]],
];
const sentryKey = (dsn: string) => new URL(dsn).username;
const sentryBase = (dsn: string) => dsn.replace(`${sentryKey(dsn)}@`, "").replace(/\/(\d+)$/, "/api/$1");

test("every address of a service takes what its documentation says to send, by curl", async () => {
  for (const [id, state, request] of SENT) {
    expect(await run("curl", ["-fsS", "-m", "10", "-o", "/dev/null", ...request(snippet(id))]), id).toBe("");
    expect([id, ...(await states())]).toEqual([id, state]);
  }
});

test("Duplicati posts its result where the option says; the template for Proxmox is JSON once it is filled in", async () => {
  const options = new Map(
    snippet("duplicati")
      .split("\n")
      .map((line) => line.replace(/^--/, "").split("=") as [string, string]),
  );
  expect(options.get("send-http-any-operation")).toBe("true");
  const result = { Data: { MainOperation: "Backup", ParsedResult: "Error" }, LogLines: ["no space"] };
  await run("curl", ["-fsS", ...json(result), options.get("send-http-json-urls") ?? ""]);
  expect(await states()).toEqual(["failure"]);
  const [address = "", template = ""] = snippet("proxmox").split("\n\n");
  const values: Record<string, string> = {
    // As its helpers write them: without the quotes, and as JSON.
    "escape title": String.raw`vzdump backup status (nas): \"backup\" failed`,
    "escape message": String.raw`first\nsecond`,
    severity: "error",
    timestamp: "1795188482",
    "json fields": '{"type":"vzdump","hostname":"nas"}',
  };
  const body = template.replace(/\{\{ ([a-z ]+) \}\}/g, (_, name: string) => values[name] ?? "unknown");
  expect(JSON.parse(body)).toMatchObject({ message: "first\nsecond", timestamp: 1_795_188_482 });
  await run("curl", ["-fsS", "-d", body, address]);
  expect(await states()).toEqual(["failure"]);
});
