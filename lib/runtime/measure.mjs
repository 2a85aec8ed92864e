// Measures inside the program for `npm run bench`; JSON on standard output.
//   node lib/runtime/measure.mjs rendering   microseconds that each provider takes to render one message
//   node lib/runtime/measure.mjs emitting    milliseconds of single emits on an idle system
//   node lib/runtime/measure.mjs loading     milliseconds that the registry of providers adds to a start
//   node lib/runtime/measure.mjs retrying    deliveries per second, claimed and settled as sent, and as to be tried again
//   node lib/runtime/measure.mjs claiming 10000000   milliseconds of a claim in an empty table, and beside so many settled rows
//   node lib/runtime/measure.mjs inbox 1000000       milliseconds of the first page of the inbox, with 1,000 rows and with so many
//   node lib/runtime/measure.mjs routing     milliseconds of single emits, without and with 200 routes and a profile
//   node lib/runtime/measure.mjs watching 10000      milliseconds of a look at so many clients, and of writing all their heartbeats
//   node lib/runtime/measure.mjs job-watching 10000  milliseconds of a look at so many jobs, of counting their health, and of a list by it
//   node lib/runtime/measure.mjs expected-reports 100000  milliseconds of a look for missed reports of so many external jobs, and of a list
// With BENCH_DATABASE_URL on PostgreSQL, otherwise on SQLite.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { bundleOptions } from "./build.mjs";
import { ROOT } from "./prepare/log.mjs";

const ENTRIES = {
  rendering: "lib/runtime/measure/rendering.ts",
  emitting: "lib/runtime/measure/emitting.ts",
  loading: "lib/providers/registry.ts",
  retrying: "lib/runtime/measure/retrying.ts",
  claiming: "lib/runtime/measure/claiming.ts",
  inbox: "lib/runtime/measure/inbox.ts",
  routing: "lib/runtime/measure/routing.ts",
  watching: "lib/runtime/measure/watching.ts",
  "job-watching": "lib/runtime/measure/job-watching.ts",
  "expected-reports": "lib/runtime/measure/expected-reports.ts",
};

const [part = "", ...more] = process.argv.slice(2);
const entry = ENTRIES[part];
if (!entry) {
  process.stderr.write(
    `There is no part ${part || "without a name"}; there are: ${Object.keys(ENTRIES).join(", ")}.\n`,
  );
  process.exit(1);
}
const outfile = join(ROOT, `dist/measure-${part}.mjs`);
const { outdir: _outdir, outExtension: _endings, ...options } = bundleOptions("production");
await esbuild.build({ ...options, entryPoints: [entry], outfile, sourcemap: false });
try {
  const args = part === "loading" ? ["lib/runtime/measure/loading.mjs", outfile] : [outfile, ...more];
  const env = {
    ...process.env,
    NODE_ENV: "production",
    BELFRY_TEST_DATABASE_URL: process.env.BENCH_DATABASE_URL ?? "",
  };
  process.stdout.write(execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" }));
} finally {
  rmSync(outfile);
}
