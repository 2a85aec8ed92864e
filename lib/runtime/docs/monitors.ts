import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const FOLDER = "lib/schedule/monitors";

/** `lib/schedule/monitors/registry.ts`: every monitor that a file of its folder declares, by file name. */
export function monitorRegistry(): string {
  const monitors = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .sort()
    .flatMap((name) => {
      const source = readFileSync(path.join(FOLDER, name), "utf8");
      return [...source.matchAll(/^export const (\w+) = defineMonitor\(/gm)].map(([, declared = ""]) => ({
        declared,
        file: path.basename(name, ".ts"),
      }));
    });
  const imports = [
    ...monitors.map(({ declared, file }) => ({ file, line: `import { ${declared} } from "./${file}";` })),
    { file: "define-monitor", line: 'import type { Monitor } from "./define-monitor";' },
  ].sort((a, b) => (a.file < b.file ? -1 : 1));
  return `${imports.map(({ line }) => line).join("\n")}

/** Every monitor that a file of this folder declares. Made by \`npm run docs\`. */
// biome-ignore format: one line each, as it is made
export const MONITORS: readonly Monitor[] = [
${monitors.map(({ declared }) => `  ${declared},\n`).join("")}];
`;
}
