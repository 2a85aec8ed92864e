import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { readEnv } from "@/lib/env";
import { commandCall } from "@/lib/runtime/command-call";
import { setSecretKey } from "@/lib/secrets/key";
import { openCommandSocket } from "./command-socket";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());

let folder = "";
let closeSocket: (() => Promise<void>) | undefined;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-socket-"));
});
afterEach(async () => {
  await closeSocket?.();
  closeSocket = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const commandFor = (dataDir: string) =>
  commandCall(() => readEnv({ BELFRY_DATA_DIR: dataDir } as unknown as NodeJS.ProcessEnv));

test("the command reaches a running server, and its changes are in the audit log under its name", async () => {
  closeSocket = await openCommandSocket(folder);
  const file = path.join(folder, "belfry.sock");
  expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  const { call } = commandFor(folder);
  const made = await call("apiKeys.create", { name: "bench", role: "operator" });
  expect(made).toMatchObject({ name: "bench", role: "operator", key: expect.stringMatching(/^bfy_/) });
  expect((await call("apiKeys.list", {})).items).toMatchObject([{ id: made.id }]);
  const { orm, t } = database();
  expect(await orm.select().from(t.auditLog)).toMatchObject([
    { verb: "apiKeys.create", actorKind: "command", actorName: "Command line", entityId: made.id },
  ]);
});

test("an error comes back with its code and its fields", async () => {
  closeSocket = await openCommandSocket(folder);
  const { call } = commandFor(folder);
  await expect(call("apiKeys.create", { name: "", role: "viewer" })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { name: "Enter a name." } },
  });
  await expect(call("apiKeys.nothing" as "apiKeys.list", {})).rejects.toMatchObject({ code: "not_found" });
  await expect(call("constructor" as "apiKeys.list", {})).rejects.toMatchObject({ code: "not_found" });
});

test("a socket left over from a crash is removed, and a long path works", async () => {
  const deep = path.join(folder, "a-data-folder-with-a-long-name".repeat(5));
  mkdirSync(deep, { recursive: true });
  writeFileSync(path.join(deep, "belfry.sock"), "");
  closeSocket = await openCommandSocket(deep);
  expect((await commandFor(deep).call("users.list", {})).items).toEqual([]);
  await closeSocket();
  closeSocket = undefined;
  expect(() => statSync(path.join(deep, "belfry.sock"))).toThrow();
});

test("a malformed request gets an error, and the socket stays open", async () => {
  closeSocket = await openCommandSocket(folder);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(path.join(folder, "belfry.sock"));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
    socket.write("this is no JSON\n");
  });
  expect(JSON.parse(answer)).toMatchObject({ ok: false, error: { code: expect.any(String) } });
  expect((await commandFor(folder).call("users.list", {})).items).toEqual([]);
});
