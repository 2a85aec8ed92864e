import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { apiOf, type List } from "./support/api";
import { createKey, fillSignIn, signIn } from "./support/app";
import { type Belfry, startBelfry } from "./support/belfry";
import { belfryCommand } from "./support/command";

test.describe.configure({ mode: "serial" });

const ANNA = { name: "Anna Berg", email: "anna@mail.test", password: "correct horse battery staple" };
const OLEG = { name: "Oleg Petrov", email: "oleg@mail.test", password: "a few words of Oleg" };

let dataDir = "";
let belfry: Belfry;

test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-setup-"));
  belfry = await startBelfry({ dataDir });
});
test.afterAll(async () => {
  await belfry.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A browser of its own, with nobody signed in. */
async function newPage(browser: Browser, timezoneId?: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: belfry.url, ...(timezoneId && { timezoneId }) });
  return context.newPage();
}

const account = (page: Page) => page.getByRole("button", { name: /^Account of / });
const alert = (page: Page) => page.getByRole("main").getByRole("alert");

async function fillSetUp(page: Page, { name, email, password }: typeof ANNA): Promise<void> {
  await page.goto(await belfry.setupPath());
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Mail address").fill(email);
  await page.getByLabel("Password").fill(password);
}

test("the first address opened is the set-up; what is wrong stands beside its field and what was typed stays", async ({
  browser,
}) => {
  const page = await newPage(browser);
  await fillSetUp(page, { ...ANNA, email: "no address", password: "short" });
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Mail address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/10 characters/);
  await expect(page.getByLabel("Your name")).toHaveValue(ANNA.name);
  await expect(page).toHaveURL(/\/setup\?/);
  await page.context().close();
});

test("fault E5: on this machine too, nobody becomes the first admin without the printed code", async ({ browser }) => {
  const page = await newPage(browser);
  await page.goto("/");
  await expect(page).toHaveURL(/\/setup$/);
  for (const [code, refusal] of [
    ["", "Enter the code from the start's output."],
    ["AAAA-AAAA-AAAA", "This is not the code."],
  ] as const) {
    await page.getByLabel("Your name").fill(ANNA.name);
    await page.getByLabel("Mail address").fill(ANNA.email);
    await page.getByLabel("Password").fill(ANNA.password);
    await page.getByLabel("Setup code").fill(code);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByLabel("Setup code")).toHaveAccessibleDescription(new RegExp(refusal));
  }
  await page.context().close();
});

test("two who set up at once make one admin, and the set-up is closed for ever after", async ({ browser }) => {
  const [one, other] = [await newPage(browser, "Asia/Tokyo"), await newPage(browser, "Asia/Tokyo")];
  await fillSetUp(one, ANNA);
  await expect(one.getByLabel("Time zone")).toHaveValue("Asia/Tokyo");
  await expect(one.getByLabel("Address of Belfry")).toHaveValue(belfry.url);
  await fillSetUp(other, { ...ANNA, name: "Somebody Else", email: "else@mail.test" });
  const create = (page: Page) => page.getByRole("button", { name: "Create account" }).click();
  await Promise.all([create(one), create(other)]);
  const settled = async (page: Page) => {
    await expect(
      account(page)
        .or(alert(page))
        .or(page.getByRole("button", { name: "Sign in" }))
        .first(),
    ).toBeVisible();
    return account(page).isVisible();
  };
  const isIn = [await settled(one), await settled(other)];
  expect(isIn.filter(Boolean)).toHaveLength(1);

  const users = await apiOf(belfry.url, await createKey(dataDir, "admin")).get<List<{ email: string; role: string }>>(
    "/users",
  );
  expect(users.items).toHaveLength(1);
  expect(users.items[0]).toMatchObject({ email: isIn[0] ? ANNA.email : "else@mail.test", role: "admin" });

  const settings = await apiOf(belfry.url, await createKey(dataDir, "admin")).get<{
    timezone: string;
    address: string | null;
  }>("/settings/general");
  expect(settings).toMatchObject({ timezone: "Asia/Tokyo", address: belfry.url });

  const later = await newPage(browser);
  await later.goto("/setup");
  await expect(later).toHaveURL(/\/login$/);
  await expect(later.getByRole("heading", { name: "Sign in" })).toBeVisible();
  // The rest of this file signs in as Anna, even if the other one was quicker.
  if (!isIn[0]) {
    const admin = apiOf(belfry.url, await createKey(dataDir, "admin"));
    await admin.post("/users", { name: ANNA.name, email: ANNA.email, role: "admin", password: ANNA.password });
  }
  for (const page of [one, other, later]) await page.context().close();
});

