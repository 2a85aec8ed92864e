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
