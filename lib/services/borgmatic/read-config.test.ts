import { expect, test } from "vitest";
import { readConfig } from "./read-config";

/** As borgmatic 2.1 documents it, with every monitoring hook on. */
const FLAT = `
constants:
    topic: backups
repositories:
    - path: ssh://borg@backup.example/./web.borg
      label: offsite
source_directories: [/etc, /srv]
keep_daily: 7
checks:
    - name: repository
encryption_passcommand: cat /root/pass
commands:
    - before: action
      when: [create]
      run: [echo hi]
postgresql_databases:
    - name: users
apprise:
    services:
        - url: gotify://gotify.example/Aqs8ToKeN12345x
          label: gotify
        - url: mastodon://user:token@social.example
          label: mastodon
    send_logs: true
    logs_size_limit: 0
    start: { title: Ping!, body: Starting backup process. }
    fail: { title: Oh no, body: Your backups have failed. }
    states: [start, fail, log]
ntfy:
    topic: "{topic}"
    server: https://ntfy.example
    username: myuser
    password: secret
    fail:
        title: Failed
        message: "{{job}} failed"
        priority: max
        tags: borgmatic,-1,skull
    start: { title: unused }
    states: [finish, fail]
healthchecks:
    ping_url: https://hc.example/ping/key/web
    create_slug: true
    verify_tls: false
    ping_body_limit: 0
uptime_kuma:
    push_url: https://kuma.example/api/push/abcd1234
    states: [finish, fail]
watchgoose: { ping_url: 0f9a7c31-94a6-4a7e-9d6d-6d2f3b1c7e55 }
cronitor: { ping_url: "https://cronitor.link/d3x0c1" }
pagerduty: { integration_key: a177cad45bd374409f78906a810a3074, send_logs: true }
pushover:
    token: 7ms6TXHpTokTou2P6x4SodDeentHRa
    user: hwRwoWsXMBWwgrSecfa9EfPey55WSN
    fail: { message: Backup failed, title: Failed, priority: 2, expire: 1200, retry: 10, device: pixel8, html: true, sound: siren, ttl: 60 }
zabbix: { server: "https://zabbix.example/api_jsonrpc.php", api_key: zk, itemid: 55105, fail: { value: ERROR } }
loki:
    url: http://loki:pw@loki.example:3100/loki/api/v1/push
    labels: { app: borgmatic, config: __config, hostname: __hostname }
sentry:
    data_source_name_url: https://5f80ec@o294220.ingest.us.sentry.io/203069
    monitor_slug: mymonitor
    environment: production
    unheard_of: true
`;

const byKey = (text: string) => new Map(readConfig(text).lines.map((line) => [line.key, line]));
const hookOf = (text: string, provider: string) => readConfig(text).hooks.find((hook) => hook.provider === provider);