test("a wrong password is refused in the same words as an unknown address; the right one leads back to where one wanted", async ({
  browser,
}) => {
  const page = await newPage(browser);
  await page.goto("/channels");
  await expect(page).toHaveURL(/\/login\?next=/);
  await fillSignIn(page, { email: ANNA.email, password: "not this one" });
  await expect(alert(page)).toContainText("Mail address or password is wrong.");
  await expect(page.getByLabel("Mail address")).toHaveValue(ANNA.email);
  await fillSignIn(page, { email: "nobody@mail.test", password: "not this one" });
  await expect(alert(page)).toContainText("Mail address or password is wrong.");
  await fillSignIn(page, ANNA);
  await expect(page).toHaveURL(`${belfry.url}/channels`);
  await expect(account(page)).toHaveText(ANNA.name);
  await page.context().close();
});

test("fault E14: after signing in, next= leads to no other site", async ({ browser }) => {
  for (const next of [
    "/.//evil.example",
    "/%2e//evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
  ]) {
    const page = await newPage(browser);
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await fillSignIn(page, ANNA);
    await expect(account(page)).toBeVisible();
    expect(new URL(page.url()).origin, next).toBe(belfry.url);
    // Signed in already, the page of the sign-in itself leads on.
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    expect(new URL(page.url()).origin, next).toBe(belfry.url);
    await page.context().close();
  }
});

test("fault E6: five wrong passwords of a stranger do not keep a browser out that has signed in before", async ({
  browser,
}) => {
  const [anna, stranger] = [await newPage(browser), await newPage(browser)];
  await signIn(anna, ANNA);
  await account(anna).click();
  await anna.getByRole("menuitem", { name: "Sign out" }).click();
  await stranger.goto("/login");
  for (let wrong = 1; wrong <= 5; wrong++) {
    await fillSignIn(stranger, { email: ANNA.email, password: `wrong ${wrong}` });
    await expect(alert(stranger)).toContainText(/is wrong|is blocked/);
  }
  await fillSignIn(stranger, ANNA);
  await expect(alert(stranger)).toContainText(
    /is blocked after repeated wrong passwords\. Try again in (1 min|\d+ s)\./,
  );
  const cookies = await anna.context().cookies();
  expect(cookies.find(({ name }) => name === "belfry-device")).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  await fillSignIn(anna, ANNA);
  await expect(account(anna)).toBeVisible();
  const { code, out } = belfryCommand(dataDir, ["users", "unlock", ANNA.email]);
  expect([code, out]).toEqual([0, `${ANNA.email} may try again at once.\n`]);
  await fillSignIn(stranger, ANNA);
  await expect(account(stranger)).toBeVisible();
  for (const page of [anna, stranger]) await page.context().close();
});

test("signing out ends it: neither the back button nor an address shows anything any more", async ({ browser }) => {
  const page = await newPage(browser);
  await signIn(page, ANNA);
  await page.goto("/users");
  await expect(page.getByRole("heading", { name: "Users", level: 1 })).toBeVisible();
  await account(page).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.goBack();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText(ANNA.email)).toBeHidden();
  await page.goto("/users");
  await expect(page).toHaveURL(/\/login/);
  await page.context().close();
});

