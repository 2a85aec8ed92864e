import { resolve } from "node:path";
import { expect, test } from "vitest";
import { EnvProblem, readEnv } from "./env";

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
  });
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
    }),
  );
  expect(all).toMatchObject({ port: 8080, host: "::1", role: "worker", baseUrl: "https://backup.example" });
  expect(all).toMatchObject({ commandsFile: "/etc/belfry/commands.json" });
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
  [{ BELFRY_SECRET_KEY: "short" }, "BELFRY_SECRET_KEY"],
  [{ BELFRY_ADMIN_EMAIL: "root", BELFRY_ADMIN_PASSWORD: "long enough" }, "BELFRY_ADMIN_EMAIL"],
  [{ BELFRY_ADMIN_EMAIL: "root@example.com" }, "belong together"],
  [{ BELFRY_ADMIN_EMAIL: "root@example.com", BELFRY_ADMIN_PASSWORD: "short" }, "BELFRY_ADMIN_PASSWORD"],
  [{ BELFRY_EGRESS: "none" }, "BELFRY_EGRESS"],
  [{ BELFRY_COMMANDS_FILE: "commands.json" }, "BELFRY_COMMANDS_FILE"],
])("%j is refused in one sentence that names it", (values, name) => {
  const problems = problemsOf(env(values));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(name);
  expect(problems[0]).not.toMatch(/\n|invalid input/i);
});

test("each wrong value has a sentence of its own", () => {
  expect(problemsOf(env({ PORT: "x", BELFRY_ROLE: "x", BELFRY_EGRESS: "x" }))).toHaveLength(3);
});
