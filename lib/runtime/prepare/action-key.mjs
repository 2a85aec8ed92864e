import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT, Stop } from "./log.mjs";

/**
 * The key that Next names server actions by, 32 bytes in base64. With the same key they keep their names
 * from build to build, so a tab that is open during an upgrade still works.
 * Processes that share BELFRY_SECRET_KEY share it; otherwise it is kept in the data folder.
 */
export function actionKey() {
  const secret = process.env.BELFRY_SECRET_KEY?.trim() || secretFromFile(process.env.BELFRY_SECRET_KEY_FILE);
  if (secret) return createHmac("sha256", secret).update("belfry server actions").digest("base64");
  const folder = resolve(ROOT, process.env.BELFRY_DATA_DIR?.trim() || "data");
  const file = join(folder, "action-key");
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if (error.code !== "ENOENT") throw new Stop(`The data folder ${folder} cannot be read: ${error.message}`);
  }
  const key = randomBytes(32).toString("base64");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${key}\n`, { mode: 0o600 });
  } catch (error) {
    throw new Stop(`The data folder ${folder} cannot be written: ${error.message}`);
  }
  return key;
}

/** The start refuses a file that cannot be read, in a sentence; the build must not be the one that does. */
function secretFromFile(path) {
  if (!path) return "";
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
