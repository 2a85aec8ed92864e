import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { sharedState } from "@/lib/core/runtime";
import { makeSlots } from "./slots";

/** Cost of one hash: 32 MB and about 200 ms (OWASP's password storage cheat sheet, scrypt at N = 2^15). */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;

/** At most two hashes at once, so that many sign-ins at once exhaust neither memory nor threads. */
const inTurn = () => sharedState("password.slots", () => makeSlots(2, 500));

/** @returns `scrypt$N$r$p$salt$hash`, the last two in base64url */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return ["scrypt", COST.N, COST.r, COST.p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/**
 * Compares in constant time. Without a stored hash it works just as long, so that
 * the response time does not reveal which accounts exist.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const known = stored ? parse(stored) : null;
  if (!known) {
    await derive(password, Buffer.alloc(SALT_BYTES), COST);
    return false;
  }
  const hash = await derive(password, known.salt, known.cost);
  return hash.length === known.hash.length && timingSafeEqual(hash, known.hash);
}

/** True when the hash has another cost than the current one. */
export function needsRehash(stored: string): boolean {
  const cost = parse(stored)?.cost;
  return !cost || cost.N !== COST.N || cost.r !== COST.r || cost.p !== COST.p;
}

interface Cost {
  N: number;
  r: number;
  p: number;
}

function parse(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | null {
  const [scheme, N, r, p, salt, hash] = stored.split("$");
  if (scheme !== "scrypt" || !salt || !hash) return null;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  // A hash from an imported configuration backup must not allocate gigabytes.
  const isPowerOfTwo = cost.N > 1 && (cost.N & (cost.N - 1)) === 0;
  const isSane = isPowerOfTwo && cost.N <= 2 ** 18 && cost.r >= 1 && cost.r <= 16 && cost.p >= 1 && cost.p <= 8;
  return isSane ? { cost, salt: Buffer.from(salt, "base64url"), hash: Buffer.from(hash, "base64url") } : null;
}

function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  // Another system may encode the same characters with other code points.
  const text = password.normalize("NFKC");
  return inTurn()(
    () =>
      new Promise((resolve, reject) => {
        scrypt(text, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );
}
