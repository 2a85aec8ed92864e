import { expect, test } from "vitest";
import { hostKeyAlgorithms, hostKeyOf, hostKeyText, readPinnedKeys } from "./sftp-host-key";

const BASE64 = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
// What `ssh-keygen -lf` prints of it.
const FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

test("a key is known by its type and its fingerprint as ssh-keygen shows it", () => {
  const key = hostKeyOf(Buffer.from(BASE64, "base64"));
  expect(hostKeyText(key)).toBe(`ssh-ed25519 ${FINGERPRINT}`);
  expect(hostKeyOf(Buffer.from([1, 2]))).toMatchObject({ type: "" });
});

test.each([
  ["our own text", `ssh-ed25519 ${FINGERPRINT}`, ["ssh-ed25519"]],
  ["a fingerprint", FINGERPRINT, []],
  ["a padded one", `${FINGERPRINT}=`, []],
  ["what ssh-keygen -l prints", `256 ${FINGERPRINT} root@nas (ED25519)`, []],
  ["a public key", `ssh-ed25519 ${BASE64} root@nas`, ["ssh-ed25519"]],
  ["what ssh-keyscan prints", `# nas:22 SSH-2.0\n[nas]:2222 ssh-ed25519 ${BASE64}\n`, ["ssh-ed25519"]],
])("%s is taken as the key of a server", (_, text, types) => {
  const pinned = readPinnedKeys(text);
  expect([...(pinned?.fingerprints ?? [])]).toEqual([FINGERPRINT]);
  expect(pinned?.types).toEqual(types);
});

test.each([
  "",
  "nas.example",
  "MD5:16:27:ac:a5:76:28",
  "ssh-ed25519",
  "ssh-rsa AAAA",
  `ssh-rsa ${BASE64}`,
  `${FINGERPRINT}\nnas`,
])("%j is no key", (text) => expect(readPinnedKeys(text)).toBeNull());

test("only keys of the named types are asked for, RSA without SHA-1", () => {
  const one = { fingerprints: new Set([FINGERPRINT]) };
  expect(hostKeyAlgorithms({ ...one, types: ["ssh-rsa"] })).toEqual(["rsa-sha2-512", "rsa-sha2-256"]);
  expect(hostKeyAlgorithms({ ...one, types: [] })).toBeUndefined();
});
