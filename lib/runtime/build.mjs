// Builds the program: the pages by Next, the entries by esbuild. `npm run build` does both.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { actionKey } from "./prepare/action-key.mjs";
import { log, ROOT, run, Stop } from "./prepare/log.mjs";
import { packStatic } from "./prepare/pack-static.mjs";

const ENTRIES = { server: "lib/runtime/start.ts", cli: "lib/runtime/cli.ts", seed: "lib/runtime/seed.ts" };

/** @throws Stop when the build of Next fails; its output is on standard error */
export async function buildPages() {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: actionKey() };
  delete env.NODE_ENV;
  const code = await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], env);
  if (code !== 0) throw new Stop(`The pages could not be built (exit code ${code}); see above.`);
  await packStatic(join(ROOT, ".next/static"));
}

/**
 * The options of esbuild for the entries: our own sources in one file each, packages external.
 * @param mode `production` for dist/server.mjs, dist/cli.mjs and dist/seed.mjs, `development` for dist/dev.mjs
 */
export function bundleOptions(mode) {
  const entries = mode === "development" ? { dev: ENTRIES.server } : ENTRIES;
  return {
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(ROOT, file)))),
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    // The package throws outside Next.
    alias: { "server-only": join(ROOT, "lib/server/server-only-stub.ts") },
    sourcemap: true,
    metafile: true,
    logLevel: "warning",
    define: { "process.env.NODE_ENV": JSON.stringify(mode) },
  };
}

/** @throws Stop when a file does not compile, or an import of our own was not found */
export async function bundleEntries() {
  const { metafile } = await esbuild.build(bundleOptions("production")).catch((error) => {
    throw new Stop(`The server could not be built: ${error.message}`);
  });
  refuseStrays(metafile);
}

/** esbuild treats a path of ours that it cannot resolve as a package, which would fail only at run time. */
export function refuseStrays(metafile) {
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const strays = imports.filter(({ external, path }) => external && path.startsWith("@/")).map(({ path }) => path);
  if (strays.length > 0) throw new Stop(`These imports do not resolve: ${[...new Set(strays)].join(", ")}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  try {
    await buildPages();
    await bundleEntries();
  } catch (error) {
    log(error instanceof Stop ? error.message : error.stack);
    process.exit(1);
  }
}
