import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import { afterEach, expect, test, vi } from "vitest";
import { local } from "./destinations/local";
import type { Endpoint } from "./endpoints";
import { openStoredFile, probe } from "./probe";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const never = () => new Promise<never>(() => undefined);
const config = local.parse({ path: "/srv/backups" });
const endpoint: Endpoint = { id: "dst_1", name: "disk", kind: local, config, secrets: [], mounts: null };

test.each(["test", "prepare", "measure"] as const)("a destination that hangs in %s is answered for", async (method) => {
  vi.spyOn(local, method).mockImplementation(never);
  const answer = probe<unknown>([], (io) => local[method](config, io, false), 20);
  await expect(answer).rejects.toMatchObject({ kind: "time_limit", message: "No answer within 0.02 s." });
});

test("opening a stored file has a time limit, reading it has none", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const read = vi.spyOn(local, "read").mockImplementation(never);
  const hanging = openStoredFile(endpoint, "shop/one.db");
  vi.advanceTimersByTime(30_000);
  await expect(hanging).rejects.toMatchObject({ kind: "time_limit" });

  const stream = Readable.from([Buffer.from("bytes")], { objectMode: false });
  read.mockImplementation(async () => stream);
  const opened = await openStoredFile(endpoint, "shop/one.db");
  vi.advanceTimersByTime(86_400_000);
  expect(Buffer.concat(await opened.toArray()).toString()).toBe("bytes");
});

test("secrets are redacted from the error, and the work folder is removed", async () => {
  let workDir = "";
  const answer = probe(["hunter2-secret"], async (io) => {
    workDir = io.workDir;
    expect(existsSync(workDir)).toBe(true);
    throw new Error("login with hunter2-secret failed");
  });
  await expect(answer).rejects.toMatchObject({ message: expect.not.stringContaining("hunter2-secret") });
  expect(existsSync(workDir)).toBe(false);
});

test("tools of a probe end with it", async () => {
  let signal: AbortSignal | undefined;
  await probe([], async (io) => {
    signal = io.signal;
  });
  expect(signal?.aborted).toBe(true);
});
