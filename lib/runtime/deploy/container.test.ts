import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { toolPackages } from "@/lib/jobs/tool-packages";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const read = (name: string) => readFileSync(path.join(ROOT, name), "utf8");
const container = read("Dockerfile");

test("the container has the Debian package of every tool that sources, destinations and compressions start", () => {
  const installed = /apt-get install [^&]*/.exec(container)?.[0].split(/[\s\\]+/);
  expect(installed).toEqual(expect.arrayContaining([...new Set(Object.values(toolPackages()))]));
});

test("fault E15: the container has a Node that is still supported, that Belfry supports, and that its native package is made for", () => {
  const majors = [...container.matchAll(/^FROM node:(\d+)-/gm)].map(([, major]) => major);
  expect(majors).toEqual(["24", "24"]);
  const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
  expect(engines.node).toBe("^20.19.0 || ^22.0.0 || ^24.0.0");
  const native = JSON.parse(read("node_modules/better-sqlite3/package.json")) as { engines: { node: string } };
  for (const major of ["20", "22", "24"]) expect(native.engines.node).toContain(`${major}.x`);
  expect(read("README.md")).toContain("Node.js 20.19, 22 or 24");
});

test("fault E15: no documented command puts a secret into an argument, or opens a port to other machines", () => {
  for (const file of ["README.md", "docs/operating.md", "docs/configuration.md", "docs/api.md", "compose.yaml"]) {
    const commands = read(file);
    expect(commands, file).not.toMatch(
      /(-e|--env)[ =]"?(BELFRY_SECRET_KEY|BELFRY_ADMIN_PASSWORD|DATABASE_URL)\b(?!_FILE)/,
    );
    expect(commands, file).not.toMatch(/(-p|--publish)[ =]"?\d+:\d+/);
    expect(commands, file).not.toMatch(/^ExecStart=/m);
  }
});
