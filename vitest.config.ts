import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "");
const shared = {
  resolve: { alias: { "@": root, "server-only": `${root}/lib/server/server-only-stub.ts` } },
};
/** The files of a worker share its process, because loading the packages costs more than most of them: this one gives each a fresh start. */
const setupFiles = ["e2e/support/each-file.ts"];
const NEVER = ["**/node_modules/**", "**/.next/**", "**/dist/**", "**/data/**"];
/** On both databases. */
const STORE = ["db/**/*.test.ts", "**/*.store.test.ts"];
/** What programs do to files, whichever database notes it: on SQLite alone. */
const TOOLS = ["**/*.tools.test.ts"];
const INTEGRATION = ["**/*.integration.test.ts"];

export default defineConfig({
  test: {
    // The tests wait for sockets and clocks more than they compute: left to itself vitest takes one worker on two cores.
    maxWorkers: Math.min(8, availableParallelism() * 2),
    // No test may fail because the machine is busy: the limits are for what never ends.
    projects: [
      {
        ...shared,
        test: {
          name: "unit",
          isolate: false,
          setupFiles,
          include: ["**/*.test.{ts,tsx}"],
          exclude: [...NEVER, ...STORE, ...TOOLS, ...INTEGRATION],
          testTimeout: 240_000,
          expect: { poll: { interval: 50, timeout: 60_000 } },
          hookTimeout: 240_000,
        },
      },
      {
        ...shared,
        test: {
          name: "store-sqlite",
          isolate: false,
          setupFiles: [...setupFiles, "lib/runtime/testing/cheap-scrypt.ts"],
          include: [...STORE, ...TOOLS],
          exclude: NEVER,
          globalSetup: ["e2e/support/sqlite-for-tests.ts"],
          env: { BELFRY_TEST_DATABASE_URL: "" },
          testTimeout: 240_000,
          expect: { poll: { interval: 50, timeout: 60_000 } },
          hookTimeout: 240_000,
        },
      },
      {
        ...shared,
        test: {
          name: "store-postgres",
          isolate: false,
          setupFiles: [...setupFiles, "lib/runtime/testing/cheap-scrypt.ts"],
          include: STORE,
          exclude: NEVER,
          globalSetup: ["e2e/support/postgres-for-tests.ts"],
          testTimeout: 240_000,
          expect: { poll: { interval: 50, timeout: 60_000 } },
          hookTimeout: 240_000,
        },
      },
      {
        ...shared,
        test: {
          name: "integration",
          isolate: false,
          setupFiles,
          include: INTEGRATION,
          exclude: NEVER,
          testTimeout: 240_000,
          expect: { poll: { interval: 50, timeout: 60_000 } },
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
