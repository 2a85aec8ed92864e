import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { ADMIN, type App, fillSignIn, signIn, startApp } from "./support/app";
import { startBelfry } from "./support/belfry";
import { freePort } from "./support/free-port";
import { auditPage } from "./support/page-audit";
import { type RunningProxy, startDocumentedCaddy, startDocumentedNginx, startNginx } from "./support/proxies";

/*
 * Belfry behind the proxies that people use, Debian's own, with the examples in docs/deploy.
 */

test.describe.configure({ mode: "serial" });

const PASSPHRASE = "a passphrase of some length";
const MB = 1024 * 1024;

let folder = "";
let app: App;
let port = 0;
test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-proxied-"));
  port = await freePort();
  const env = { BELFRY_BASE_URL: `https://localhost:${port}`, BELFRY_TRUST_PROXY: "127.0.0.1" };
  app = await startApp({ dataDir: path.join(folder, "data"), env });
});
test.afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the live stream in the page and keeps what it says. */
async function openStream(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const heard: string[] = [];
    const stream = new EventSource("/api/v1/stream");
    stream.addEventListener("hello", () => heard.push("hello"));
    stream.addEventListener("message", ({ data }) => heard.push(String(data)));
    Object.assign(window, { heard });
  });
  return () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
}

for (const [name, start] of [
  ["nginx", startDocumentedNginx],
  ["Caddy", startDocumentedCaddy],
] as const) {
  test.describe(`behind ${name}`, () => {
    let proxy: RunningProxy;
    let context: BrowserContext;
    let page: Page;
    test.beforeAll(async ({ browser }) => {
      proxy = await start(port, app.belfry.port, await freePort());
      context = await browser.newContext({ baseURL: `https://localhost:${port}`, ignoreHTTPSErrors: true });
      page = await context.newPage();
    });
    test.afterAll(async () => {
      await context?.close();
      await proxy?.stop();
    });

    test(`${name}: one signs in, and every cookie is for https alone`, async () => {
      await page.goto("/login");
      await fillSignIn(page, { ...ADMIN, password: "a wrong password" });
      await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
      await signIn(page, ADMIN);
      await expect(page).toHaveURL(`https://localhost:${port}/`);
      const cookies = await context.cookies();
      expect(cookies.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["__Host-belfry-session", "__Host-belfry-device"]),
      );
      expect(cookies.filter(({ httpOnly }) => !httpOnly)).toEqual([]);
      expect(cookies.filter(({ secure }) => !secure)).toEqual([]);
    });

    test(`${name}: the live stream passes each message on at once`, async () => {
      const heard = await openStream(page);
      await expect.poll(heard).toContain("hello");
      const { id } = await app.api.post<{ id: string }>("/channels", {
        name: `through ${name}`,
        provider: "webhook",
        config: { url: "http://127.0.0.1:9/" },
      });
      await expect.poll(async () => (await heard()).join()).toContain(`"topic":"channels"`);
      await app.api.delete(`/channels/${id}`);
    });

    test(`${name}: a download arrives whole, an upload may be as large as Belfry takes it, and comes back`, async () => {
      const headers = { origin: `https://localhost:${port}` };
      const download = await page.request.post("/api/v1/config-backups/download", {
        headers,
        data: { passphrase: PASSPHRASE },
      });
      const file = await download.body();
      expect([download.status(), file.subarray(0, 8).toString()]).toEqual([200, "BELFRYCB"]);
      expect(download.headers()["content-disposition"]).toContain("attachment");
      const restore = (buffer: Buffer) =>
        page.request.post("/api/v1/config-backups/restore", {
          headers,
          multipart: {
            passphrase: PASSPHRASE,
            file: { name: "a.belfry", mimeType: "application/octet-stream", buffer },
          },
        });
      const large = await restore(Buffer.alloc(45 * MB, 1));
      expect([large.status(), await large.json()]).toMatchObject([400, { error: { code: "invalid" } }]);
      const restored = await restore(file);
      expect([restored.status(), await restored.text()]).toMatchObject([200, expect.stringContaining("createdAt")]);
      await page.goto("/jobs");
      await expect(page).toHaveURL(/\/login/);
    });
  });
}

