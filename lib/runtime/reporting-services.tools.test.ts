import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "@/e2e/support/free-port";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { openReportingFixture } from "./testing/reporting-fixture";

/* Monitoring programs as Debian has them, unmodified, that speak the protocols of chat and paging services to Belfry. */

let programs: Awaited<ReturnType<typeof openReportingFixture>>;
let alertmanager: ChildProcess | undefined;
beforeEach(async () => {
  programs = await openReportingFixture();
});
afterEach(async () => {
  if (alertmanager && alertmanager.exitCode === null) {
    alertmanager.kill("SIGKILL");
    await once(alertmanager, "close");
  }
  alertmanager = undefined;
  await programs.close();
});

/** Waits as long as the test may take: the clock of the test stands. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 50));
}

/** @returns its address */
async function startAlertmanager(receivers: Record<string, object>): Promise<string> {
  const config = path.join(programs.folder, "alertmanager.yml");
  const names = Object.keys(receivers);
  // JSON is YAML.
  const routes = names.map((receiver) => ({ receiver, continue: true }));
  const timing = { group_wait: "0s", group_interval: "1s", repeat_interval: "1h" };
  const list = names.map((name) => ({ name, [`${name}_configs`]: [receivers[name]] }));
  writeFileSync(config, JSON.stringify({ route: { receiver: names[0], ...timing, routes }, receivers: list }));
  const storage = path.join(programs.folder, "alertmanager");
  mkdirSync(storage);
  const address = `127.0.0.1:${await freePort()}`;
  const args = [`--config.file=${config}`, `--storage.path=${storage}`, `--web.listen-address=${address}`];
  alertmanager = spawn("prometheus-alertmanager", [...args, "--cluster.listen-address="], { stdio: "ignore" });
  await eventually(async () => {
    if (alertmanager?.exitCode !== null) throw new Error("Alertmanager ended instead of starting.");
    return fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return `http://${address}`;
}

test("Alertmanager reports what fires and what is resolved, by its webhook and as to PagerDuty, Slack and Discord", async () => {
  const keywords = { failure: ["FIRING"], success: ["RESOLVED"] };
  const jobs = new Map<string, ExternalJobView>();
  for (const name of ["webhook", "pagerduty", "slack", "discord"])
    jobs.set(name, await programs.addJob(name, { keywords }));
  const urlOf = (name: string) => programs.urlsOf(jobs.get(name) as ExternalJobView);
  const address = await startAlertmanager({
    webhook: { url: urlOf("webhook").alertmanager },
    pagerduty: { url: `${urlOf("pagerduty").pagerduty}/v2/enqueue`, routing_key: "x".repeat(32) },
    slack: { api_url: urlOf("slack").slack, channel: "#backups", send_resolved: true },
    discord: { webhook_url: urlOf("discord").discord },
  });
  const alert = ["alert", "add", `--alertmanager.url=${address}`, "alertname=BackupFailed", "instance=nas"];
  const statusesOf = async () => {
    const all = [...jobs].map(async ([name, { id }]) => [
      name,
      (await programs.runsOf(id)).map(({ status }) => status),
    ]);
    return Object.fromEntries(await Promise.all(all)) as Record<string, string[]>;
  };
  const each = (statuses: string[]) => Object.fromEntries([...jobs.keys()].map((name) => [name, statuses]));
  const reported = (times: number) =>
    eventually(async () => {
      const signals = await programs.signals();
      return [...jobs.values()].every(({ id }) => signals.filter((one) => one.jobId === id).length >= times);
    });

  const fired = await programs.run("amtool", [...alert, "--annotation=summary=The disk is full."]);
  expect(fired.code, fired.text).toBe(0);
  await reported(1);
  await programs.settled();
  expect(await statusesOf()).toEqual(each(["failure"]));
  for (const { id } of jobs.values()) {
    const [run] = await programs.runsOf(id);
    expect(`${run?.error}\n${await programs.logOf(run?.id)}`).toMatch(/BackupFailed|The disk is full/);
  }
  programs.leap(120_000);
  const ended = await programs.run("amtool", [...alert, `--end=${new Date(0).toISOString()}`]);
  expect(ended.code, ended.text).toBe(0);
  await reported(2);
  await programs.settled();
  expect(await statusesOf()).toEqual(each(["success", "failure"]));
}, 120_000);

test("a client of Zabbix signs in, pushes the start and the end of a backup, and signs out", async () => {
  const job = await programs.addJob();
  const script = `
import sys
from pyzabbix import ZabbixAPI
with ZabbixAPI(sys.argv[1]) as api:
    api.login("backup", "a password")
    assert int(api.api_version().split(".")[0]) >= 7
    for value in ("start", "fail"):
        assert api.history.push(itemid=4711, value=value)["response"] == "success"
`;
  const pushed = await programs.run("/usr/bin/python3", ["-c", script, programs.urlsOf(job).zabbix]);
  expect(pushed, pushed.text).toMatchObject({ code: 0 });
  await programs.settled();
  expect(await programs.receivers()).toEqual(["zabbix failure", "zabbix start"]);
  expect(await programs.runsOf(job.id)).toMatchObject([{ status: "failure", startedAt: expect.any(String) }]);
});

test("Apprise as a client of Gotify reports by the job's keywords", async () => {
  const job = await programs.addJob("nas", { keywords: { failure: ["went wrong"], success: ["went well"] } });
  const address = `${programs.urlsOf(job).gotify.replace("http://", "gotify://")}/an-application-token`;
  for (const text of ["It went wrong: no space", "It went well"]) {
    const sent = await programs.run("apprise", ["-vv", "-t", "Nightly", "-b", text, address]);
    expect(sent.code, sent.text).toBe(0);
    await programs.settled();
    programs.leap(120_000);
  }
  expect((await programs.runsOf(job.id)).map(({ status }) => status)).toEqual(["success", "failure"]);
});
