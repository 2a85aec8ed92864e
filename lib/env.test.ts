import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { selfSigned } from "@/e2e/support/certificate";
import { EnvProblem, misspelledVariables, readEnv } from "./env";

function problemsOf(source: NodeJS.ProcessEnv): string[] {
  try {
    readEnv(source);
    return [];
  } catch (error) {
    if (error instanceof EnvProblem) return error.problems;
    throw error;
  }
}

const env = (values: Record<string, string>) => values as unknown as NodeJS.ProcessEnv;

test("nothing set: the defaults", () => {
  expect(readEnv(env({ PORT: "" }))).toEqual({
    isDevelopment: false,
    port: 3000,
    host: "::",
    dataDir: resolve("data"),
    databaseUrl: undefined,
    role: "all",
    baseUrl: undefined,
    trustedProxies: 0,
    secretKey: undefined,
    firstAdmin: undefined,
    egress: "any",
    proxies: {},
    authorities: [],
    secretReferences: { variables: {}, folders: [] },
    restoreRoots: [],
    borgmaticConfigs: ["/etc/borgmatic", "/etc/borgmatic.d"],
    ownFiles: [],
  });
});

test("fault E13: roots of restores are absolute folders, and files that variables name are known", () => {
  const folder = mkdtempSync(join(tmpdir(), "belfry-own-files-"));
  const key = join(folder, "key");
  writeFileSync(key, `${"k".repeat(40)}\n`);
  const set = { BELFRY_RESTORE_ROOTS: " /srv/a/, /srv/b/../c ", BELFRY_SECRET_KEY_FILE: key };
  expect(readEnv(env({ ...set, BELFRY_COMMANDS_FILE: "/etc/belfry/commands.json" }))).toMatchObject({
    restoreRoots: ["/srv/a", "/srv/c"],
    ownFiles: [
      { path: key, what: "the file that BELFRY_SECRET_KEY_FILE names" },
      { path: "/etc/belfry/commands.json", what: "the list of commands that BELFRY_COMMANDS_FILE names" },
    ],
  });
  rmSync(folder, { recursive: true });
  for (const roots of ["relative", "/srv,relative", "/", "/srv/.."])
    expect(() => readEnv(env({ BELFRY_RESTORE_ROOTS: roots }))).toThrow("must list absolute folders");
});

test("configurations of borgmatic are absolute files and folders", () => {
  const { borgmaticConfigs } = readEnv(env({ BELFRY_BORGMATIC_CONFIGS: " /srv/a/, /srv/b/../c.yaml " }));
  expect(borgmaticConfigs).toEqual(["/srv/a", "/srv/c.yaml"]);
  for (const entries of ["relative", "/srv,relative", "/"])
    expect(() => readEnv(env({ BELFRY_BORGMATIC_CONFIGS: entries }))).toThrow("must list absolute files or folders");
});

test("everything set", () => {
  const all = readEnv(
    env({
      PORT: "8080",
      HOST: "[::1]",
      BELFRY_DATA_DIR: "/var/lib/belfry",
      DATABASE_URL: "postgres://u:p@db:5433/belfry",
      BELFRY_ROLE: "worker",
      BELFRY_BASE_URL: "https://Backup.example/",
      BELFRY_TRUST_PROXY: "true",
      BELFRY_SECRET_KEY: "k".repeat(32),
      BELFRY_ADMIN_EMAIL: "root@example.com",
      BELFRY_ADMIN_PASSWORD: "long enough",
      BELFRY_EGRESS: "public",
      BELFRY_COMMANDS_FILE: "/etc/belfry/commands.json",
      BELFRY_SMTP_PORT: "2525",
      BELFRY_SMTP_HOST: "[::1]",
      BELFRY_SMTP_DOMAINS: "Belfry.example, mail.example",
    }),
  );
  expect(all.mail).toEqual({ port: 2525, host: "::1", domains: ["belfry.example", "mail.example"], pem: null });
  expect(all).toMatchObject({ port: 8080, host: "::1", role: "worker", baseUrl: "https://backup.example" });
  expect(all).toMatchObject({ commandsFile: "/etc/belfry/commands.json" });
  expect(readEnv(env({ BELFRY_TRUST_PROXY: "::1, 10.0.0.0/8" })).trustedProxies).toEqual(["::1/128", "10.0.0.0/8"]);
  expect(all).toMatchObject({ trustedProxies: 1, egress: "public", firstAdmin: { email: "root@example.com" } });
});

