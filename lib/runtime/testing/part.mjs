import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../prepare/log.mjs";

/** Runs a program in the checkout. @returns its exit code and its output, both streams in one */
function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", FORCE_COLOR: "0", NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ code: code ?? (signal ? 1 : 0), output: Buffer.concat(chunks).toString("utf8") });
    });
  });
}

/** A part that passes or fails as one. Its output is of interest only when it fails. */
export async function check(program, args) {
  const { code, output } = await run(program, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output };
}

/** One project of vitest.config.ts, counted test by test. @param options further words of the command line: files, settings */
export async function vitest(project, options = [], env = {}) {
  const folder = mkdtempSync(join(tmpdir(), "belfry-report-"));
  const file = join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const words = ["run", "--project", project, ...options, ...reporters];
    const { code, output } = await run("node_modules/.bin/vitest", words, env);
    const report = readReport(file);
    if (!report) return { passed: 0, failed: 1, output: `COULD NOT RUN:\n${output}` };
    const passed = report.numPassedTests;
    const skipped = report.numPendingTests + report.numTodoTests;
    // A file that does not load has no tests to count, and an error outside every test fails the run.
    const unloaded = report.testResults.filter((result) => result.status === "failed" && !hasFailedTest(result)).length;
    const failed = report.numFailedTests + unloaded;
    const isEmpty = passed + failed === 0;
    return { passed, failed: Math.max(failed, code !== 0 || isEmpty ? 1 : 0), skipped, output };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hasFailedTest({ assertionResults }) {
  return assertionResults.some(({ status }) => status === "failed");
}

/**
 * The specs of e2e/, in Debian's Chromium.
 * @param files some of them; all by default
 * @param artifacts where the report and screenshots of failures go; of two runs at once each needs its own
 */
export async function browser(files = [], env = {}, artifacts = "e2e/artifacts") {
  const file = join(ROOT, artifacts, "report.json");
  // The report of a run before this one must not stand for one that did not come to its end.
  rmSync(file, { force: true });
  const { code, output } = await run("node_modules/.bin/playwright", ["test", ...files], {
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
    BELFRY_TEST_ARTIFACTS: artifacts,
    ...env,
  });
  const stats = readReport(file)?.stats;
  if (!stats) return { passed: 0, failed: 1, output: `COULD NOT RUN:\n${output}` };
  const isEmpty = stats.expected + stats.unexpected + stats.flaky === 0;
  const failed = Math.max(stats.unexpected + stats.flaky, code !== 0 || isEmpty ? 1 : 0);
  return { passed: stats.expected, failed, skipped: stats.skipped, output };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
