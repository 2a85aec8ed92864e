import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { report } from "@/e2e/support/reports";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { openReportingFixture } from "./testing/reporting-fixture";

/* What borgmatic sends with every hook that it has, as it was recorded on the wire: its methods, targets, headers and bodies. */

let programs: Awaited<ReturnType<typeof openReportingFixture>>;
beforeEach(async () => {
  programs = await openReportingFixture();
});
afterEach(() => programs.close());

type Recorded = [line: string, body?: string, headers?: Record<string, string>];
const UA = { "user-agent": "borgmatic", accept: "*/*", "accept-encoding": "gzip, deflate", connection: "keep-alive" };
const JSON_TYPE = { "content-type": "application/json" };

async function send(job: ExternalJobView, requests: readonly Recorded[]): Promise<void> {
  const fill = (text: string) => text.replaceAll("TOKEN", job.token ?? "").replaceAll("UUID", job.uuid ?? "");
  for (const [line, body = "", headers = {}] of requests) {
    const [method = "", target = ""] = fill(line).split(" ");
    const answer = await report(
      Number(new URL(programs.url).port),
      target,
      { method, headers: { ...UA, ...headers } },
      fill(body),
    );
    // From 400 on borgmatic says that the monitoring failed; a redirect would cost it the body.
    expect(answer.status, line).toBeLessThan(300);
    expect(answer.headers.location, line).toBeUndefined();
  }
}

const loki = (line: string): Recorded => [
  "POST /in/TOKEN/loki/loki/api/v1/push",
  `{"streams": [{"stream": {"app": "borgmatic", "config": "new-default.yaml", "hostname": "vm", "path": "/etc/borgmatic/new-default.yaml"}, "values": [["${BigInt(programs.now()) * 1_000_000n + 339_814n}", "${line}"]]}]}`,
  JSON_TYPE,
];
const starts = (): Recorded[] => [
  ["GET /in/TOKEN/cronitor/run"],
  ["POST /ping/UUID/start"],
  loki("Started backup"),
  ["POST /in/api/1/cron/mymonitor/TOKEN/?status=in_progress"],
  ["GET /api/push/TOKEN?status=up&msg=start"],
  ["POST /in/TOKEN/watchgoose/start"],
];

async function runsAndAlerts(job: ExternalJobView) {
  const { orm, t } = database();
  const alerts = (await orm.select().from(t.alerts)).filter(({ status }) => status === "firing");
  return { runs: await programs.runsOf(job.id), alerts: alerts.length };
}

test("the newest with its defaults: fourteen requests of a good run are one, eighteen of a bad one another, and one alert", async () => {
  const job = await programs.addJob();
  await send(job, starts());
  await programs.settled();
  programs.leap(5_000);
  await send(job, [
    ["POST /ping/UUID/log"],
    ["POST /in/TOKEN/watchgoose/log"],
    ["GET /in/TOKEN/cronitor/complete"],
    ["POST /ping/UUID"],
    loki("Finished backup"),
    ["POST /in/api/1/cron/mymonitor/TOKEN/?status=ok"],
    ["GET /api/push/TOKEN?status=up&msg=finish"],
    ["POST /in/TOKEN/watchgoose"],
  ]);
  await programs.settled();
  expect(await runsAndAlerts(job)).toMatchObject({ runs: [{ status: "success" }], alerts: 0 });

  programs.leap(3_600_000);
  await send(job, starts());
  await programs.settled();
  programs.leap(5_000);
  const words = "A borgmatic FAIL event happened";
  await send(job, [
    ["POST /ping/UUID/log"],
    ["POST /in/TOKEN/watchgoose/log"],
    [
      "POST /in/TOKEN/json",
      `{"version": "1.0", "title": "${words}", "message": "${words}", "attachments": [], "type": "failure"}`,
      { ...JSON_TYPE, "user-agent": "Apprise" },
    ],
    ["GET /in/TOKEN/cronitor/fail"],
    ["POST /ping/UUID/fail"],
    loki("Failed backup"),
    [
      "POST /in/TOKEN/ntfy",
      `{"topic": "backups", "title": "${words}", "message": "${words}", "priority": 3, "tags": ["borgmatic"]}`,
      JSON_TYPE,
    ],
    [
      "POST /in/TOKEN/pagerduty/v2/enqueue",
      `{"routing_key": "a177cad45bd374409f78906a810a3074", "event_action": "trigger", "payload": {"summary": "backup failed on vm", "severity": "error", "source": "vm", "timestamp": "2026-11-20T15:28:18.057372+00:00", "component": "borgmatic", "group": "backups", "class": "backup failure", "custom_details": {"hostname": "vm", "configuration filename": "/etc/borgmatic/new-default-fail.yaml", "server time": "2026-11-20T15:28:18.057372+00:00", "logs": ""}}}`,
    ],
    ["POST /in/api/1/cron/mymonitor/TOKEN/?status=error"],
    ["GET /api/push/TOKEN?status=down&msg=fail"],
    ["POST /in/TOKEN/watchgoose/fail"],
    [
      "POST /in/TOKEN/zabbix/api_jsonrpc.php",
      '{"jsonrpc": "2.0", "method": "history.push", "params": {"itemid": 55105, "value": "fail"}, "id": 1}',
      { "content-type": "application/json-rpc", authorization: "Bearer zk" },
    ],
  ]);
  await programs.settled();
  const { runs, alerts } = await runsAndAlerts(job);
  expect({ statuses: runs.map(({ status }) => status), alerts }).toEqual({
    statuses: ["failure", "success"],
    alerts: 1,
  });
  expect(runs[0]).toMatchObject({ startedAt: expect.any(String), finishedAt: expect.any(String) });
});

