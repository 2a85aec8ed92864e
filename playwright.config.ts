import { defineConfig } from "@playwright/test";

/** Of two runs at once each has its own. */
const artifacts = process.env.BELFRY_TEST_ARTIFACTS ?? "e2e/artifacts";

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  outputDir: `${artifacts}/results`,
  // Each file has a program and servers that only it uses.
  workers: 2,
  retries: 0,
  forbidOnly: true,
  // For what never ends: no test may fail because the machine is busy.
  timeout: 240_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ["json", { outputFile: `${artifacts}/report.json` }]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    // Each frame of a transition is drawn by the processor; nothing depends on how a dialog slides in.
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    // A trace costs as much as the test itself: TRACE=1 keeps one of each test that fails.
    trace: process.env.TRACE === "1" ? "retain-on-failure" : "off",
    launchOptions: {
      // Debian's own browser, without the windows that nobody sees: the tests never download one.
      executablePath: "/usr/bin/chromium-headless-shell",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
