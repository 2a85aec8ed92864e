import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freshDatabase } from "@/db/testing";
import { isRoot, runProgram } from "@/e2e/support/child";
import { systemActor } from "@/lib/auth/access/actor";
import { storeSession } from "@/lib/auth/access/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { exportConfiguration } from "@/lib/jobs/config/content";
import { encrypt } from "@/lib/jobs/config/format";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";
import { setupCreate } from "@/lib/services/setup/create";
import { admitToPages } from "./admission";
import { createHttpServer } from "./http-server";
import { machineRoutes } from "./machine-routes";
import { sweepUploads } from "./upload";

const MB = 1024 * 1024;
const PATH = "/api/v1/config-backups/restore";
const PASSPHRASE = "a passphrase that is long enough";

let server: Server;
let base = "";
let dataDir = "";
let userId = "";
let removeDatabase: () => Promise<void>;

beforeEach(async () => {
  removeDatabase = await freshDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "belfry-uploads-"));
  setRuntimeValue("dataDir", dataDir);
  setSecretKey("a key for the tests of uploads, long enough");
  const anna = { name: "Anna", email: "anna@example.com", password: "correct horse battery" };
  userId = (await setupCreate.call(systemActor, anna)).id;
  server = createHttpServer({
    isDevelopment: false,
    trustedProxies: 0,
    routes: machineRoutes(),
    allowedMethods: allowedMethods(),
    admit: admitToPages(),
    pages: Promise.resolve(null),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
  rmSync(dataDir, { recursive: true, force: true });
  await removeDatabase();
});

const keyOf = async (role: "admin" | "operator") => {
  const { key } = await apiKeysCreate.call(systemActor, { name: role, role });
  return { authorization: `Bearer ${key}` };
};
const files = () => {
  try {
    return readdirSync(join(dataDir, "uploads"));
  } catch {
    return [];
  }
};
const backup = async () => encrypt(await exportConfiguration(Date.now()), PASSPHRASE);
const formOf = (bytes: Buffer, passphrase = PASSPHRASE) => {
  const form = new FormData();
  form.set("passphrase", passphrase);
  form.set("file", new Blob([new Uint8Array(bytes)]), "a.belfry");
  return form;
};
async function post(headers: Record<string, string>, body: FormData | string) {
  const answer = await fetch(base + PATH, { method: "POST", headers, body });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** An upload whose end does not come. */
async function unfinished(headers: Record<string, string>, bytes = 2 * MB) {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").on("error", () => undefined);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const lines = Object.entries({
    host: "localhost",
    "content-type": 'multipart/form-data; boundary="b"',
    "transfer-encoding": "chunked",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${PATH} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  const part = '--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n';
  const piece = Buffer.concat([Buffer.from(part), Buffer.alloc(bytes)]);
  socket.write(`${piece.length.toString(16)}\r\n`);
  socket.write(Buffer.concat([piece, Buffer.from("\r\n")]));
  return { socket, text: () => text };
}

test("fault E2: without credentials an upload gets 401 at once and nothing of it reaches the disk; an operator gets 403", async () => {
  const stranger = await unfinished({});
  await expect.poll(stranger.text).toMatch(/^HTTP\/1\.1 401/);
  expect(files()).toEqual([]);
  const operator = await unfinished(await keyOf("operator"));
  await expect.poll(operator.text).toMatch(/^HTTP\/1\.1 403/);
  expect(files()).toEqual([]);
});

test("fault E2: an upload is received in a file that only its owner reads, and goes when the caller does", async () => {
  const admin = await unfinished(await keyOf("admin"));
  await expect.poll(() => files().map((name) => statSync(join(dataDir, "uploads", name)).size)).toEqual([2 * MB]);
  const [name = ""] = files();
  expect(statSync(join(dataDir, "uploads", name)).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, "uploads")).mode & 0o777).toBe(0o700);
  admin.socket.destroy();
  await expect.poll(files).toEqual([]);
});

test("fault E2: an upload that does not end is cut off after its time over all, and its file removed", async () => {
  const headers = await keyOf("admin");
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const admin = await unfinished(headers);
  await vi.waitFor(() => expect(files()).toHaveLength(1), { timeout: 30_000 });
  vi.advanceTimersByTime(9 * 60_000);
  expect(admin.text()).toBe("");
  vi.advanceTimersByTime(61_000);
  vi.useRealTimers();
  await expect.poll(admin.text).toMatch(/^HTTP\/1\.1 408/);
  await expect.poll(files).toEqual([]);
});