test.each([
  [{ PORT: "http" }, "PORT"],
  [{ PORT: "70000" }, "PORT"],
  [{ PORT: "-1" }, "PORT"],
  [{ HOST: "not a host" }, "HOST"],
  [{ DATABASE_URL: "mysql://localhost/x" }, "DATABASE_URL"],
  [{ DATABASE_URL: "belfry" }, "DATABASE_URL"],
  [{ BELFRY_ROLE: "leader" }, "BELFRY_ROLE"],
  [{ BELFRY_ROLE: "web" }, "PostgreSQL"],
  [{ BELFRY_BASE_URL: "backup.example" }, "BELFRY_BASE_URL"],
  [{ BELFRY_BASE_URL: "https://backup.example/belfry" }, "BELFRY_BASE_URL"],
  [{ BELFRY_TRUST_PROXY: "maybe" }, "BELFRY_TRUST_PROXY"],
  [{ BELFRY_TRUST_PROXY: "127.0.0.1,proxy.example" }, "BELFRY_TRUST_PROXY"],
  [{ BELFRY_TRUST_PROXY: "10.0.0.0/33" }, "BELFRY_TRUST_PROXY"],
  [{ BELFRY_SECRET_KEY: "short" }, "BELFRY_SECRET_KEY"],
  [{ BELFRY_ADMIN_EMAIL: "root", BELFRY_ADMIN_PASSWORD: "long enough" }, "BELFRY_ADMIN_EMAIL"],
  [{ BELFRY_ADMIN_EMAIL: "root@example.com" }, "belong together"],
  [{ BELFRY_ADMIN_EMAIL: "root@example.com", BELFRY_ADMIN_PASSWORD: "short" }, "BELFRY_ADMIN_PASSWORD"],
  [{ BELFRY_EGRESS: "none" }, "BELFRY_EGRESS"],
  [{ BELFRY_COMMANDS_FILE: "commands.json" }, "BELFRY_COMMANDS_FILE"],
  [{ BELFRY_HOOKS_FILE: "hooks.json" }, "BELFRY_HOOKS_FILE"],
  [{ HTTPS_PROXY: "socks5://proxy.example:1080" }, "HTTPS_PROXY"],
  [{ http_proxy: "http://me:p@ss:word@:x" }, "HTTP_PROXY"],
  [{ BELFRY_CA_FILE: "ca.pem" }, "BELFRY_CA_FILE"],
  [{ BELFRY_SMTP_PORT: "smtp" }, "BELFRY_SMTP_PORT"],
  [{ BELFRY_SMTP_PORT: "25", BELFRY_SMTP_DOMAINS: "a b" }, "BELFRY_SMTP_DOMAINS"],
  [{ BELFRY_SMTP_PORT: "25", BELFRY_SMTP_CERTIFICATE: "smtp.pem" }, "BELFRY_SMTP_CERTIFICATE"],
  [{ BELFRY_SMTP_PORT: "25", BELFRY_SMTP_CERTIFICATE: "/nowhere/smtp.pem" }, "BELFRY_SMTP_CERTIFICATE"],
  [{ BELFRY_SECRET_REFERENCES: "SMTP_PASSWORD,BELFRY_SECRET_KEY" }, "BELFRY_SECRET_REFERENCES"],
  [{ BELFRY_SECRET_REFERENCES: "database_url" }, "BELFRY_SECRET_REFERENCES"],
  [{ BELFRY_SECRET_REFERENCES: "*" }, "BELFRY_SECRET_REFERENCES"],
  [{ BELFRY_SECRET_REFERENCES: "/" }, "BELFRY_SECRET_REFERENCES"],
  [{ BELFRY_SECRET_REFERENCES: "run/secrets" }, "BELFRY_SECRET_REFERENCES"],
])("%j is refused in one sentence that names it", (values, name) => {
  const problems = problemsOf(env(values));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
  expect(problems[0]).not.toMatch(/\n|invalid input/i);
});

test("each wrong value has a sentence of its own", () => {
  expect(problemsOf(env({ PORT: "x", BELFRY_ROLE: "x", BELFRY_EGRESS: "x" }))).toHaveLength(3);
});

test("pain 45: proxies by the variables that other programs read, lower case first", () => {
  const proxies = {
    HTTPS_PROXY: "http://upper:1",
    https_proxy: "http://lower:2",
    HTTP_PROXY: "proxy.example:3",
    no_proxy: "a",
  };
  expect(readEnv(env(proxies)).proxies).toEqual({
    httpsProxy: "http://lower:2",
    httpProxy: "proxy.example:3",
    noProxy: "a",
  });
});