test("fault E5: behind a proxy on this machine the set-up asks for the code, and the printed address leads through it", async ({
  browser,
}) => {
  const at = await freePort();
  const env = { BELFRY_BASE_URL: `https://localhost:${at}`, BELFRY_TRUST_PROXY: "127.0.0.1" };
  const belfry = await startBelfry({ dataDir: path.join(folder, "empty"), env });
  const proxy = await startDocumentedNginx(at, belfry.port, await freePort());
  const context = await browser.newContext({ baseURL: `https://localhost:${at}`, ignoreHTTPSErrors: true });
  try {
    const headers = { "x-forwarded-for": "127.0.0.1", forwarded: "for=127.0.0.1" };
    for (const url of [`https://localhost:${at}`, belfry.url]) {
      const page = await context.request.get(`${url}/setup`, { headers });
      expect(await page.text(), url).toContain("Setup code");
    }
    const page = await context.newPage();
    const fill = async (address: string) => {
      const answer = await page.goto(address);
      await page.getByLabel("Your name").fill("Anna Berg");
      await page.getByLabel("Mail address").fill(ADMIN.email);
      await page.getByLabel("Password").fill(ADMIN.password);
      await page.getByRole("button", { name: "Create account" }).click();
      return answer?.headers()["strict-transport-security"];
    };
    expect(await fill("/")).toBe("max-age=31536000");
    await expect(page.getByLabel("Setup code")).toHaveAccessibleDescription(/Enter the code from the start's output/);
    await fill(await belfry.setupPath());
    await expect(page).toHaveURL(/\/welcome/);
  } finally {
    await context.close();
    await proxy.stop();
    await belfry.stop();
  }
});

test("fault E6: through a proxy that is not trusted, the log and Settings name the address to trust", async ({
  browser,
}) => {
  const plain = await startApp({ dataDir: path.join(folder, "untrusted") });
  const at = await freePort();
  const site = `location / { proxy_pass ${plain.url}; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr; }`;
  const proxy = await startNginx(at, `listen 127.0.0.1:${at}; ${site}`);
  const context = await browser.newContext({ baseURL: `http://localhost:${at}` });
  try {
    const page = await context.newPage();
    const advice = page.getByText("start Belfry with BELFRY_TRUST_PROXY=127.0.0.1.");
    await page.goto(`${plain.url}/login`);
    await fillSignIn(page, ADMIN);
    await page.goto(`${plain.url}/settings/general`);
    await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
    await expect(advice).toHaveCount(0);
    await signIn(page, ADMIN);
    await page.goto("/settings/general");
    await expect(advice).toBeVisible();
    expect(plain.belfry.words().split("requests come through a proxy that is not trusted")).toHaveLength(2);
    await auditPage(page, null, "settings-untrusted-proxy");
  } finally {
    await context.close();
    await proxy.stop();
    await plain.close();
  }
});

test("fault D3: behind a proxy that changes the Host, sign-in shows the variable to set, and the log has the reference", async ({
  browser,
}) => {
  const plain = await startApp({ dataDir: path.join(folder, "plain") });
  const at = await freePort();
  const proxy = await startNginx(at, `listen 127.0.0.1:${at}; location / { proxy_pass ${plain.url}; }`);
  const context = await browser.newContext({ baseURL: `http://localhost:${at}` });
  try {
    const page = await context.newPage();
    await page.goto("/login");
    await fillSignIn(page, ADMIN);
    await expect(page.getByRole("heading", { name: "Belfry has another address" })).toBeVisible();
    const text = await page.getByRole("main").innerText();
    expect(text).toContain(`BELFRY_BASE_URL=http://localhost:${at}`);
    const reference = /err_\w+/.exec(text)?.[0] ?? "no reference";
    expect(plain.belfry.words()).toContain(reference);
    expect(plain.belfry.words()).toContain("refused a form");
  } finally {
    await context.close();
    await proxy.stop();
    await plain.close();
  }
});