test("fault E2: a few uploads at a time, the next one is asked to come back", async () => {
  const headers = await keyOf("admin");
  for (let at = 0; at < 4; at++) await unfinished(headers, 1_000);
  await expect.poll(() => files().length).toBe(4);
  const answer = await fetch(base + PATH, { method: "POST", headers, body: formOf(await backup()) });
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
});

test("fault E2: what a killed process left is swept at the next start", async () => {
  await unfinished(await keyOf("admin"), 1_000);
  await expect.poll(() => files().length).toBe(1);
  writeFileSync(join(dataDir, "uploads", "upl_old"), "left");
  await sweepUploads(dataDir);
  expect(files()).toEqual([]);
});

test("a backup is restored by a key, as a form or as JSON, and by a page with its session; a wrong one changes nothing", async () => {
  const admin = await keyOf("admin");
  const file = await backup();
  expect(await post(admin, formOf(file, "not the passphrase"))).toMatchObject({
    status: 400,
    body: { error: { code: "invalid", fields: { passphrase: expect.any(String) } } },
  });
  expect((await post(admin, new FormData())).status).toBe(400);
  expect((await post({ ...admin, "content-type": "multipart/form-data" }, "no boundary")).status).toBe(400);
  const broken = { ...admin, "content-type": "multipart/form-data; boundary=b" };
  expect((await post(broken, '--b\r\ncontent-disposition: form-data; name="file"\r\n\r\nx')).status).toBe(400);
  const json = { ...admin, "content-type": "application/json" };
  expect((await post(json, "[]")).status).toBe(400);
  expect((await post(json, JSON.stringify({ artifactId: "art_none", passphrase: PASSPHRASE }))).status).toBe(404);
  expect(await post(admin, formOf(file))).toMatchObject({ status: 200, body: { createdAt: expect.any(String) } });
  const text = JSON.stringify({ file: file.toString("base64"), passphrase: PASSPHRASE });
  expect((await post({ ...(await keyOf("admin")), "content-type": "application/json" }, text)).status).toBe(200);
  expect(files()).toEqual([]);
});

test("a page of the console may upload with its session, another site's page may not", async () => {
  const { cookie } = await storeSession(userId);
  const file = formOf(Buffer.from("no backup"));
  expect((await post({ cookie }, file)).status).toBe(401);
  expect((await post({ cookie, origin: "http://evil.example" }, file)).status).toBe(403);
  expect((await post({ cookie, origin: base }, file)).status).toBe(400);
  expect(files()).toEqual([]);
});

test("a file that is too large is refused, declared or not, and nothing of it stays", async () => {
  const admin = await keyOf("admin");
  const large = await fetch(base + PATH, { method: "POST", headers: admin, body: formOf(Buffer.alloc(51 * MB)) });
  expect([large.status, await large.json()]).toMatchObject([413, { error: { code: "too_large" } }]);
  await expect.poll(files).toEqual([]);
  const declared = connect((server.address() as AddressInfo).port, "127.0.0.1");
  declared.write(
    `POST ${PATH} HTTP/1.1\r\nhost: a\r\nauthorization: ${admin.authorization}\r\ncontent-length: 900000000\r\n\r\n`,
  );
  const [answer] = await once(declared, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413/);
  declared.destroy();
});

test.skipIf(!isRoot)(
  "fault E2: on a full disk the caller gets a sentence that says so, and nothing stays",
  async () => {
    const disk = mkdtempSync(join(tmpdir(), "belfry-small-"));
    runProgram("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
    try {
      setRuntimeValue("dataDir", disk);
      const { status, body } = await post(await keyOf("admin"), formOf(Buffer.alloc(4 * MB)));
      expect([status, body]).toMatchObject([
        503,
        {
          error: {
            message: expect.stringContaining("The upload cannot be kept in the data folder: the disk is full."),
          },
        },
      ]);
      expect(readdirSync(join(disk, "uploads"))).toEqual([]);
    } finally {
      runProgram("umount", ["-l", disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  },
);
