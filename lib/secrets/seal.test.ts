import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { isAppError } from "@/lib/core/errors";
import { deriveKey, loadSecretKey, setSecretKey } from "./key";
import { open, openJson, seal, sealJson } from "./seal";

const dirs: string[] = [];
const freshDir = () => {
  const dir = mkdtempSync(join(tmpdir(), "belfry-key-"));
  dirs.push(dir);
  return dir;
};

beforeEach(() => setSecretKey("a".repeat(32)));
afterAll(() => {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
});

test("a sealed text opens again, in any script", () => {
  for (const text of ["", "x", "пароль 秘密 🔑", "a".repeat(100_000)])
    expect(open(seal(text, "test"), "test")).toBe(text);
  expect(openJson(sealJson({ password: "p", list: [1] }, "test"), "test")).toEqual({ password: "p", list: [1] });
});

test("two seals of one text differ and contain none of it", () => {
  const one = seal("hunter2hunter2", "test");
  expect(one).not.toBe(seal("hunter2hunter2", "test"));
  expect(Buffer.from(one.slice(3), "base64url").includes("hunter2")).toBe(false);
});

test("another purpose, another key or one changed byte does not open, and says what to do", () => {
  const sealed = seal("secret", "channel");
  const flipped = Buffer.from(sealed.slice(3), "base64url");
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
  const tries = [
    () => open(sealed, "source"),
    () => open(`s1.${flipped.toString("base64url")}`, "channel"),
    () => open(sealed.slice(0, 20), "channel"),
    () => open("", "channel"),
    () => {
      setSecretKey("b".repeat(32));
      open(sealed, "channel");
    },
  ];
  for (const attempt of tries) {
    try {
      attempt();
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error) && error.code).toBe("unavailable");
      expect(String(error)).toMatch(/Enter the secret again/);
    }
  }
});

test("keys of different purposes are unrelated", () => {
  expect(deriveKey("seal").equals(deriveKey("sessions"))).toBe(false);
  expect(deriveKey("seal")).toHaveLength(32);
});

test("the key file is created once, for its owner only, and read again", () => {
  const dataDir = freshDir();
  expect(loadSecretKey({ dataDir, mayCreate: true })).toBe("new file");
  const first = deriveKey("seal");
  expect(statSync(join(dataDir, "secret.key")).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dataDir, "secret.key"), "utf8").trim()).toHaveLength(43);
  expect(loadSecretKey({ dataDir, mayCreate: true })).toBe("file");
  expect(deriveKey("seal").equals(first)).toBe(true);
  expect(loadSecretKey({ dataDir, fromEnv: "c".repeat(40), mayCreate: true })).toBe("environment");
  expect(deriveKey("seal").equals(first)).toBe(false);
});

test("a key that others can read, is too short or has no folder stops with a sentence", () => {
  const dataDir = freshDir();
  writeFileSync(join(dataDir, "secret.key"), "d".repeat(40), { mode: 0o644 });
  expect(() => loadSecretKey({ dataDir, mayCreate: true })).toThrow(/chmod 600/);
  expect(() => loadSecretKey({ dataDir, fromEnv: "short", mayCreate: true })).toThrow(/at least 32 characters/);
  expect(() => loadSecretKey({ dataDir: join(dataDir, "missing"), mayCreate: true })).toThrow(/cannot be used/);
});
