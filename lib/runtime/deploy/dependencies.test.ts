import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROLES } from "@/lib/core/role";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const read = (name: string) => readFileSync(path.join(ROOT, name), "utf8");

interface Locked {
  version: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
  name?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
}
interface Lock {
  packages: Record<string, Locked>;
}

/** The lock of the program, and the one of the Node that the tests fetch. */
const LOCKS = ["package-lock.json", "lib/runtime/testing/node-24/package-lock.json"];

describe.each(LOCKS)("fault E15: %s", (file) => {
  const packages = Object.entries((JSON.parse(read(file)) as Lock).packages).filter(([name]) => name !== "");

  test("holds every package to its content: a version, a SHA-512, no git, no file, no address", () => {
    expect(packages.length).toBeGreaterThan(0);
    for (const [name, { version, integrity, resolved, link }] of packages) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+/);
      expect(Buffer.from(integrity?.replace(/^sha512-/, "") ?? "", "base64"), name).toHaveLength(64);
      expect([resolved, link], name).toEqual([undefined, undefined]);
    }
  });

  test("names no registry", () => {
    expect(read(file)).not.toMatch(/https?:\/\/registry\.|npmjs\.org|git\+|"file:/);
  });
});

test("fault E15: two dependencies run a script when they are installed, and no other may", () => {
  const { allowScripts, dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
    string,
    Record<string, unknown>
  >;
  const { packages } = JSON.parse(read("package-lock.json")) as Lock;
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([where, { name }]) => name ?? where.slice(where.lastIndexOf("node_modules/") + "node_modules/".length));
  const optional = { "cpu-features": false, ssh2: false };
  expect(allowScripts).toEqual({ "better-sqlite3": true, esbuild: true, ...optional });
  expect([...new Set(scripted)].sort()).toEqual(Object.keys(allowScripts ?? {}).sort());
  for (const page of ["README.md", "docs/security.md"]) {
    expect(read(page), page).toMatch(/two run a script when they are installed[^.]*`better-sqlite3` and `esbuild`/);
  }
  const ranges = Object.values({ ...dependencies, ...devDependencies });
  expect(ranges.filter((range) => !/^\^?\d+\.\d+\.\d+/.test(String(range)))).toEqual([]);
});

test("docs/security.md says how to report a fault and what each role can do at worst, and the README leads there", () => {
  const page = read("docs/security.md");
  expect(page).toContain("## Report a fault");
  for (const who of ["nobody", ...ROLES])
    expect(page).toMatch(new RegExp(`^\\| ${who === "admin" ? "administrator" : who} \\|`, "m"));
  expect(read("README.md")).toContain("(docs/security.md)");
});
