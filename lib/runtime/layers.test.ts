import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layerOverrides, parseLayerTable } from "./docs/layers";

const OXLINT = join(process.cwd(), "node_modules/.bin/oxlint");
const houses: string[] = [];
afterAll(() => {
  for (const house of houses) rmSync(house, { recursive: true, force: true });
});

/** Lints a house that holds these files and nothing else. @returns what the linter says, a finding a line */
function lint(files: Record<string, string>): string {
  const house = mkdtempSync(join(tmpdir(), "belfry-layers-"));
  houses.push(house);
  cpSync(".oxlintrc.json", join(house, ".oxlintrc.json"));
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), source);
  }
  const { stdout } = spawnSync(OXLINT, ["-c", ".oxlintrc.json", "--format", "unix"], { cwd: house, encoding: "utf8" });
  return stdout;
}

/** The same for one file. */
const lintFile = (file: string, source: string) => lint({ [file]: source });

const importing = (what: string) => `import { thing } from "${what}";\nexport const use = thing;\n`;

const refused: [room: string, what: string][] = [
  ["lib/core/a.ts", "@/db/client"],
  ["lib/core/a.ts", "@/lib/services/verb"],
  ["lib/core/a.ts", "undici"],
  ["lib/core/a.ts", "../services/verb"],
  ["lib/core/a.ts", "@/lib/brand-new/a"],
  ["lib/brand-new/a.ts", "@/lib/core/id"],
  ["lib/events/a.ts", "@/lib/policy/route"],
  ["lib/policy/a.ts", "@/lib/dispatch/emit"],
  ["lib/policy/a.ts", "node:fs"],
  ["lib/policy/a.ts", "better-sqlite3"],
  ["lib/secrets/a.ts", "@/db/client"],
  ["lib/env.ts", "@/lib/secrets/key"],
  ["db/a.ts", "@/lib/events/catalog"],
  ["db/a.ts", "next/headers"],
  ["lib/providers/a.ts", "@/db/client"],
  ["lib/providers/a.ts", "@/lib/secrets/seal"],
  ["lib/providers/a.ts", "next"],
  ["lib/dispatch/a.ts", "@/lib/services/verb"],
  ["lib/dispatch/a.ts", "@/lib/jobs/registry"],
  ["lib/jobs/a.ts", "@/lib/dispatch/worker"],
  ["lib/jobs/a.ts", "@/lib/providers/registry"],
  ["lib/schedule/a.ts", "@/lib/services/verb"],
  ["lib/schedule/a.ts", "@/lib/dispatch/deliver"],
  ["lib/receivers/a.ts", "@/lib/jobs/runner"],
  ["lib/auth/access/a.ts", "@/lib/services/verb"],
  ["lib/auth/access/a.ts", "next-auth"],
  ["lib/auth/access/a.ts", "next/headers"],
  ["lib/services/a.ts", "@/lib/web/action"],
  ["lib/services/a.ts", "@/lib/env"],
  ["lib/services/a.ts", "next/cache"],
  ["lib/auth/next.ts", "@/db/client"],
  ["lib/web/a.ts", "@/db/client"],
  ["lib/web/a.ts", "@/lib/dispatch/emit"],
  ["components/ui/a.tsx", "@/lib/services/verb"],
  ["components/ui/a.tsx", "@/app/page"],
  ["app/page.tsx", "@/db/queries/jobs"],
  ["app/page.tsx", "@/lib/dispatch/emit"],
  ["app/page.tsx", "@/lib/auth/access/session"],
  ["lib/server/a.ts", "@/lib/auth/next"],
  ["lib/server/a.ts", "@/lib/web/action"],
  ["lib/server/a.ts", "next/server"],
  ["lib/server/a.ts", "@/db/client"],
  ["lib/cli/a.ts", "@/db/client"],
  ["lib/cli/a.ts", "@/lib/env"],
  ["app/page.tsx", "@/lib/runtime/start"],
];

const allowed: [room: string, what: string][] = [
  ["lib/core/a.ts", "zod"],
  ["lib/policy/a.ts", "@/lib/events/catalog"],
  ["lib/dispatch/a.ts", "@/lib/providers/registry"],
  ["lib/jobs/a.ts", "@/lib/dispatch/emit"],
  ["lib/auth/access/a.ts", "next-auth/jwt"],
  ["lib/services/a.ts", "@/lib/dispatch/emit"],
  ["app/page.tsx", "@/lib/auth/next"],
  ["lib/server/a.ts", "@/lib/auth/access/session"],
  ["lib/runtime/a.ts", "@/lib/env"],
];

