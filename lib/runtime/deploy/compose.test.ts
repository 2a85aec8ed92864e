import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readEnv } from "@/lib/env";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const read = (name: string) => readFileSync(path.join(ROOT, name), "utf8");

interface Service {
  [key: string]: unknown;
  build: { context: string; secrets?: string[] };
  environment: Record<string, string>;
  secrets: string[];
  healthcheck: { test: string[] };
}
const file = parse(read("compose.yaml")) as {
  name: string;
  services: { belfry: Service };
  secrets: Record<string, { file: string }>;
};
const { belfry } = file.services;

test("fault E15: compose.yaml is one service with the build's secret, and values are of the kinds that Compose takes", () => {
  expect(Object.keys(file)).toEqual(["name", "services", "volumes", "secrets"]);
  expect(Object.keys(file.services)).toEqual(["belfry"]);
  expect(belfry.build).toEqual({ context: ".", secrets: Object.keys(file.secrets) });
  for (const words of [...Object.values(belfry.environment), ...belfry.healthcheck.test])
    expect(words).toBeTypeOf("string");
});

test("fault E15: it publishes to this machine alone, and gives the process no privileges and nothing to write but its data", () => {
  expect(belfry).toMatchObject({
    ports: ["127.0.0.1:3000:3000"],
    user: "10001:10001",
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    volumes: ["data:/data"],
  });
  expect(belfry).not.toHaveProperty("privileged");
  expect(belfry).not.toHaveProperty("cap_add");
  const container = read("Dockerfile");
  expect(container).toContain("useradd --uid 10001");
  expect(container).toContain("VOLUME /data");
  expect(container).toContain("USER belfry");
});

test("fault E15: its secrets are files, outside what git and Docker take from the checkout", () => {
  expect(belfry.environment.BELFRY_SECRET_KEY_FILE).toBe("/run/secrets/belfry_secret_key");
  expect(belfry.secrets).toEqual(["belfry_secret_key"]);
  expect(file.secrets.belfry_secret_key).toEqual({ file: "./secrets/belfry_secret_key" });
  expect(Object.keys(belfry.environment).filter((name) => /KEY|PASSWORD|SECRET|DATABASE/.test(name))).toEqual([
    "BELFRY_SECRET_KEY_FILE",
  ]);
});

test("its variables exist, and without any set outside it is a Belfry without a proxy", () => {
  const values = Object.entries(belfry.environment).map(([name, value]) => [
    name,
    value.replace(/\$\{\w+:-(.*?)\}/, "$1"),
  ]);
  const { BELFRY_SECRET_KEY_FILE: _, ...given } = Object.fromEntries(values) as Record<string, string>;
  expect(readEnv(given as unknown as NodeJS.ProcessEnv)).toMatchObject({ trustedProxies: 0, baseUrl: undefined });
  for (const name of Object.keys(belfry.environment)) {
    expect(read("docs/configuration.md")).toContain(`\`${name.replace(/_FILE$/, "")}\``);
  }
});

test("its check of health is the container's own", () => {
  const [, quoted = ""] = /HEALTHCHECK[^[]+(\[.+\])/.exec(read("Dockerfile")) ?? [];
  const ofContainer = (JSON.parse(quoted) as string[]).join(" ").replace("`", '"').replace("`", '"');
  expect(belfry.healthcheck.test).toEqual(["CMD", "node", "-e", belfry.healthcheck.test[3]]);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the container's own words
  expect(belfry.healthcheck.test.slice(1).join(" ")).toBe(ofContainer.replace("${process.env.PORT}", "3000"));
});
