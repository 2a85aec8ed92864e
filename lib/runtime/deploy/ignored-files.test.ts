import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "../../..");

/** Secrets and data, in the places where the program, the documentation or habit puts them in a checkout. */
const PRIVATE = [
  ...["data", "demo"].flatMap((folder) =>
    [
      "secret.key",
      "action-key",
      "belfry.db",
      "belfry.db-wal",
      "belfry.db-shm",
      "server.json",
      "crash.json",
      "restores/shop/orders.csv",
      "work/run/dump",
    ].map((name) => `${folder}/${name}`),
  ),
  "secrets/belfry_secret_key",
  "secrets/smtp",
  "belfry_secret_key",
  "secret.key",
  "secret-key",
  "belfry.key",
  "tls/client.pem",
  "lib/belfry.key",
  "public/server.pem",
  "id_ed25519",
  ".env",
  ".env.local",
  "app/.env.production",
  "copy.db",
  "lib/copy.db",
  "configuration.belfry",
  "app/configuration.belfry",
  "shop.dump",
  "backups/shop.tar.zst",
  "belfry.log",
];

/** Made again at will, and large. */
const GENERATED = [
  "node_modules/next/package.json",
  ".next/BUILD_ID",
  "dist/server.mjs",
  ".preparing",
  "next-env.d.ts",
  "tsconfig.tsbuildinfo",
  "e2e/artifacts/report.json",
  "coverage/index.html",
];

test.each([...PRIVATE, ...GENERATED])("fault E15: git and Docker ignore %s", (file) => {
  expect(spawnSync("git", ["check-ignore", "--quiet", "--no-index", file], { cwd: ROOT }).status).toBe(0);
  expect(isSentToDocker(file)).toBe(false);
});

test("no file of the repository is one that git ignores", () => {
  const ignored = execFileSync("git", ["ls-files", "--cached", "--ignored", "--exclude-standard"], { cwd: ROOT });
  expect(ignored.toString()).toBe("");
});

test("Docker gets every source that the build reads, and no other folder", async () => {
  const { FILES, FOLDERS } = (await import("../prepare/fingerprint.mjs" as string)) as Record<string, string[]>;
  const sent = readdirSync(ROOT).filter(isSentToDocker).sort();
  expect(sent).toEqual([...(FILES ?? []), ...(FOLDERS ?? []), "drizzle"].sort());
  expect(isSentToDocker("lib/runtime/start.ts")).toBe(true);
});

/**
 * Whether a file is a part of the build's context: the last pattern that matches the path, or a folder above it, decides.
 * Patterns begin at the checkout. See https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
function isSentToDocker(file: string): boolean {
  const parts = file.split("/");
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  const lines = readFileSync(path.join(ROOT, ".dockerignore"), "utf8").split("\n");
  return lines
    .filter((line) => line.trim() && !line.startsWith("#"))
    .reduce((isSent, line) => {
      const pattern = asExpression(line.replace(/^!/, ""));
      return paths.some((each) => pattern.test(each)) ? line.startsWith("!") : isSent;
    }, true);
}

/** `*` and `?` stay within a name, `**` and a slash are any number of folders. */
function asExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("**/", "\0")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]")
    .replaceAll("\0", "(?:.*/)?");
  return new RegExp(`^${source}$`);
}
