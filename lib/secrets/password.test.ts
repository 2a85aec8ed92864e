import { expect, test } from "vitest";
import { hashPassword, needsRehash, verifyPassword } from "./password";
import { makeSlots } from "./slots";

test("the right password passes, any other does not, and hashes of one password differ", async () => {
  const hash = await hashPassword("correct horse battery");
  expect(hash).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(await verifyPassword("correct horse battery", hash)).toBe(true);
  expect(await verifyPassword("correct horse batterx", hash)).toBe(false);
  expect(await verifyPassword("", hash)).toBe(false);
  expect(await hashPassword("correct horse battery")).not.toBe(hash);
  expect(needsRehash(hash)).toBe(false);
});

test("one password typed on two systems is one password", async () => {
  expect(await verifyPassword("pässwörter viel", await hashPassword("pa\u0308sswo\u0308rter viel"))).toBe(true);
});

test("a hash at an older cost still verifies and asks for a rehash; nonsense verifies nothing", async () => {
  const older = "scrypt$1024$8$1$c2FsdHNhbHRzYWx0c2FsdA$14NH9jE09MwAGkJqvAb3cnQVO-XQzBVin0x84KVBdxs";
  expect(await verifyPassword("anything at all", older)).toBe(true);
  expect(needsRehash(older)).toBe(true);
  for (const broken of [
    "",
    "scrypt$$$$$",
    "plain",
    "scrypt$99999999999$8$1$c2FsdA$aGFzaA",
    "scrypt$-4$8$1$c2FsdA$aGFzaA",
  ]) {
    expect(await verifyPassword("anything at all", broken)).toBe(false);
  }
});

test("an account that does not exist takes as much work as a wrong password", async () => {
  const hash = await hashPassword("correct horse battery");
  // Time of the processor: on a busy machine the time of the clock says nothing.
  const work = async (stored: string | null) => {
    const start = process.cpuUsage();
    await verifyPassword("wrong wrong wrong", stored);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  const known = Math.min(await work(hash), await work(hash));
  const unknown = Math.min(await work(null), await work(null));
  expect(unknown).toBeGreaterThan(known * 0.5);
});

test("slots: never more at once than allowed, all run in turn, a full queue refuses", async () => {
  const inTurn = makeSlots(2, 3);
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise((done) => setTimeout(done, 5));
    running--;
  };
  const results = await Promise.allSettled(Array.from({ length: 7 }, () => inTurn(work)));
  expect(most).toBe(2);
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(5);
  await expect(inTurn(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await inTurn(work);
  expect(running).toBe(0);
});