describe("values from files", () => {
  let folder = "";
  const file = (name: string, content: string) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "belfry-env-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ["as it is", "k".repeat(32)],
    ["with a line's end", `${"k".repeat(32)}\n`],
    ["with that of Windows, and a byte order mark", `\uFEFF${"k".repeat(32)}\r\n`],
  ])("NAME_FILE: the content counts, %s", (_, content) => {
    expect(readEnv(env({ BELFRY_SECRET_KEY_FILE: file("key", content) })).secretKey).toBe("k".repeat(32));
  });

  test("every variable has one, proxies too; an empty one counts as unset", () => {
    const values = {
      PORT_FILE: file("port", "8123\n"),
      DATABASE_URL_FILE: file("url", "postgres://u:p@db/belfry\n"),
      BELFRY_ADMIN_EMAIL_FILE: file("email", "root@example.com"),
      BELFRY_ADMIN_PASSWORD_FILE: file("password", " with spaces \n"),
      BELFRY_COMMANDS_FILE_FILE: file("commands", "/etc/belfry/commands.json"),
      HTTPS_PROXY_FILE: file("proxy", "http://u:p@proxy.example:3128"),
      BELFRY_BASE_URL_FILE: "",
    };
    expect(readEnv(env(values))).toMatchObject({
      port: 8123,
      databaseUrl: "postgres://u:p@db/belfry",
      firstAdmin: { email: "root@example.com", password: " with spaces " },
      commandsFile: "/etc/belfry/commands.json",
      proxies: { httpsProxy: "http://u:p@proxy.example:3128" },
      baseUrl: undefined,
    });
  });

  test.each([
    [
      "both are set",
      () => ({ BELFRY_SECRET_KEY: "k".repeat(32), BELFRY_SECRET_KEY_FILE: file("key", "k".repeat(32)) }),
      /both set: leave one/,
    ],
    ["there is none", () => ({ BELFRY_SECRET_KEY_FILE: join(folder, "nowhere") }), /cannot be read: there is no \//],
    ["it is empty", () => ({ BELFRY_SECRET_KEY_FILE: file("empty", " \n") }), /is empty: \//],
    ["it is a folder", () => ({ BELFRY_SECRET_KEY_FILE: folder }), /must name a file/],
    ["it never ends", () => ({ BELFRY_SECRET_KEY_FILE: "/dev/zero" }), /must name a file/],
    ["it is far too large", () => ({ BELFRY_SECRET_KEY_FILE: file("large", "k".repeat(100_000)) }), /too large/],
  ])("NAME_FILE is refused when %s", (_, values, problem) => {
    const problems = problemsOf(env(values() as Record<string, string>));
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems[0]).not.toContain("kkkk");
  });

  test("a wrong value from a file is refused without showing it", () => {
    const problems = problemsOf(env({ BELFRY_SECRET_KEY_FILE: file("short", "sh0rt") }));
    expect(problems).toEqual([expect.stringContaining("BELFRY_SECRET_KEY must have at least 32")]);
  });

  test("BELFRY_SMTP_CERTIFICATE holds a certificate with its own key", () => {
    const [one, two] = [selfSigned(), selfSigned()];
    const set = (text: string) => env({ BELFRY_SMTP_PORT: "25", BELFRY_SMTP_CERTIFICATE: file("smtp.pem", text) });
    expect(readEnv(set(one.key + one.cert)).mail).toMatchObject({ host: "::", domains: [], pem: one.key + one.cert });
    expect(problemsOf(set(two.key + one.cert))).toEqual([expect.stringContaining("is not that of its first")]);
    expect(problemsOf(set(one.cert))).toEqual([expect.stringContaining("must hold a certificate and its key")]);
  });

  test("pain 46: BELFRY_CA_FILE holds one certificate or several; anything else ends the start", () => {
    const [one, two] = [selfSigned().cert, selfSigned().cert];
    const path = file("ca.pem", `# ours\n${one}\n${two}`);
    expect(readEnv(env({ BELFRY_CA_FILE: path }))).toMatchObject({
      caFile: path,
      authorities: [one.trim(), two.trim()],
    });
    expect(problemsOf(env({ BELFRY_CA_FILE: file("no.pem", "nothing") }))).toEqual([
      expect.stringMatching(/no certificate/),
    ]);
    const broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    expect(problemsOf(env({ BELFRY_CA_FILE: file("broken.pem", `${one}${broken}`) }))).toEqual([
      expect.stringMatching(/Certificate 2 .* cannot be read/),
    ]);
    // Node warns about its own variable, and goes on.
    expect(readEnv(env({ NODE_EXTRA_CA_CERTS: join(folder, "nowhere") })).authorities).toEqual([]);
    expect(readEnv(env({ NODE_EXTRA_CA_CERTS: path })).authorities).toHaveLength(2);
  });
});

