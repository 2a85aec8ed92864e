import { defineConfig } from "@playwright/test";
import tests from "../../playwright.config";

/** Draws the pictures of the handbook: `npm run docs -- pictures`. No test, so `npm test` does not know it. */
export default defineConfig({
  ...tests,
  testDir: import.meta.dirname,
  testMatch: "*.pictures.ts",
  outputDir: "../artifacts/pictures",
  workers: 1,
  reporter: "list",
  timeout: 30_000,
  maxFailures: 3,
  use: {
    ...tests.use,
    launchOptions: {
      ...tests.use?.launchOptions,
      args: [...(tests.use?.launchOptions?.args ?? []), "--host-resolver-rules=MAP backup.example.org 127.0.0.1"],
    },
  },
});
