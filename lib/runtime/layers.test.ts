import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { layerOverrides, parseLayerTable } from "./docs/layers";

const OXLINT = join(process.cwd(), "node_modules/.bin/oxlint");
let house = "";

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), "belfry-layers-"));
  cpSync(".oxlintrc.json", join(house, ".oxlintrc.json"));
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

/** Lints one file of a house that holds nothing else. @returns the rules it broke */
function lint(file: string, source: string): string {
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, source);
  const { stdout } = spawnSync(OXLINT, ["-c", ".oxlintrc.json", "--format", "unix", file], {
    cwd: house,
    encoding: "utf8",
  });
  rmSync(path);
  return stdout;
}

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

describe("the layer table is enforced", () => {
  test.each(refused)("%s may not import %s", (file, what) => {
    expect(lint(file, importing(what))).toContain("no-restricted-imports");
  });
  test.each(allowed)("%s may import %s", (file, what) => {
    expect(lint(file, importing(what))).not.toContain("no-restricted-imports");
  });
});

describe("the environment has one reader", () => {
  const reading = "export const port = process.env.PORT;\n";
  test("a room that reads it is refused", () => expect(lint("lib/services/a.ts", reading)).toContain("no-process-env"));
  test("lib/env.ts may", () => expect(lint("lib/env.ts", reading)).not.toContain("no-process-env"));
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
  const dir = join(house, "lib/core");
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "a.ts"), 'import { b } from "./b";\nexport const a = () => b;\n');
  writeFileSync(join(dir, "b.ts"), 'import { a } from "./a";\nexport const b = () => a;\n');
  const { stdout } = spawnSync(OXLINT, ["-c", ".oxlintrc.json", "--format", "unix"], { cwd: house, encoding: "utf8" });
  expect(stdout).toContain("no-cycle");
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
