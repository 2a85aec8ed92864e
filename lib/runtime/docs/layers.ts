import { readFileSync } from "node:fs";

/** One row of the layer table in docs/architecture.md. */
export interface Room {
  /** Folder or file, from the root of the checkout. */
  path: string;
  /** Folders and files that it may import, as they follow `@/`. */
  imports: string[];
  /** Packages that it may import, and `node:`. */
  packages: string[];
}

interface Override {
  files: string[];
  rules: Record<string, unknown>;
}

const RULE = "eslint/no-restricted-imports";
const TOP_FOLDERS = ["lib", "db", "app", "components", "e2e"];

/** The rooms of the layer table. `lib/runtime`, the composition root, may import everything and is left out. */
export function parseLayerTable(markdown: string): Room[] {
  const rows = markdown.matchAll(/^\| `((?:lib|db|app|components)[\w/.-]*)` \| ([^|]+) \| ([^|]+) \|$/gm);
  return [...rows].map(([, path = "", imports = "", packages = ""]) => ({
    path,
    imports: quoted(imports).map((name) => (TOP_FOLDERS.includes(name) ? name : `lib/${name}`)),
    packages: quoted(packages),
  }));
}

function quoted(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
}

/**
 * The lint rules of the table, as an allow-list. What no row names may import nothing of ours.
 * @param dependencies packages of package.json: those that a row does not name are refused
 */
export function layerOverrides(rooms: readonly Room[], dependencies: readonly string[]): Override[] {
  const depth = ({ path }: Room) => path.split("/").length;
  return [
    override(
      ["lib/**", "db/**", "app/**", "components/**"],
      [{ group: ["@/**"], message: "This folder has no row in the layer table of docs/architecture.md." }],
    ),
    // Of several rules for one file the last one counts.
    ...[...rooms].sort((a, b) => depth(a) - depth(b)).flatMap((room) => roomOverrides(room, rooms, dependencies)),
  ];
}

function roomOverrides(room: Room, rooms: readonly Room[], dependencies: readonly string[]): Override[] {
  const isFile = /\.tsx?$/.test(room.path);
  const message = messageOf(room);
  const own = room.path.replace(/\.tsx?$/, "");
  const patterns = [
    { group: ["@/**", ...[own, ...room.imports].flatMap((path) => [`!@/${path}`, `!@/${path}/**`])], message },
    ...packagePatterns(room, dependencies, message),
    { regex: `^(\\.\\./)+(${roomNames(rooms).join("|")})(/|$)`, message: ACROSS },
  ];
  if (isFile) return [override([room.path], patterns)];
  const levels = room.path.split("/").length;
  if (levels < 3) return [override([`${room.path}/**`], patterns)];
  // A room within a room: its files must not climb out of it.
  return [
    override([`${room.path}/**`], [...patterns, { regex: "^\\.\\./\\.\\./", message: ACROSS }]),
    override([`${room.path}/*`], [...patterns, { regex: "^\\.\\./", message: ACROSS }]),
  ];
}

const ACROSS = "Import across rooms by '@/…', so that the layer rules see it.";

function messageOf({ path, imports, packages }: Room): string {
  const named = [...imports.map((name) => name.replace(/^lib\//, "")), ...packages];
  return `${path} imports ${named.length > 0 ? named.join(", ") : "nothing of ours and no package"}.`;
}

function packagePatterns({ packages }: Room, dependencies: readonly string[], message: string) {
  const refused = dependencies.filter((name) => !packages.some((one) => one === name || one.startsWith(`${name}/`)));
  const partly = packages.filter((name) => name.includes("/") && !name.startsWith("@"));
  return [
    { regex: `^(${refused.map(escapeRegex).join("|")})(/|$)`, message },
    ...partly.map((name) => ({ group: [name.split("/")[0] ?? name, `!${name}`], message })),
    ...(packages.includes("node:") ? [] : [{ regex: "^node:", message }]),
  ];
}

function escapeRegex(name: string): string {
  return name.replaceAll(".", "\\.");
}

/** First names below the top folders, and those themselves. */
function roomNames(rooms: readonly Room[]): string[] {
  const names = rooms.map(({ path }) => path.split("/")[1]?.replace(/\.ts$/, "")).filter((name) => name !== undefined);
  return [...new Set([...TOP_FOLDERS, ...names, "runtime"])];
}

function override(files: string[], patterns: object[]): Override {
  return { files, rules: { [RULE]: ["error", { patterns }] } };
}

/** `.oxlintrc.json` with the rules of the table; everything else in it stays. @param now its text as it stands */
export function lintConfig(now: string): string {
  const config = JSON.parse(now) as { overrides: Override[] };
  const rooms = parseLayerTable(readFileSync("docs/architecture.md", "utf8"));
  if (rooms.length === 0) throw new Error("docs/architecture.md has no layer table.");
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };
  const others = config.overrides.filter(({ rules }) => !Array.isArray(rules[RULE]));
  const overrides = [...layerOverrides(rooms, Object.keys(dependencies)), ...others];
  return `${JSON.stringify({ ...config, overrides }, null, 2)}\n`;
}
