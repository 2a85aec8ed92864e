import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { AppError } from "@/lib/core/errors";

/**
 * The file of a configuration backup: `BELFRYCB`, a version byte, the three numbers of scrypt (log2 N, r, p),
 * 16 bytes of salt, 12 of nonce, the encrypted gzip of a JSON text, and 16 bytes of tag (AES-256-GCM over all of it).
 */
const MAGIC = Buffer.from("BELFRYCB");
const VERSION = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = MAGIC.length + 4 + SALT_BYTES + NONCE_BYTES;
const COST = { logN: 16, r: 8, p: 1 };
/** A file from elsewhere must not use up all memory. */
const MAX_COST = { logN: 18, r: 16, p: 4 };
const MAX_PLAIN_BYTES = 500_000_000;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

export async function encrypt(content: unknown, passphrase: string): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION, COST.logN, COST.r, COST.p]), salt, nonce]);
  const cipher = createCipheriv("aes-256-gcm", await keyOf(passphrase, salt, COST), nonce);
  cipher.setAAD(header);
  const packed = await zip(Buffer.from(JSON.stringify(content)));
  return Buffer.concat([header, cipher.update(packed), cipher.final(), cipher.getAuthTag()]);
}

/** @throws AppError `invalid` when it is no such file, of a newer version, or has another passphrase */
export async function decrypt(file: Buffer, passphrase: string): Promise<unknown> {
  if (file.length < HEADER_BYTES + TAG_BYTES || !file.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw invalidFile("file", "This is not a configuration backup of Belfry.");
  }
  const [version = 0, logN = 0, r = 0, p = 0] = file.subarray(MAGIC.length, MAGIC.length + 4);
  if (version > VERSION) throw invalidFile("file", "This backup was made by a newer version of Belfry. Update first.");
  if (logN > MAX_COST.logN || r > MAX_COST.r || p > MAX_COST.p || logN < 10 || r < 1 || p < 1) {
    throw invalidFile("file", "This configuration backup is damaged.");
  }
  const header = file.subarray(0, HEADER_BYTES);
  const salt = header.subarray(MAGIC.length + 4, MAGIC.length + 4 + SALT_BYTES);
  const decipher = createDecipheriv(
    "aes-256-gcm",
    await keyOf(passphrase, salt, { logN, r, p }),
    header.subarray(-NONCE_BYTES),
  );
  decipher.setAAD(header);
  decipher.setAuthTag(file.subarray(-TAG_BYTES));
  let packed: Buffer;
  try {
    packed = Buffer.concat([decipher.update(file.subarray(HEADER_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    throw invalidFile("passphrase", "The passphrase does not open this backup, or the file is damaged.");
  }
  try {
    return JSON.parse((await unzip(packed, { maxOutputLength: MAX_PLAIN_BYTES })).toString("utf8"));
  } catch {
    throw invalidFile("file", "This configuration backup is damaged.");
  }
}

function invalidFile(field: "file" | "passphrase", message: string): AppError {
  return new AppError("invalid", message, { fields: { [field]: message } });
}

function keyOf(passphrase: string, salt: Buffer, { logN, r, p }: typeof COST): Promise<Buffer> {
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize("NFKC"), salt, 32, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