const LOG = [
  "Pinging Healthchecks start",
  "local: Creating archive",
  "Repository /mnt/missing.borg does not exist.",
  "Error running actions for repository",
  "Command 'borg create …' returned non-zero exit status 2.",
].join("\n");

test("the newest with everything on: the log is there once, and how each hook signs in is taken", async () => {
  const job = await programs.addJob();
  const rpc = (body: string, session?: string): Recorded => [
    "POST /in/TOKEN/zabbix/api_jsonrpc.php",
    body,
    { "content-type": "application/json-rpc", ...(session && { authorization: `Bearer ${session}` }) },
  ];
  const zabbix = (value: string): Recorded[] => [
    rpc('{"jsonrpc": "2.0", "method": "user.login", "params": {"username": "u", "password": "p"}, "id": 1}'),
    rpc(
      `{"jsonrpc": "2.0", "method": "history.push", "params": {"host": "borg-server", "key": "borg.status", "value": "${value}"}, "id": 1}`,
      "session-token-1",
    ),
    rpc('{"jsonrpc": "2.0", "method": "user.logout", "params": [], "id": 1}', "session-token-1"),
  ];
  const basic = { authorization: "Basic bXl1c2VyOnNlY3JldA==", ...JSON_TYPE };
  await send(job, [
    ["POST /ping/UUID/start"],
    [
      "POST /in/TOKEN/ntfy",
      '{"topic": "backups", "title": "Start \\u00e9\\ud83d\\ude00", "message": "Watch this", "priority": 1, "tags": ["borgmatic"]}',
      basic,
    ],
    ["POST /in/api/1/cron/mymonitor/TOKEN/?status=in_progress&environment=prod%20uction"],
    ...zabbix("STARTED"),
  ]);
  await programs.settled();
  programs.leap(5_000);
  const apprise = { ...JSON_TYPE, authorization: "Basic dTpw", "x-token": "abc", "user-agent": "Apprise" };
  await send(job, [
    ["POST /ping/UUID/log", LOG],
    [
      "POST /in/TOKEN/json",
      JSON.stringify({
        version: "1.0",
        title: "",
        message: `Here are the logs\n\n${LOG}`,
        attachments: [],
        type: "info",
      }),
      apprise,
    ],
    ["POST /ping/UUID/fail", `${LOG}\nPinging Healthchecks fail`],
    ["POST /in/api/1/cron/mymonitor/TOKEN/?status=error&environment=prod%20uction"],
    ...zabbix("FAILED"),
  ]);
  await programs.settled();
  const { runs, alerts } = await runsAndAlerts(job);
  expect({ statuses: runs.map(({ status }) => status), alerts }).toEqual({ statuses: ["failure"], alerts: 1 });
  const log = await programs.logOf(runs[0]?.id);
  expect(log.match(/missing\.borg does not exist/g)).toHaveLength(1);
});

test("Debian's 1.7.7 with ntfy by headers, and 1.9.0 with the session of Zabbix in its body", async () => {
  const job = await programs.addJob();
  const old = { "user-agent": "python-requests/2.28.1" };
  const ntfy = (state: string, priority: string): Recorded => [
    "POST /in/TOKEN/ntfy/backups",
    "",
    {
      ...old,
      "x-title": `A Borgmatic ${state} event happened`,
      "x-message": `A Borgmatic ${state} event happened`,
      "x-priority": priority,
      "x-tags": "borgmatic",
      authorization: "Basic OnRrX2FiYw==",
    },
  ];
  await send(job, [
    ["POST /ping/UUID/start", "", old],
    ["GET /in/TOKEN/cronitor/run", "", old],
    ["GET /in/TOKEN/cronhub/start/x", "", old],
    ntfy("START", "default"),
  ]);
  await programs.settled();
  programs.leap(5_000);
  await send(job, [
    ["POST /ping/UUID/fail", LOG, old],
    ["GET /in/TOKEN/cronitor/fail", "", old],
    ["GET /in/TOKEN/cronhub/fail/x", "", old],
    ntfy("FAIL", "max"),
    [
      "POST /in/TOKEN/zabbix/api_jsonrpc.php",
      '{"jsonrpc": "2.0", "method": "history.push", "params": {"itemid": 55105, "value": "fail"}, "id": 1, "auth": "session-token-1"}',
      { ...old, "content-type": "application/json-rpc" },
    ],
  ]);
  await programs.settled();
  const { runs, alerts } = await runsAndAlerts(job);
  expect({ statuses: runs.map(({ status }) => status), alerts }).toEqual({ statuses: ["failure"], alerts: 1 });
});
