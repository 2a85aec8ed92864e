import type { JobIo } from "./contract";
import { probe } from "./probe";
import { allDestinations, allSources } from "./registry";
import { allRepositoryPrograms } from "./repositories/registry";
import { toRunError } from "./run-error";
import { RUN_TOOLS } from "./tool-packages";

/** How long one may take to say its version, milliseconds: some read a lot before they do. */
const ANSWER_MS = 15_000;
/** Those that are asked at the same time. */
const AT_ONCE = 3;

/** How a tool is asked for its version, where that is not `--version`. */
const VERSION_ARGS: Readonly<Record<string, readonly string[]>> = {
  restic: ["version"],
  ssh: ["-V"],
  // Says none, but that it is there.
  "ssh-keyscan": ["-?"],
};

/** What looks like one: two numbers at least, and what follows them at once. */
const VERSION = /(?<!\d)\d{1,4}\.\d[\w.]{0,20}/;

/** A tool that Belfry starts. */
export interface InstalledTool {
  name: string;
  /** Of Debian. */
  package: string;
  isInstalled: boolean;
  /** Null where it says none. */
  version: string | null;
  /** Why it did not say its version, a sentence. */
  problem: string | null;
  /** What needs it: `PostgreSQL (source)`. */
  enables: string[];
}

/** Asks each tool that runs, sources, destinations and repositories start whether it is there, and for its version. */
export async function installedTools(): Promise<InstalledTool[]> {
  const tools = declaredTools();
  return await probe(
    [],
    async (io) => {
      const found: InstalledTool[] = [];
      const waiting = [...tools.entries()];
      const next = async (): Promise<void> => {
        for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
          const [index, tool] = entry;
          found[index] = { ...tool, ...(await askVersion(tool.name, io)) };
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, next));
      return found;
    },
    tools.length * ANSWER_MS,
  );
}

type DeclaredTool = Pick<InstalledTool, "name" | "package" | "enables">;

/** Those of runs first, then in the order of what needs them. */
function declaredTools(): DeclaredTool[] {
  const tools = new Map<string, DeclaredTool>();
  const add = (packages: Readonly<Record<string, string>>, enables: string) => {
    for (const [name, package_] of Object.entries(packages)) {
      const tool = tools.get(name) ?? { name, package: package_, enables: [] };
      tool.enables.push(enables);
      tools.set(name, tool);
    }
  };
  for (const [name, package_] of Object.entries(RUN_TOOLS)) add({ [name]: package_ }, `${name} compression`);
  for (const { packages, label } of allSources()) add(packages, `${label} (source)`);
  for (const { packages, label } of allDestinations()) add(packages, `${label} (destination)`);
  for (const { packages, label } of allRepositoryPrograms()) add(packages, `${label} (repository)`);
  return [...tools.values()];
}

async function askVersion(
  tool: string,
  io: JobIo,
): Promise<Pick<InstalledTool, "isInstalled" | "version" | "problem">> {
  const args = [...(VERSION_ARGS[tool] ?? ["--version"])];
  try {
    const { stdout, stderr } = await io.tools.run(tool, args, { timeLimitMs: ANSWER_MS, silenceMs: null });
    return {
      isInstalled: true,
      version: VERSION.exec(stdout || stderr)?.[0] ?? null,
      problem: null,
    };
  } catch (error) {
    const { message, cause } = toRunError(error);
    const isMissing = (cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
    return { isInstalled: !isMissing, version: null, problem: isMissing ? null : message };
  }
}
