import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withPackedFiles } from "./packed-files";

const SCRIPT = "console.log('a bell');";
let folder = "";
let server: Server;
let url = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "belfry-packed-"));
  const chunks = join(folder, "static", "chunks");
  mkdirSync(chunks, { recursive: true });
  writeFileSync(join(chunks, "a.js.br"), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, "secret.js.br"), brotliCompressSync("secret"));
  const pages = withPackedFiles(join(folder, "static"), async (_, response) => {
    response.end("next");
  });
  server = createServer((request, response) => void pages(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (path: string, encoding = "gzip, deflate, br", method = "GET") =>
  fetch(`${url}${path}`, { method, headers: { "accept-encoding": encoding } });

test("what the build has packed is sent packed, and kept for a year", async () => {
  const answer = await ask("/_next/static/chunks/a.js?dpl=1");
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "application/javascript; charset=UTF-8",
    "content-encoding": "br",
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  });
  expect(await answer.text()).toBe(SCRIPT);
  expect(await (await ask("/_next/static/chunks/a.js", "br", "HEAD")).text()).toBe("");
});

test.each([
  ["who does not take it", "/_next/static/chunks/a.js", "gzip, brotli;q=0", "GET"],
  ["what is not packed", "/_next/static/chunks/b.js", "br", "GET"],
  ["a path out of the folder", "/_next/static/..%2fsecret.js", "br", "GET"],
  ["the packed file itself", "/_next/static/chunks/a.js.br", "br", "GET"],
  ["another method", "/_next/static/chunks/a.js", "br", "POST"],
  ["a page", "/", "br", "GET"],
])("%s is Next's to answer", async (_, path, encoding, method) => {
  expect(await (await ask(path, encoding, method)).text()).toBe("next");
});