test("an admin creates a user with a password; disabling the account ends the session at once", async ({ browser }) => {
  const admin = await newPage(browser);
  await signIn(admin, ANNA);
  await admin.goto("/users/new");
  await admin.getByLabel("Name", { exact: true }).fill(OLEG.name);
  await admin.getByLabel("Mail address").fill(OLEG.email);
  await admin.getByRole("radio", { name: /^Operator/ }).check();
  await admin.getByRole("radio", { name: /^Set password now/ }).check();
  await admin.getByLabel("Initial password").fill(OLEG.password);
  await admin.getByRole("button", { name: "Create user" }).click();
  await expect(admin.getByRole("link", { name: OLEG.name })).toBeVisible();

  const oleg = await newPage(browser);
  await signIn(oleg, OLEG);
  await oleg.goto("/jobs");
  await expect(oleg.getByRole("heading", { name: "Jobs", level: 1 })).toBeVisible();

  await admin.getByRole("link", { name: OLEG.name }).click();
  await admin.getByRole("button", { name: "Disable account…" }).click();
  await admin.getByRole("dialog").getByRole("button", { name: "Disable account" }).click();
  await expect(admin.getByRole("button", { name: "Enable account" })).toBeVisible();
  await expect(admin.getByRole("region", { name: "Messages" }).getByRole("button", { name: "Undo" })).toBeVisible();

  await oleg.goto("/jobs");
  await expect(oleg).toHaveURL(/\/login/);
  await fillSignIn(oleg, OLEG);
  await expect(alert(oleg)).toContainText("This account is disabled.");

  await admin.getByRole("button", { name: "Enable account" }).click();
  await expect(admin.getByRole("button", { name: "Disable account…" })).toBeVisible();
  await fillSignIn(oleg, OLEG);
  await expect(account(oleg)).toBeVisible();
  for (const page of [admin, oleg]) await page.context().close();
});

test("changing the password keeps this session and ends every other", async ({ browser }) => {
  const [here, elsewhere] = [await newPage(browser), await newPage(browser)];
  await signIn(here, OLEG);
  await signIn(elsewhere, OLEG);
  await here.goto("/profile");
  await here.getByLabel("Current password").fill("not this one");
  await here.getByLabel("New password").fill("another few words of Oleg");
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByLabel("Current password")).toHaveAccessibleDescription(/This is not your password/);
  await here.getByLabel("Current password").fill(OLEG.password);
  await here.getByLabel("New password").fill("another few words of Oleg");
  await here.getByRole("button", { name: "Change password" }).click();
  await expect(here.getByText(/Password changed/)).toBeVisible();
  await here.goto("/jobs");
  await expect(here.getByRole("heading", { name: "Jobs", level: 1 })).toBeVisible();
  await elsewhere.goto("/jobs");
  await expect(elsewhere).toHaveURL(/\/login/);
  await fillSignIn(elsewhere, OLEG);
  await expect(alert(elsewhere)).toContainText("Mail address or password is wrong.");
  for (const page of [here, elsewhere]) await page.context().close();
});

test("five wrong passwords block the account for new devices, the right one is refused too, and an admin lifts it", async ({
  browser,
}) => {
  const oleg = await newPage(browser);
  await oleg.goto("/login");
  const right = { email: OLEG.email, password: "another few words of Oleg" };
  for (let wrong = 1; wrong <= 5; wrong++) {
    await fillSignIn(oleg, { email: OLEG.email, password: `wrong ${wrong}` });
    await expect(alert(oleg)).toContainText(/is wrong|is blocked/);
  }
  await fillSignIn(oleg, right);
  await expect(alert(oleg)).toContainText("Signing in is blocked after repeated wrong passwords.");

  const admin = await newPage(browser);
  await signIn(admin, ANNA);
  await expect(admin.getByRole("table", { name: "Open alerts" })).toContainText("Sign-in Blocked");
  await admin.goto("/users");
  await admin.getByRole("link", { name: OLEG.name }).click();
  await admin.getByRole("button", { name: "Unlock" }).click();
  await expect(admin.getByRole("button", { name: "Unlock" })).toBeHidden();
  await fillSignIn(oleg, right);
  await expect(account(oleg)).toBeVisible();
  await admin.goto("/");
  await expect(admin.getByText("Sign-in Blocked")).toBeHidden();
  for (const page of [admin, oleg]) await page.context().close();
});

test("every change stands in the audit log, with who and from where", async ({ browser }) => {
  const admin = await newPage(browser);
  await signIn(admin, ANNA);
  await admin.goto("/settings/audit");
  const table = admin.getByRole("table", { name: "Audit log" });
  for (const verb of ["users.create", "users.disable", "users.enable", "users.unlock", "profile.password"]) {
    await expect(table.getByText(verb, { exact: true }).first()).toBeVisible();
  }
  await expect(table).toContainText("127.0.0.1");
  expect(await table.innerText()).not.toContain(OLEG.password);
  await admin.context().close();
});