/** Each case as a file of its own in its room, so that one run of the linter answers for all. */
const cases = [...refused, ...allowed].map(([file, what], index) => {
  const own = file.replace(/^(.*\/)(a|page)(\.tsx?)$/, `$1case-${index}$3`);
  return { file: own, source: importing(what) };
});

describe("the layer table is enforced", () => {
  let findings: string[] = [];
  beforeAll(() => {
    expect(new Set(cases.map(({ file }) => file)).size).toBe(cases.length);
    findings = lint(Object.fromEntries(cases.map(({ file, source }) => [file, source]))).split("\n");
  });
  const isRefused = (index: number) =>
    findings.some((line) => line.includes(`${cases[index]?.file}:`) && line.includes("no-restricted-imports"));

  test.each(refused.map(([file, what], index) => [file, what, index] as const))(
    "%s may not import %s",
    (_, __, index) => {
      expect(isRefused(index), findings.join("\n")).toBe(true);
    },
  );
  test.each(allowed.map(([file, what], index) => [file, what, refused.length + index] as const))(
    "%s may import %s",
    (_, __, index) => expect(isRefused(index), findings.join("\n")).toBe(false),
  );
});

describe("the environment has one reader", () => {
  const reading = "export const port = process.env.PORT;\n";
  test("a room that reads it is refused", () =>
    expect(lintFile("lib/services/a.ts", reading)).toContain("no-process-env"));
  test("lib/env.ts may", () => expect(lintFile("lib/env.ts", reading)).not.toContain("no-process-env"));
});

test("every room has a row in the table", () => {
  const paths = parseLayerTable(readFileSync("docs/architecture.md", "utf8")).map(({ path }) => path);
  const rooms = readdirSync("lib", { withFileTypes: true })
    .filter(({ name }) => !name.endsWith(".test.ts"))
    .map(({ name }) => `lib/${name}`);
  for (const room of [...rooms, "db", "app", "components"]) expect([...paths, "lib/runtime"], room).toContain(room);
});

describe("the rules are made from the table", () => {
  const table = (...rows: string[]) => parseLayerTable(rows.join("\n"));
  const globs = (rooms: ReturnType<typeof table>) => layerOverrides(rooms, ["pg"]).flatMap(({ files }) => files);

  test("a row names a room, what it imports and its packages", () => {
    expect(table("| `lib/jobs` | `core`, `dispatch/emit`, `db` | `node:`, `zod` |")).toEqual([
      { path: "lib/jobs", imports: ["lib/core", "lib/dispatch/emit", "db"], packages: ["node:", "zod"] },
    ]);
  });
  test("a room within a room comes after it, wherever its row is", () => {
    const rooms = table("| `lib/providers/kit` | `core` | none |", "| `lib/providers` | `core` | none |");
    expect(globs(rooms).slice(-3)).toEqual(["lib/providers/**", "lib/providers/kit/**", "lib/providers/kit/*"]);
  });
  test("a package that no row names is refused", () => {
    expect(JSON.stringify(layerOverrides(table("| `lib/a` | `core` | none |"), ["pg"]))).toContain("^(pg)(/|$)");
  });
});

test("a cycle is refused", () => {
  const findings = lint({
    "lib/core/a.ts": 'import { b } from "./b";\nexport const a = () => b;\n',
    "lib/core/b.ts": 'import { a } from "./a";\nexport const b = () => a;\n',
  });
  expect(findings).toContain("no-cycle");
});

test("a provider's file is imported by the registry alone", () => {
  const providers = readdirSync("lib/providers", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .filter((file) => /= defineProvider\(/.test(readFileSync(join("lib/providers", file), "utf8")))
    .map((file) => file.replace(/\.ts$/, ""));
  const files = execFileSync("find", ["lib", "db", "app", "components", "-name", "*.ts", "-o", "-name", "*.tsx"], {
    encoding: "utf8",
  });
  for (const file of files.split("\n").filter((name) => name && !/\.test\.tsx?$|providers\/registry\.ts$/.test(name))) {
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/from "([^"]+)"/g)) {
      const target = path.startsWith(".") ? `@/${join(dirname(file), path)}` : path;
      expect(
        providers.some((name) => target === `@/lib/providers/${name}`),
        `${file} imports ${path}`,
      ).toBe(false);
    }
  }
});
