import { resolve } from "node:path";
import { vi } from "vitest";

// The files of a worker run one after the other in one process, which loads the packages once. Each finds what a process of
// its own would have: modules that nobody has used, nothing that is kept for the process, the environment, folder and clock
// as they were. Only a mocked module stays mocked: a file that needs `vi.mock` needs a project of its own.
const AT_FIRST = Symbol.for("belfry.test-process");
const holder = globalThis as typeof globalThis & { [AT_FIRST]?: ReturnType<typeof readProcess> };
const atFirst = holder[AT_FIRST] ?? readProcess();
holder[AT_FIRST] = atFirst;

function readProcess() {
  return { env: { ...process.env }, folder: process.cwd(), mask: process.umask() };
}

for (const name of Object.keys(process.env)) if (!(name in atFirst.env)) delete process.env[name];
Object.assign(process.env, atFirst.env);
process.chdir(atFirst.folder);
process.umask(atFirst.mask);
vi.useRealTimers();
vi.resetModules();
Reflect.deleteProperty(globalThis, Symbol.for("belfry.runtime"));

// What the composition root sets in a real process.
const { setRuntimeValue } = await import("@/lib/core/runtime");
setRuntimeValue("baseUrl", null);
setRuntimeValue("dataDir", resolve("data"));