test("each monitoring hook of a flat file becomes a channel with its rule", () => {
  const { syntax, hooks } = readConfig(FLAT);
  expect(syntax).toBe("flat");
  const monitor = (...states: string[]) => ({ condition: "custom", states });
  const all = monitor("start", "success", "warning", "failure");
  const texts = (outcomes: object) => ({ outcomes });
  const goneBad = ["start", "warning", "failure", "missed"];
  const appriseTexts = texts({
    info: { title: "Ping!", message: "Starting backup process." },
    failure: { title: "Oh no", message: "Your backups have failed." },
  });
  expect(hooks).toMatchObject([
    {
      key: "apprise.services[0]",
      provider: "gotify",
      name: "gotify",
      rule: { condition: "custom", states: goneBad, includeLog: true, logLimit: 500_000, ...appriseTexts },
    },
    { key: "apprise.services[1]", provider: "apprise", name: "mastodon" },
    {
      provider: "ntfy",
      config: { topic: "backups", serverUrl: "https://ntfy.example", user: "myuser", password: "secret" },
      rule: {
        condition: "always",
        outcomes: { failure: { title: "Failed", priority: "urgent", tags: ["borgmatic", "-1", "skull"] } },
      },
    },
    {
      provider: "healthchecks",
      config: { pingUrl: "https://hc.example/ping/key/web?create=1" },
      rule: { ...all, includeLog: false, logLimit: 500_000 },
    },
    { provider: "uptime-kuma", rule: monitor("success", "warning", "failure") },
    { provider: "watchgoose", config: { pingUrl: "0f9a7c31-94a6-4a7e-9d6d-6d2f3b1c7e55" }, rule: all },
    { provider: "cronitor", config: { pingUrl: "https://cronitor.link/d3x0c1" }, rule: all },
    { provider: "pagerduty", rule: { condition: "failure", includeLog: true } },
    {
      provider: "pushover",
      config: { device: "pixel8", expire: 1200, retry: 30 },
      rule: {
        condition: "failure",
        outcomes: { failure: { title: "Failed", message: "Backup failed", priority: "urgent", sound: "siren" } },
      },
    },
    {
      provider: "zabbix",
      config: {
        url: "https://zabbix.example/api_jsonrpc.php",
        apiKey: "zk",
        itemId: "55105",
        values: { failure: "ERROR" },
      },
      rule: monitor("failure"),
    },
    {
      provider: "loki",
      config: {
        url: "http://loki.example:3100/loki/api/v1/push",
        user: "loki",
        password: "pw",
        labels: { app: "borgmatic", config: "__job", hostname: "__job" },
      },
      rule: all,
    },
    {
      provider: "sentry",
      config: {
        pingUrl: "https://o294220.ingest.us.sentry.io/api/203069/cron/mymonitor/5f80ec/",
        environment: "production",
      },
      rule: all,
    },
  ]);
});

test("every key of the file is named, with its result, and no value of it", () => {
  const lines = byKey(FLAT);
  const taken = (key: string) => lines.get(key)?.isTaken;
  expect(taken("constants")).toBe(true);
  expect(taken("ntfy.topic")).toBe(true);
  expect(taken("ntfy.fail.tags")).toBe(true);
  expect(lines.get("ntfy.start")).toMatchObject({ isTaken: false, text: "The hook is not sent in this state." });
  expect(lines.get("ntfy.fail.message")?.text).toContain("{{");
  expect(lines.get("healthchecks.verify_tls")).toMatchObject({ isTaken: false });
  expect(lines.get("pushover.fail.html")?.text).toBe("Belfry sets it itself.");
  expect(lines.get("sentry.unheard_of")?.text).toBe("Belfry does not know it.");
  expect(lines.get("keep_daily")?.text).toContain("which archives are kept");
  expect(lines.get("repositories")?.text).toContain("what is backed up");
  expect(lines.get("commands")?.text).toContain("keeps running");
  expect(lines.get("postgresql_databases")?.isTaken).toBe(false);
  expect(lines.get("encryption_passcommand")?.text).toContain("stays on its machine");
  const all = JSON.stringify([...lines]);
  for (const secret of ["myuser", "zk", "Aqs8", "a177cad", "hwRwo", "loki:pw", "abcd1234"])
    expect(all).not.toContain(secret);
});

test("older files: sections, an address in place of a mapping, and the log that went along by default", () => {
  const text = `
location: { source_directories: [/home], repositories: [a.borg] }
storage: { compression: lz4 }
retention: { keep_daily: 7 }
consistency: { checks: [repository] }
hooks:
    before_backup: [echo]
    healthchecks: https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278
    cronhub: { ping_url: "https://cronhub.io/start/1f5e3410-254c-5587" }
    pagerduty: a177cad45bd374409f78906a810a3074
    ntfy: { topic: old }
`;
  const { syntax, hooks, lines } = readConfig(text);
  expect(syntax).toBe("sections");
  expect(hooks).toMatchObject([
    { key: "hooks.healthchecks", provider: "healthchecks", rule: { includeLog: true } },
    { key: "hooks.cronhub", provider: "cronhub" },
    { key: "hooks.pagerduty", provider: "pagerduty", rule: { condition: "failure" } },
    { key: "hooks.ntfy", provider: "ntfy", rule: { condition: "failure" } },
  ]);
  expect(lines.map(({ key }) => key)).toEqual([
    "location.source_directories",
    "location.repositories",
    "storage.compression",
    "retention.keep_daily",
    "consistency.checks",
    "hooks.before_backup",
    "hooks.healthchecks.ping_url",
    "hooks.cronhub.ping_url",
    "hooks.pagerduty.integration_key",
    "hooks.ntfy.topic",
  ]);
});

