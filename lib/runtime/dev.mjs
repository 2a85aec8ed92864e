// `npm run dev`: the same server as in production, rebuilt and restarted after a change to its imports.
// Changes to pages reach the browser through Next's own hot reload, without a restart.
import { spawn } from "node:child_process";
import * as esbuild from "esbuild";
import { bundleOptions, refuseStrays } from "./build.mjs";
import { log, ROOT } from "./prepare/log.mjs";

let child;

function start() {
  child = spawn(process.execPath, ["dist/dev.mjs"], {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, NODE_ENV: "development", NEXT_TELEMETRY_DISABLED: "1" },
  });
}

function stop() {
  return new Promise((resolve) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", resolve);
    child.kill("SIGTERM");
  });
}

const restart = {
  name: "restart",
  setup(build) {
    build.onEnd(async ({ errors, metafile }) => {
      if (errors.length > 0) return;
      try {
        refuseStrays(metafile);
      } catch (error) {
        return log(error.message);
      }
      await stop();
      start();
    });
  },
};

const context = await esbuild.context({ ...bundleOptions("development"), plugins: [restart] });
await context.watch();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await Promise.all([stop(), context.dispose()]);
    process.exit(0);
  });
}
