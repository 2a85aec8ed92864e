import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createKey } from "./support/app";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { TRUST_NGINX, WAYS, type Way, type Ways, withNginx } from "./support/ways";

const MB = 1024 * 1024;
const RESTORE = "/api/v1/config-backups/restore";
const env = { ...TRUST_NGINX, BELFRY_ADMIN_EMAIL: ADMIN.email, BELFRY_ADMIN_PASSWORD: ADMIN.password };
let dataDir = "";
let belfry: Belfry;
let ways: Ways;
let admin: Record<string, string>;

beforeAll(async () => {
  prepareBelfry();
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-bodies-"));
  belfry = await startBelfry({ dataDir, env });
  ways = await withNginx(belfry);
  admin = { authorization: `Bearer ${await createKey(dataDir, "admin")}` };
}, 400_000);
afterAll(async () => {
  await ways?.proxy.stop();
  await belfry?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const uploads = () => (existsSync(path.join(dataDir, "uploads")) ? readdirSync(path.join(dataDir, "uploads")) : []);

/** An upload in chunks whose end does not come. */
function upload(port: number, target: string, headers: Record<string, string>, bytes: number) {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  const own = { host: `127.0.0.1:${port}`, "transfer-encoding": "chunked", ...headers };
  const lines = Object.entries(own).map(([name, value]) => `${name}: ${value}`);
  socket.write(`POST ${target} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  const part = Buffer.from('--b\r\ncontent-disposition: form-data; name="file"; filename="x"\r\n\r\n');
  for (const piece of [part, ...Array.from({ length: Math.ceil(bytes / 65_536) }, () => Buffer.alloc(65_536))]) {
    socket.write(`${piece.length.toString(16)}\r\n`);
    socket.write(piece);
    socket.write("\r\n");
  }
  return { socket, text: () => text };
}
const FORM = { "content-type": "multipart/form-data; boundary=b" };

/** Megabytes that a process holds. */
function memoryOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

async function post(url: string, headers: Record<string, string>, body: string | FormData) {
  const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** Signs in by the form of the login page, as a browser without JavaScript does. */
async function signIn(way: Way) {
  const url = ways.url[way];
  const html = await (await fetch(`${url}/login`)).text();
  const form = new FormData();
  for (const [input] of html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    const read = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1] ?? "";
    form.set(read("name"), read("value").replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&"));
  }
  form.set("email", ADMIN.email);
  form.set("password", ADMIN.password);
  const { headers } = await post(`${url}/login`, { origin: url }, form);
  return headers
    .getSetCookie()
    .find((each) => each.startsWith("belfry-session="))
    ?.split(";")[0];
}

describe.each(WAYS)("%s", (way) => {
  let url = "";
  let port = 0;
  beforeAll(() => {
    url = ways.url[way];
    port = ways.port[way];
  });

  test("fault E1: a viewer reads the longest message in no time, and everybody else goes on", async () => {
    const { key } = (await (
      await fetch(`${url}/api/v1/api-keys`, {
        method: "POST",
        headers: { ...admin, "content-type": "application/json" },
        body: JSON.stringify({ name: `a screen ${way}`, role: "viewer" }),
      })
    ).json()) as { key: string };
    const json = { ...admin, "content-type": "application/json" };
    for (const message of ["a".repeat(100_000), "a@".repeat(50_000), `${"a.".repeat(49_999)}@`, "<".repeat(100_000)])
      expect((await post(`${url}/api/v1/notify`, json, JSON.stringify({ title: `Long ${way}`, message }))).status).toBe(
        202,
      );
    for (const authorization of [`Bearer ${key}`, admin.authorization]) {
      const began = performance.now();
      const answer = await fetch(`${url}/api/v1/events`, { headers: { authorization: authorization ?? "" } });
      const { items } = (await answer.json()) as { items: { title: string }[] };
      expect([answer.status, items.filter(({ title }) => title === `Long ${way}`).length]).toEqual([200, 4]);
      // The expression that stood here once took half a minute for each of them.
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });

  test("fault E2: strangers who upload without end get 401, hold no memory, leave no file, and an admin works on", async () => {
    for (let warm = 0; warm < 5; warm++) await fetch(`${url}/api/v1/jobs`, { headers: admin });
    const before = memoryOf(belfry.child.pid);
    const strangers = Array.from({ length: 14 }, () => upload(port, RESTORE, FORM, 45 * MB));
    await expect.poll(() => strangers.map(({ text }) => text().slice(9, 12))).toEqual(strangers.map(() => "401"));
    expect((await fetch(`${url}/api/v1/jobs`, { headers: admin })).status).toBe(200);
    expect(uploads()).toEqual([]);
    // They once made it grow by more than 350.
    expect(memoryOf(belfry.child.pid) - before).toBeLessThan(128);
    for (const { socket } of strangers) socket.destroy();
  });

  test("fault E2: notify, calls, actions and forms take nothing large from a stranger", async () => {
    const large = "x".repeat(900_000);
    expect((await post(`${url}/api/v1/notify`, {}, large)).status).toBe(401);
    expect((await post(`${url}/api/v1/channels`, {}, large)).status).toBe(401);
    const action = await post(`${url}/jobs`, { "next-action": "abc", origin: url }, large);
    expect([action.status, action.headers.get("content-type")]).toEqual([401, "text/plain"]);
    expect((await post(`${url}/login`, { origin: url }, large)).status).toBe(413);
  });

  test("fault E2: while strangers hold hundreds of unfinished forms, somebody signs in, and works in pages", async () => {
    const strangers = Array.from({ length: 400 }, () => upload(port, "/login", FORM, 8_192));
    await expect.poll(() => strangers.filter(({ socket }) => socket.bytesWritten > 8_000).length).toBe(400);
    const cookie = await signIn(way);
    expect(cookie).toMatch(/^belfry-session=./);
    expect((await fetch(`${url}/jobs`, { headers: { cookie: cookie ?? "" } })).status).toBe(200);
    for (const { socket } of strangers) socket.destroy();
  });
});

test("fault E2: what a killed process had received of an upload goes with its next start", async () => {
  const sender = upload(belfry.port, RESTORE, { ...FORM, ...admin }, MB);
  await expect.poll(uploads).toHaveLength(1);
  await belfry.kill();
  sender.socket.destroy();
  expect(uploads()).toHaveLength(1);
  belfry = await startBelfry({ dataDir, env });
  expect(uploads()).toEqual([]);
  const refused = await post(belfry.url + RESTORE, admin, new FormData());
  expect(refused.status).toBe(400);
});
