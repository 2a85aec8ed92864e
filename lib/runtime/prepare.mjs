// Prepares a checkout to run, in plain Node, because nothing is installed yet.
//   node lib/runtime/prepare.mjs server    packages, entries and pages
//   node lib/runtime/prepare.mjs command   packages and entries; a running server's pages stay as they are
//   node lib/runtime/prepare.mjs install   packages
// All output goes to standard error: standard output belongs to the command.
import { readStamp, sourcesFingerprint, writeStamp } from "./prepare/fingerprint.mjs";
import { ensureInstalled } from "./prepare/install.mjs";
import { alone, log, Stop } from "./prepare/log.mjs";

const PAGES = ".next/belfry-stamp";
const ENTRIES = "dist/belfry-stamp";

async function prepare(target) {
  await ensureInstalled();
  if (target === "install") return;
  const sources = sourcesFingerprint();
  const needsPages = () => target === "server" && readStamp(PAGES) !== sources;
  const needsEntries = () => readStamp(ENTRIES) !== sources;
  if (!needsPages() && !needsEntries()) return;
  await alone(async () => {
    const { buildPages, bundleEntries } = await import("./build.mjs");
    if (needsPages()) {
      log("Building the pages. This takes about half a minute, and only after a change.");
      writeStamp(PAGES, "");
      await buildPages();
      writeStamp(PAGES, sources);
    }
    if (needsEntries()) {
      await bundleEntries();
      writeStamp(ENTRIES, sources);
    }
  });
}

const target = process.argv[2] ?? "server";
prepare(target).catch((error) => {
  log(error instanceof Stop ? error.message : error.stack);
  process.exit(1);
});
