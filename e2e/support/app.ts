import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Browser, type BrowserContext, expect, type Page } from "@playwright/test";
import { type Api, apiOf } from "./api";
import { type Belfry, type BelfryOptions, startBelfry } from "./belfry";
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
  /** A page of a browser of its own, signed in by the form. */
  pageOf(browser: Browser, account?: Account): Promise<Page>;
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
  const contexts = new Set<BrowserContext>();
  return {
    get belfry() {
      return belfry;
    },
    url,
    api: apiOf(url, key),
    async pageOf(browser, account = ADMIN) {
      const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } });
      contexts.add(context);
      const page = await context.newPage();
      await signIn(page, account);
      return page;
    },
    kill: () => belfry.kill(),
    halt: () => belfry.stop(),
    async start() {
      belfry = await startBelfry({ dataDir, port, env });
    },
    async close() {
      for (const context of contexts) await context.close();
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

/** Signs in by the form and waits for the console. */
export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.goto("/login");
  await fillSignIn(page, { email, password });
  await expect(page.getByRole("button", { name: /^Account of / })).toBeVisible();
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
