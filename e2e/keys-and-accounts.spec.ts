import { expect, type Page, test } from "@playwright/test";
import { apiOf, type List } from "./support/api";
import { type ApiApp, startApiApp } from "./support/api-app";
import { auditPage } from "./support/page-audit";
import { WAYS } from "./support/ways";

test.describe.configure({ mode: "serial" });

interface Key {
  id: string;
  name: string;
  state: string;
  createdBy: string | null;
  owner: { id: string; name: string } | null;
  expiresAt: string | null;
}

const PASSWORD = "correct horse battery staple";
let running: ApiApp;
let admin: Page;
let ana: Page;
let anaId = "";

const keys = async () => (await running.api.get<List<Key>>("/api-keys")).items;

/** Creates a key by the form and returns it, as the page shows it this once. */
async function createKey(page: Page, name: string, expires: string): Promise<string> {
  await page.goto("/settings/api-keys");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Expires").selectOption({ label: expires });
  await page.getByRole("button", { name: "Create key" }).click();
  const shown = page.getByText(/^bfy_[\w-]{43}$/);
  await expect(shown).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: name })).toContainText("by Ana");
  return await shown.innerText();
}

for (const way of WAYS) {
  test.describe(way, () => {
    test.beforeAll(async ({ browser }) => {
      running = await startApiApp({ way });
      admin = await running.app.sharedPageOf(browser);
      const account = { name: "Ana", email: "ana@example.org", password: PASSWORD };
      anaId = (await running.api.post<{ id: string }>("/users", { ...account, role: "admin" })).id;
      ana = await running.app.sharedPageOf(browser, account);
    });
    test.afterAll(() => running?.close());

    test("fault E11: a key gets its end when it is made, and the list names its maker", async () => {
      await createKey(ana, "Grafana", "In 30 days");
      const [made] = await keys();
      expect(made).toMatchObject({ name: "Grafana", createdBy: "Ana", owner: { id: anaId }, state: "valid" });
      const days = (Date.parse(made?.expiresAt ?? "") - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(29);
      expect(days).toBeLessThan(30.01);
      await running.api.post("/api-keys", { name: "Soon gone", role: "viewer", expiresInDays: 2 });
      await auditPage(admin, "/settings/api-keys", "api-keys");
      await expect(admin.getByRole("row").filter({ hasText: "Soon gone" })).toContainText("Expires");
    });

    test("fault E11: disabling an account shows its keys, revokes them within a second, and keeps the one that is chosen", async () => {
      const lost = await createKey(ana, "Lost", "In one year");
      const kept = await createKey(ana, "Kept", "Never");
      await admin.goto(`/users/${anaId}`);
      await admin.getByRole("button", { name: "Disable account…" }).click();
      const dialog = admin.getByRole("dialog");
      await expect(dialog).toContainText("3 API keys of this account will be revoked.");
      await dialog.getByLabel("Keep Kept").check();
      await expect(dialog).toContainText("2 API keys of this account will be revoked.");
      await dialog.getByRole("button", { name: "Disable account" }).click();
      await expect(dialog).toBeHidden();

      const status = async (key: string) => (await apiOf(running.app.url, key).call("GET", "/jobs")).status;
      await expect.poll(() => status(lost), { timeout: 2_000 }).toBe(401);
      expect(await status(kept)).toBe(200);
      const states = Object.fromEntries(
        (await keys()).map(({ name, state, owner }) => [name, [state, owner?.id === anaId]]),
      );
      expect(states).toMatchObject({ Lost: ["revoked", true], Grafana: ["revoked", true], Kept: ["valid", false] });
    });

    test("fault E8: a corrected address makes an invitation void, and the page says that a new one is needed", async () => {
      const made = await running.api.post<{ id: string; invitation: { url: string } }>("/users", {
        name: "Ben",
        email: "bne@example.org",
        role: "viewer",
      });
      const visitor = await admin.context().browser()?.newPage();
      if (!visitor) throw new Error("no browser");
      await visitor.goto(made.invitation.url);
      await expect(visitor.getByText("bne@example.org")).toBeVisible();
      await admin.goto(`/users/${made.id}`);
      await admin.getByLabel("Mail address").fill("ben@example.org");
      await admin.getByRole("button", { name: "Save" }).click();
      await expect(admin.getByText("No valid invitation")).toBeVisible();
      await expect(admin.getByRole("button", { name: "Send invitation" })).toBeVisible();
      await visitor.goto(made.invitation.url);
      await expect(visitor.getByText("bne@example.org")).toBeHidden();
      await expect(visitor.getByText(/no longer valid/)).toBeVisible();
      await visitor.close();
    });

    test("fault E14: too many channels and NUL are refused by the built program with a sentence", async () => {
      const { url } = running.app;
      const notify = (body: unknown) => running.api.call("POST", "/notify", body);
      const channels = (item: number) => Array.from({ length: 40 }, (_, at) => `channel ${item * 40 + at}`);
      const many = await notify(
        Array.from({ length: 1_000 }, (_, item) => ({ title: "x", message: "x", channels: channels(item) })),
      );
      expect([many.status, many.body.error.message]).toEqual([400, expect.stringContaining("this one names 40,000")]);
      const nul = await notify({ title: "a\0b", message: "x" });
      expect([nul.status, nul.body.error.fields]).toEqual([400, { title: expect.stringContaining("NUL") }]);
      const unknown = await apiOf(url, `bfy_${"x".repeat(43)}`).call("POST", "/notify", { title: "x", message: "x" });
      expect(unknown.status).toBe(401);
    });
  });
}