test.each([
  ["password: '{credential systemd ntfy}'", "kept elsewhere: enter it by hand"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: borgmatic's own syntax
  ['password: "${NTFY_PASSWORD}"', "environment variable"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: borgmatic's own syntax
  ['password: "${NTFY_PASSWORD:-fallback}"', "environment variable"],
  ["password: '{file:/etc/shadow}'", "kept elsewhere"],
  ["password: '{env:SECRET}'", "kept elsewhere"],
  ["password: !include secret.yaml", "in another file"],
  ["password: [a]", "a list or a mapping"],
  ["states: [log]", "no start, finish or fail"],
  ["states: fail", "cannot be read"],
])("a hook with %s is left out with the reason", (line, reason) => {
  const text = `repositories: []\nntfy:\n    topic: backups\n    ${line}`;
  expect(hookOf(text, "ntfy")).toBe(undefined);
  expect(byKey(text).get("ntfy")).toMatchObject({ isTaken: false, text: expect.stringContaining(reason) });
});

test.each([
  ["ntfy:", "ntfy", "It is empty."],
  ["ntfy: 3", "ntfy", "no mapping"],
  ["ntfy: {server: x}", "ntfy", "no topic"],
  ["ntfy: !include ntfy.yaml", "ntfy", "another file"],
  ["<<: !include common.yaml", "<<", "Another file"],
  ["ntfy: {<<: !include common.yaml, server: x}", "ntfy", "no topic"],
  ["apprise: {services: []}", "apprise", "names no services"],
  ["apprise: {services: [x]}", "apprise.services[0]", "no mapping"],
  ["sentry: {data_source_name_url: x, monitor_slug: y}", "sentry", "not of the form"],
])("%s is named with the reason", (line, key, reason) => {
  const { hooks, lines } = readConfig(`repositories: []\n${line}`);
  expect(hooks).toEqual([]);
  expect(lines.find((one) => one.key === key)).toMatchObject({ isTaken: false, text: expect.stringContaining(reason) });
});

test.each(["[]", "3", "# nothing", "a: 1", "repositories", "services: {web: {image: nginx}}"])(
  "%s is no configuration of borgmatic",
  (text) => {
    expect(() => readConfig(text)).toThrow(
      expect.objectContaining({ code: "invalid", message: expect.stringContaining("no configuration of borgmatic") }),
    );
  },
);

test("keys of a hook that are empty or included are named", () => {
  const { hooks, lines } = readConfig(
    "repositories: []\nntfy:\n    <<: !include common.yaml\n    topic: a\n    start:\n    odd: 1",
  );
  expect(hooks).toHaveLength(1);
  expect(lines.slice(1)).toMatchObject([
    { key: "ntfy.topic", isTaken: true },
    { key: "ntfy.<<", text: expect.stringContaining("Another file") },
    { key: "ntfy.start", text: "It is empty." },
    { key: "ntfy.odd", text: "Belfry does not know it." },
  ]);
});

test("a key in a section and at the top counts once", () => {
  const { hooks, lines } = readConfig("hooks: {ntfy: {topic: one}}\nntfy: {topic: two}");
  expect(hooks.map(({ config }) => config.topic)).toEqual(["one"]);
  expect(lines.at(-1)).toMatchObject({ key: "ntfy", isTaken: false, text: "It is there twice, and counts once." });
});
