import type { ScryptOptions } from "node:crypto";
import { vi } from "vitest";

/** The tests of `lib/secrets` ask for what it costs in production; here each sign-in would take half a second of a core. */
const CHEAP_N = 1024;

vi.mock(import("node:crypto"), async (importOriginal) => {
  const crypto = await importOriginal();
  const scrypt = (
    password: string,
    salt: Buffer,
    length: number,
    options: ScryptOptions,
    done: (error: Error | null, key: Buffer) => void,
  ) => crypto.scrypt(password, salt, length, { ...options, N: Math.min(options.N ?? CHEAP_N, CHEAP_N) }, done);
  return { ...crypto, scrypt: scrypt as typeof crypto.scrypt, default: crypto };
});