test("BELFRY_SECRET_REFERENCES: only what is listed, and never Belfry's own", () => {
  const source = {
    BELFRY_SECRET_REFERENCES: "SMTP_PASSWORD, BACKUP_*,B*, /run/secrets/ ,/etc/belfry/keys",
    SMTP_PASSWORD: "one",
    BACKUP_KEY: "two",
    BELFRY_SECRET_KEY: "k".repeat(32),
    OTHER: "three",
  };
  expect(readEnv(env(source)).secretReferences).toEqual({
    variables: { SMTP_PASSWORD: "one", BACKUP_KEY: "two" },
    folders: ["/run/secrets", "/etc/belfry/keys"],
  });
});

test("fault E12: BELFRY_SECRET_REFERENCES ties what it lists to servers; the closest entry counts", () => {
  const source = {
    BELFRY_SECRET_REFERENCES:
      "SMTP_PASSWORD@Smtp.example.org:587,HOOK_*@*.chat.example,HOOK_ANY,TWO@a.example,TWO@[fd12::1],FREE,FREE@a.example,/run/secrets,/run/secrets/db@db1,/etc/keys@home/",
    SMTP_PASSWORD: "1",
    HOOK_A: "2",
    HOOK_ANY: "3",
    TWO: "4",
    FREE: "5",
  };
  expect(readEnv(env(source)).secretReferences).toEqual({
    variables: { SMTP_PASSWORD: "1", HOOK_A: "2", HOOK_ANY: "3", TWO: "4", FREE: "5" },
    folders: ["/run/secrets", "/run/secrets/db", "/etc/keys@home"],
    onlyTo: {
      SMTP_PASSWORD: ["smtp.example.org:587"],
      HOOK_A: ["*.chat.example"],
      TWO: ["a.example", "[fd12::1]"],
      "/run/secrets/db": ["db1"],
    },
  });
  for (const bad of [
    "TOKEN@",
    "TOKEN@a/b",
    "TOKEN@https://a.example",
    "@a.example",
    "/@a.example",
    "BELFRY_X@a.example",
  ])
    expect(problemsOf(env({ BELFRY_SECRET_REFERENCES: bad })), bad).toHaveLength(1);
});

test.each(["%", "100%!", "a#b", "a@b", "a@s/s", "a/b", "a?b", "a[b]", "a b"])(
  "fault D6: the password %j as it is in DATABASE_URL is refused with how to write it, and without it",
  (password) => {
    const [problem, ...others] = problemsOf(env({ DATABASE_URL: `postgres://belfry:x7${password}y9@db:5433/belfry` }));
    expect(others).toEqual([]);
    expect(problem).toContain("encode % as %25, # as %23, @ as %40");
    expect(problem).not.toMatch(/x7|y9/);
  },
);

test.each(["a%25b", "a%23b%40", "a:b", "p!$&'()*+,;=~"])("fault D6: the password %j is taken", (password) => {
  const url = `postgres://belfry:${password}@db:5433/belfry`;
  expect(readEnv(env({ DATABASE_URL: url })).databaseUrl).toBe(url);
});

test("fault B23: a misspelled variable is named with the one that was probably meant, and foreign ones are left alone", () => {
  const source = {
    BELFRY_TRUST_PROXI: "1",
    BELFRY_BASEURL: "https://a.example",
    BELFRY_BASE_URL: "https://a.example",
    BELFRY_SECRET_KEY_FILE: "/run/secrets/key",
    BELFRY_PORT: "tcp://10.0.0.1:3000",
    BELFRY_SERVICE_HOST: "10.0.0.1",
    TRUST_PROXI: "1",
  };
  expect(misspelledVariables(source as unknown as NodeJS.ProcessEnv)).toEqual([
    { name: "BELFRY_TRUST_PROXI", meant: "BELFRY_TRUST_PROXY" },
    { name: "BELFRY_BASEURL", meant: "BELFRY_BASE_URL" },
  ]);
});
