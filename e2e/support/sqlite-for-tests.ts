import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { makeTemplate } from "@/db/testing";

/** One migrated file for the whole store suite, of which each test gets a copy. */
export default async function setup(): Promise<() => void> {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-template-"));
  const file = path.join(folder, "belfry.db");
  await makeTemplate({ file });
  process.env.BELFRY_TEST_SQLITE_TEMPLATE = file;
  return () => rmSync(folder, { recursive: true, force: true });
}
