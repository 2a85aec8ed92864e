import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Api, apiOf, type ErrorBody, type List } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram, until } from "./support/child";
import { type DiscordServer, startDiscordServer } from "./support/discord-server";
import { type SmtpServer, startSmtpServer } from "./support/smtp-misbehaving";
import { startWebhookServer, type WebhookServer } from "./support/webhook-server";

/** Signs that mean something to Discord, to HTML and to JSON. */
const NAME = 'shop "north" *bold* <b>&</b>';

let folder = "";
let belfry: Belfry;
let api: Api;
let discord: DiscordServer;
let smtp: SmtpServer;
let hook: WebhookServer;
const ids = { discord: "", email: "", webhook: "", source: "", destination: "" };

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-rows-"));
  mkdirSync(path.join(folder, "files"));
  mkdirSync(path.join(folder, "backups"));
  writeFileSync(path.join(folder, "files", "bell.txt"), "Große Glocke");
  prepareBelfry();
  [discord, smtp, hook] = await Promise.all([
    startDiscordServer(),
    startSmtpServer({ security: "none" }),
    startWebhookServer(),
  ]);
  const dataDir = path.join(folder, "data");
  belfry = await startBelfry({ dataDir, env: { BELFRY_BASE_URL: "https://belfry.example.org" } });
  const said = runProgram(
    process.execPath,
    ["dist/cli.mjs", "api-key", "create", "--name", "rows", "--role", "admin", "--json"],
    { env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir } },
  );
  api = apiOf(belfry.url, (JSON.parse(said) as { key: string }).key);
  const made = async (where: string, body: object) => (await api.post<{ id: string }>(where, body)).id;
  ids.discord = await made("/channels", {
    name: "Chat",
    provider: "discord",
    config: { webhookUrl: discord.webhookUrl() },
  });
  ids.email = await made("/channels", {
    name: "Post",
    provider: "email",
    config: {
      host: "127.0.0.1",
      port: smtp.port,
      security: "none",
      from: "belfry@example.org",
      to: ["ops@example.org"],
    },
  });
  ids.webhook = await made("/channels", { name: "Hook", provider: "webhook", config: { url: hook.url } });
  ids.source = await made("/sources", {
    name: "files",
    kind: "directory",
    config: { path: path.join(folder, "files") },
  });
  ids.destination = await made("/destinations", {
    name: "disk",
    kind: "local",
    createFolder: true,
    config: { path: path.join(folder, "backups") },
  });
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  await Promise.all([discord?.close(), smtp?.close(), hook?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function jobWith(name: string, notifications: object[]) {
  return {
    name,
    kind: "managed",
    sourceId: ids.source,
    destinationIds: [ids.destination],
    schedule: null,
    enabled: true,
    compression: "none",
    retention: { keepLast: 3 },
    notifications,
  };
}

interface Run {
  id: string;
  status: string;
}

async function runOnce(jobId: string): Promise<Run> {
  const { runId } = await api.post<{ runId: string }>(`/jobs/${jobId}/run`);
  let run: Run = { id: runId, status: "queued" };
  await until("the run is over", async () => {
    run = await api.get<Run>(`/runs/${runId}`);
    return !["queued", "running"].includes(run.status);
  });
  return run;
}

describe("a row's own texts", () => {
  test("unknown names, sections and open braces are refused when saving, beside their field", async () => {
    const refused = async (row: object) =>
      api.call<ErrorBody>("POST", "/jobs", jobWith("refused", [{ channelId: ids.webhook, ...row }]));
    for (const [row, field, words] of [
      [{ title: "{{job.nme}}" }, "notifications[0].title", "There is no {{job.nme}}."],
      [{ message: "ok\n{{jobname}}" }, "notifications[0].message", "There is no {{jobname}}."],
      [{ message: "{{#error}}x{{/error}}" }, "notifications[0].message", "Sections"],
      [{ title: "{{job.name" }, "notifications[0].title", "not closed"],
    ] as const) {
      const { status, body } = await refused(row);
      expect([status, Object.keys(body.error.fields ?? {})]).toEqual([400, [field]]);
      expect(body.error.fields?.[field]).toContain(words);
    }
    expect((await api.get<List<unknown>>("/jobs")).items).toEqual([]);
  });

  test("pain 33: are filled and escaped by each service's own rules; the log comes along up to its limit", async () => {
    const text = {
      title: "{{job.name}}: {{run.status}}",
      message: "At {{destination.names}}, attempt {{attempt.count}}, see {{link}}",
    };
    const rows = [ids.discord, ids.email, ids.webhook].map((channelId) => ({
      channelId,
      condition: "always",
      ...text,
      includeLog: true,
      logLimit: 150,
      priority: "high",
      tags: ["nightly"],
    }));
    const job = await api.post<{ id: string }>("/jobs", jobWith(NAME, rows));
    const run = await runOnce(job.id);
    expect(run).toMatchObject({ status: "success", error: null });
    await until("all three are notified", () => discord.messages.length + smtp.mails.length + hook.taken.length === 3);

    const link = `https://belfry.example.org/runs/${run.id}`;
    const said = `At disk, attempt 1, see ${link}`;
    const body = JSON.parse(hook.taken[0]?.text ?? "{}") as Record<string, unknown>;
    expect(body).toMatchObject({ title: `${NAME}: success`, message: said, priority: "high", tags: ["nightly"] });
    expect(Buffer.byteLength(String(body.log))).toBeLessThanOrEqual(150);
    expect(body.log).toMatch(/ cut …/);

    const embed = discord.messages[0]?.embeds[0];
    expect(embed?.title).toBe('shop "north" \\*bold\\* \\<b\\>&\\</b\\>: success');
    expect(embed?.description).toContain(said);
    expect(embed?.description).toMatch(/```\n[^`]* cut …[^`]*\n```/);

    const mail = smtp.mails[0];
    expect(mail?.parsed.subject).toBe(`${NAME}: success`);
    expect(mail?.parsed.text).toContain(said);
    expect(mail?.parsed.text).toMatch(/Log\n[\s\S]* cut …/);
    expect(String(mail?.parsed.html)).toContain("shop &quot;north&quot; *bold* &lt;b&gt;&amp;&lt;/b&gt;: success");
    expect(String(mail?.parsed.html)).not.toContain("<b>&</b>");
  });
});
