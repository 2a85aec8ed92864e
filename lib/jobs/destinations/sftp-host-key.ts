import { createHash } from "node:crypto";

/** The key by which a server identifies itself. */
export interface HostKey {
  /** `ssh-ed25519` */
  type: string;
  /** As `ssh-keygen -l` shows it: `SHA256:` and base64 without padding. */
  fingerprint: string;
}

/** What was entered as the keys of a server. */
export interface PinnedKeys {
  fingerprints: ReadonlySet<string>;
  /** The types that were named: only these are asked for, so that another key of the same server is not taken for a changed one. */
  types: readonly string[];
}

/** Types of keys, with the signature algorithms that they sign by: RFC 8332 took SHA-1 from RSA keys. */
const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};
/** Of SHA-256 in base64, without the sign that fills it up. */
const FINGERPRINT_LENGTH = 43;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}=?$/;

/** @param blob the public key as it goes over the wire: RFC 4253, section 6.6 */
export function hostKeyOf(blob: Buffer): HostKey {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  const type = blob.subarray(4, 4 + Math.min(length, 64)).toString("latin1");
  const hash = createHash("sha256").update(blob).digest("base64").slice(0, FINGERPRINT_LENGTH);
  return { type, fingerprint: `SHA256:${hash}` };
}

/** The text that stands for a key in a form: `ssh-ed25519 SHA256:…`. */
export function hostKeyText({ type, fingerprint }: HostKey): string {
  return `${type} ${fingerprint}`;
}

/**
 * Reads keys as people have them, one a line: our own `ssh-ed25519 SHA256:…`, a fingerprint alone or with what
 * `ssh-keygen -l` writes beside it, a public key, or a line of `known_hosts` or `ssh-keyscan`.
 * @returns null when a line holds no key
 */
export function readPinnedKeys(text: string): PinnedKeys | null {
  const fingerprints = new Set<string>();
  const types = new Set<string>();
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  for (const line of lines.filter((one) => one !== "" && !one.startsWith("#"))) {
    const words = line.split(/\s+/);
    const at = words.findIndex((word) => word in ALGORITHMS);
    const fingerprint = words.find((word) => FINGERPRINT.test(word));
    if (fingerprint) fingerprints.add(fingerprint.replace(/=$/, ""));
    else {
      const key = at < 0 ? null : keyIn(words[at] ?? "", words[at + 1] ?? "");
      if (!key) return null;
      fingerprints.add(key.fingerprint);
    }
    if (at >= 0) types.add(words[at] ?? "");
  }
  return fingerprints.size === 0 ? null : { fingerprints, types: [...types] };
}

function keyIn(type: string, base64: string): HostKey | null {
  const blob = Buffer.from(base64, "base64");
  const key = hostKeyOf(blob);
  return key.type === type && blob.toString("base64") === base64 ? key : null;
}

/** The signature algorithms to ask a server for; undefined: all of the library's. */
export function hostKeyAlgorithms({ types }: PinnedKeys): string[] | undefined {
  return types.length > 0 ? types.flatMap((type) => [...(ALGORITHMS[type] ?? [])]) : undefined;
}
