import { createHash, hkdfSync, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { AppError } from "@/lib/core/errors";
import { peekRuntimeValue, setRuntimeValue } from "@/lib/core/runtime";
import { systemReason } from "@/lib/core/system-fault";

const FILE = "secret.key";
/** A shorter key could be guessed. */
const MIN_LENGTH = 32;

/**
 * Loads the key that seals all secrets.
 * @param options `fromEnv` wins; otherwise the key file in `dataDir`. With `mayCreate`, of a new installation, a missing one
 * is created with mode 0600: a new key for an old database would open nothing
 * @returns where the key came from, for the start's message
 * @throws AppError `unavailable` when the key is missing or too short, or its file cannot be read or written
 */
export function loadSecretKey(options: {
  fromEnv?: string | null;
  dataDir: string;
  mayCreate: boolean;
}): "environment" | "file" | "new file" {
  if (options.fromEnv) {
    setSecretKey(options.fromEnv, "BELFRY_SECRET_KEY");
    return "environment";
  }
  const path = join(options.dataDir, FILE);
  try {
    if (!options.mayCreate && !existsSync(path)) throw missingKey(path);
    const isNew = options.mayCreate && writeNewKey(path);
    setSecretKey(readFileSync(path, "utf8").trim(), `The key file ${path}`);
    if (!isNew && (statSync(path).mode & 0o077) !== 0) {
      throw new AppError("unavailable", `The key file ${path} can be read by others. Run: chmod 600 ${path}`);
    }
    return isNew ? "new file" : "file";
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("unavailable", `The key file ${path} cannot be used: ${systemReason(error)}.`, {
      cause: error,
    });
  }
}

function missingKey(path: string): AppError {
  return new AppError(
    "unavailable",
    `The key file ${path} is missing, and the database has secrets that only this key opens. Put the file back from a copy, or set BELFRY_SECRET_KEY if the key was there. Nothing was changed.`,
  );
}

/** Writes the file under another name and links it into place, so that a power cut leaves no partial key. */
function writeNewKey(path: string): boolean {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    const file = openSync(draft, "wx", 0o600);
    writeSync(file, `${randomBytes(32).toString("base64url")}\n`);
    fsyncSync(file);
    closeSync(file);
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Sets the key from text: any characters, at least 32.
 * @param source names the key in the error
 */
export function setSecretKey(text: string, source = "The key"): void {
  if (text.length < MIN_LENGTH) {
    throw new AppError(
      "unavailable",
      `${source} must have at least ${MIN_LENGTH} characters. Make one with: openssl rand -base64 32`,
    );
  }
  setRuntimeValue("secretKey", createHash("sha256").update(text).digest());
  setRuntimeValue("authSecret", deriveKey("sessions").toString("base64url"));
}

/** 32 bytes for one purpose (HKDF-SHA256). @throws AppError `unavailable` before the key is loaded */
export function deriveKey(purpose: string): Buffer {
  const key = peekRuntimeValue("secretKey");
  if (!key) throw new AppError("unavailable", "The secret key is not loaded.");
  return Buffer.from(hkdfSync("sha256", key, "belfry", purpose, 32));
}
