import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Browser, type BrowserContext, expect, type Page, test } from "@playwright/test";
import { type Api, apiOf } from "./api";
import { type Belfry, type BelfryOptions, startBelfry } from "./belfry";
import { hiddenFieldsOf } from "./hidden-fields";
import { PROGRAM } from "./program";
import { TRUST_NGINX, type Way, type Ways, withNginx } from "./ways";

/** The first admin of an installation whose set-up is not the subject. Has a mailbox on our mail server. */
export const ADMIN = { email: "anna@mail.test", password: "correct horse battery staple" };

export interface Account {
  email: string;
  password: string;
}

/** A running Belfry of its own with an admin, and the ways in. */
export interface App {
  belfry: Belfry;
  url: string;
  /** The management API with an admin's key. */
  api: Api;
  /**
   * A page of a browser of its own, signed in, for the test that runs: it is closed when another test opens one. Left open, each
   * would draw itself anew at every later notice.
   * @param at the address that it opens; the overview by default
   */
  pageOf(browser: Browser, account?: Account, at?: string): Promise<Page>;
  /** The same for all tests of a file, when a hook opens it. */
  sharedPageOf(browser: Browser, account?: Account, at?: string): Promise<Page>;
  /** Ends this process by SIGKILL, so that only the data folder is left. */
  kill(): Promise<void>;
  /** Ends it in order; the data folder stays when `start` is to follow. */
  halt(): Promise<void>;
  /** A new process on the same data folder and port. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the built program on a fresh data folder with an admin and an API key.
 * @param options.way how all of this reaches it; directly by default
 */
export async function startApp(
  options: Pick<BelfryOptions, "env" | "port"> & { dataDir: string; way?: Way },
): Promise<App> {
  const way = options.way ?? "directly";
  const env = {
    BELFRY_ADMIN_EMAIL: ADMIN.email,
    BELFRY_ADMIN_PASSWORD: ADMIN.password,
    ...(way === "behind nginx" && TRUST_NGINX),
    ...options.env,
  };
  let belfry = await startBelfry({ dataDir: options.dataDir, port: options.port, env });
  const ways: Ways | null = way === "behind nginx" ? await withNginx(belfry) : null;
  const { port, dataDir } = belfry;
  const url = ways?.url[way] ?? belfry.url;
  const key = await createKey(dataDir, "admin");
  const opened = openPages(url);
  return {
    get belfry() {
      return belfry;
    },
    url,
    api: apiOf(url, key),
    pageOf: (browser, account = ADMIN, at = "/") => opened.open(browser, account, at, test.info().testId),
    sharedPageOf: (browser, account = ADMIN, at = "/") => opened.open(browser, account, at, null),
    kill: () => belfry.kill(),
    halt: () => belfry.stop(),
    async start() {
      belfry = await startBelfry({ dataDir, port, env });
    },
    async close() {
      await opened.closeAll();
      await ways?.proxy.stop();
      await belfry.stop();
    },
  };
}

/** An API key made by the command, as a newcomer makes it. */
export async function createKey(dataDir: string, role: "admin" | "operator" | "viewer"): Promise<string> {
  const args = ["dist/cli.mjs", "api-key", "create", "--name", `end to end, ${role}`, "--role", role, "--json"];
  const { stdout } = await promisify(execFile)(PROGRAM.node, args, {
    cwd: PROGRAM.folder,
    env: { ...process.env, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir },
  });
  const made = JSON.parse(stdout) as { role: string; key: string };
  expect(made.role).toBe(role);
  return made.key;
}

/** The pages of an app, each in a browser of its own. */
function openPages(baseURL: string) {
  /** Null: for all tests. */
  const testOf = new Map<BrowserContext, string | null>();
  const closeWhere = async (isToClose: (test: string | null) => boolean) => {
    for (const [context, test] of testOf) {
      if (!isToClose(test)) continue;
      testOf.delete(context);
      await context.close();
    }
  };
  return {
    async open(browser: Browser, account: Account, at: string, test: string | null): Promise<Page> {
      await closeWhere((other) => other !== null && other !== test);
      const context = await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } });
      testOf.set(context, test);
      await signInWithoutPage(context, account);
      const page = await context.newPage();
      await page.goto(at);
      await expect(accountButton(page)).toBeVisible();
      return page;
    },
    closeAll: () => closeWhere(() => true),
  };
}

/** Sends the form of the sign-in page as a browser without scripts does: a page of it need not be drawn for each of many tests. */
async function signInWithoutPage({ request }: BrowserContext, account: Account): Promise<void> {
  const hidden = hiddenFieldsOf(await (await request.get("/login")).text());
  const answer = await request.post("/login", { multipart: { ...hidden, ...account }, maxRedirects: 0 });
  expect(answer.status(), `sign-in of ${account.email}`).toBe(303);
}

const accountButton = (page: Page) => page.getByRole("button", { name: /^Account of / });

/** Signs in by the form and waits for the console. */
export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.goto("/login");
  await fillSignIn(page, { email, password });
  await expect(accountButton(page)).toBeVisible();
}

/** Sends the sign-in form and waits for an answer; what it is the caller says. */
export async function fillSignIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await page.getByRole("button", { name: "Sign in" }).click();
  await answered;
}

/** Chooses an item of a menu that a button opens. */
export async function pick(page: Page, button: string | RegExp, item: string | RegExp): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("menuitem", { name: item }).click();
}
