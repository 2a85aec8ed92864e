import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, type Page, test } from "@playwright/test";
import type { List } from "./support/api";
import { ADMIN, type App, startApp } from "./support/app";
import { prepareBelfry } from "./support/belfry";
import { exampleAddress } from "./support/examples";
import { auditPage, auditSimilarPage, expectNoViolations } from "./support/page-audit";
import { pictureName, routesOf } from "./support/routes";

const ROOT = path.resolve(import.meta.dirname, "..");
const OTHERS = {
  operator: { email: "operator@mail.test", password: "a few words of an operator" },
  viewer: { email: "viewer@mail.test", password: "a few words of a viewer" },
};

let dataDir = "";
let app: App;
let page: Page;

test.beforeAll(async ({ browser }) => {
  prepareBelfry();
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-pages-"));
  await promisify(execFile)(process.execPath, ["dist/seed.mjs"], {
    cwd: ROOT,
    env: {
      ...process.env,
      NODE_ENV: "production",
      BELFRY_DATA_DIR: dataDir,
      BELFRY_ADMIN_EMAIL: ADMIN.email,
      BELFRY_ADMIN_PASSWORD: ADMIN.password,
    },
  });
  app = await startApp({ dataDir });
  // Their addresses lead nowhere and no event is sent to them; disabled, they would show less.
  const channels = await app.api.get<List<{ id: string }>>("/channels");
  for (const { id } of channels.items) await app.api.patch(`/channels/${id}`, { enabled: true });
  const notifications = channels.items.slice(0, 2).map(({ id }) => ({ channelId: id }));
  await app.api.post("/profiles", { name: "Standard", isDefault: true, notifications });
  const conditions = [{ field: "severity", op: "matches", value: "warning" }];
  await app.api.post("/routes", { name: "Whatever is wrong", conditions, channels: [channels.items[0]?.id] });
  const location = path.join(dataDir, "backups", "borg");
  mkdirSync(path.dirname(location), { recursive: true });
  const passphrase = "a passphrase of some length";
  await app.api.post("/repositories", { name: "offsite", kind: "borg", location, passphrase, create: true });
  const client = await app.api.post<{ token: string }>("/clients", { name: "web-1", labels: { env: "prod" } });
  await fetch(`${app.url}/api/v1/agent/heartbeat`, {
    method: "POST",
    headers: { authorization: `Bearer ${client.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      intervalSeconds: 60,
      hostname: "web-1.example.org",
      version: "1",
      uptimeSeconds: 86_400,
      disks: [{ mount: "/", totalBytes: 100_000_000_000, freeBytes: 8_000_000_000 }],
    }),
  });
  const destinations = await app.api.get<List<{ id: string }>>("/destinations");
  await app.api.post("/syncs", { name: "Photos", from: { path: "/srv" }, destinationId: destinations.items[0]?.id });
  await app.api.post("/silences", { reason: "New disks", conditions: [{ field: "job", value: "media" }] });
  const steps = channels.items.slice(0, 2).map(({ id }, index) => ({ afterMinutes: 15 + 45 * index, channels: [id] }));
  await app.api.post("/escalation-policies", { name: "Night shift", steps, repeat: 1 });
  const jobs = await app.api.get<List<{ id: string }>>("/jobs");
  const ids = jobs.items.slice(0, 3).map(({ id }) => id);
  await app.api.post("/jobs/bulk", { ids, set: { labels: { env: "prod", site: "berlin-rack-12" } } });
  for (const role of ["operator", "viewer"] as const) {
    await app.api.post("/users", { name: `Some ${role}`, role, ...OTHERS[role] });
  }
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const addressOf = (route: string) => exampleAddress(app, route);

for (const route of routesOf("(console)").filter((each) => each !== "/settings" && each !== "/routing")) {
  test(`${route} is accessible and fits every screen`, async () => {
    await auditPage(page, await addressOf(route), pictureName(route));
  });
}

for (const tab of ["reporting", "schedule", "advanced"]) {
  test(`the tab ${tab} of an external job is accessible and fits every screen`, async () => {
    const name = `Reported by ${tab}`;
    const webhookMapping = { state: { path: "status", rules: [] } };
    const schedule = { onCalendar: "Mon..Fri 02:00", timezone: "Europe/Berlin" };
    const job = await app.api.post<{ id: string; uuid: string }>("/jobs", {
      kind: "external",
      name,
      schedule,
      webhookMapping,
    });
    await fetch(`${app.url}/ping/${job.uuid}/3`, { method: "POST", body: "Repository is locked" });
    await auditPage(page, `/jobs/${job.id}?tab=${tab}`, `external-${tab}`);
  });
}

for (const tab of ["schedule", "retention", "notifications", "advanced"]) {
  test(`a job's tab ${tab} is accessible and fits every screen`, async () => {
    await auditPage(page, `${await addressOf("/jobs/[id]")}?tab=${tab}`, `job-${tab}`);
  });
}

for (const tab of ["rules", "texts", "subscriptions", "activity"]) {
  test(`a channel's tab ${tab} is accessible and fits every screen`, async () => {
    await auditPage(page, `${await addressOf("/channels/[id]")}?tab=${tab}`, `channel-${tab}`);
  });
}

for (const step of ["channel", "source", "destination", "job", "run"]) {
  test(`the first five minutes, step ${step}, is accessible and fits every screen`, async () => {
    await auditPage(page, `/welcome?step=${step}`, `welcome-${step}`);
  });
}

/** Between them they hold every kind of field that a form can have. */
const WHOLE_FORMS = new Set(["discord", "email", "webhook", "apprise"]);

test("the form of every service is accessible and fits every screen", async () => {
  for (const { id } of await app.api.get<{ id: string }[]>("/providers")) {
    const look = WHOLE_FORMS.has(id) ? auditPage : auditSimilarPage;
    await look(page, `/channels/new?provider=${id}`, `channel-new-${id}`);
  }
});

test("deliveries that were sent, died and were folded are accessible and fit every screen", async () => {
  for (const status of ["sent", "dead", "folded"]) {
    interface Delivery {
      id: string;
      provider: string;
      attemptCount: number;
    }
    const { items } = await app.api.get<List<Delivery>>(`/deliveries?status=${status}&limit=200`);
    const delivery = items.find(({ provider, attemptCount }) => provider === "discord" && attemptCount > 1) ?? items[0];
    expect(delivery, `a delivery that is ${status} in the demo set`).toBeDefined();
    await auditPage(page, `/deliveries/${delivery?.id}`, `delivery-${status}`);
  }
  await auditPage(page, "/deliveries?status=dead", "deliveries-dead");
});

test("the pictures of the README are taken, each small: copy them from e2e/artifacts/readme to docs/screenshots", async () => {
  const { items } = await app.api.get<List<{ id: string; provider: string; attemptCount: number }>>(
    "/deliveries?status=sent&limit=200",
  );
  const delivery = items.find(({ provider, attemptCount }) => provider === "discord" && attemptCount > 1) ?? items[0];
  const pictures = {
    overview: "/",
    "overview-dark": "/",
    delivery: `/deliveries/${delivery?.id}`,
    "job-notifications": `${await addressOf("/jobs/[id]")}?tab=notifications`,
    "settings-notifications": "/settings/notifications",
  };
  // It names a folder of this very test.
  const { items: open } = await app.api.get<List<{ id: string; type: string }>>("/alerts?status=open");
  for (const { id, type } of open) if (type === "restore.failed") await app.api.post(`/alerts/${id}/resolve`);
  await page.setViewportSize({ width: 1280, height: 760 });
  for (const [name, address] of Object.entries(pictures)) {
    await page.emulateMedia({ colorScheme: name.endsWith("dark") ? "dark" : "light", reducedMotion: "reduce" });
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    if (name === "job-notifications") await expect(page.getByText("now", { exact: true }).first()).toBeVisible();
    const picture = await page.screenshot({ path: path.join(ROOT, `e2e/artifacts/readme/${name}.png`) });
    expect.soft(picture.length, name).toBeLessThan(150_000);
  }
});

test("dialogs and menus are as accessible as the pages below them", async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/settings/notifications");
  const row = page.getByRole("group", { name: "System Error", exact: true });
  await row.getByRole("button", { name: "Choose the channels of System Error" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectNoViolations(page, "the choice of channels");
  await page.keyboard.press("Escape");
  await expect(row.getByRole("button", { name: "Choose the channels of System Error" })).toBeFocused();
  await row.getByRole("button", { name: "Who gets notified?" }).click();
  await expect(page.getByRole("dialog").getByRole("listitem").first()).toBeVisible();
  await expectNoViolations(page, "Who gets notified?");
  await page.keyboard.press("Escape");
  // Where the menu lies over no control of the page: one that it covers in part counts as too small.
  await page.goto("/profile");
  await page.getByRole("button", { name: /^Account of / }).click();
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await expectNoViolations(page, "the account's menu");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Open menu" }).click();
  await expect(page.getByRole("link", { name: "Delivery log" })).toBeVisible();
  await expectNoViolations(page, "the menu of a small screen");
});

test("what opens over the inbox, the jobs, a channel and the escalation is as accessible, also on a small screen", async () => {
  const [alert] = (await app.api.get<List<{ title: string }>>("/notifications?status=open")).items;
  const open: Record<string, { at: string; opens: () => Promise<void> }> = {
    "the bell": { at: "/", opens: () => page.getByRole("button", { name: /^Notifications, / }).click() },
    "the menu of a snooze": {
      at: "/notifications?status=open",
      opens: () => page.getByRole("button", { name: `Snooze ${alert?.title}`, exact: true }).click(),
    },
    "the bar of selected jobs": {
      at: "/jobs",
      opens: async () => {
        await page
          .getByLabel(/^Select (?!all)/)
          .first()
          .check();
        await page.getByRole("button", { name: "Select all shown" }).click();
        await page.getByRole("region", { name: "Selected jobs" }).getByRole("button", { name: "Labels" }).click();
      },
    },
    "an escalation policy": {
      at: "/routing/escalation",
      opens: () => page.getByRole("button", { name: "Edit Night shift" }).click(),
    },
    "the deletion of a route": {
      at: await addressOf("/routing/routes/[id]"),
      opens: () =>
        page
          .getByRole("main")
          .getByRole("button", { name: /^Delete/ })
          .click(),
    },
    "the recovery of a channel": {
      at: await addressOf("/channels/[id]"),
      opens: () =>
        page
          .getByRole("button", { name: /^(Recover|Resend)/ })
          .first()
          .click(),
    },
    "the move of a channel": {
      at: await addressOf("/channels/[id]"),
      opens: async () => {
        await page.getByRole("button", { name: "Move…" }).click();
        await page.getByRole("dialog").getByLabel("To").selectOption({ index: 1 });
        await expect(page.getByText("Counting…")).toHaveCount(0);
      },
    },
    "the palette": {
      at: "/jobs",
      opens: async () => {
        await page.getByRole("button", { name: "Go to… (Ctrl K)" }).click();
        await page.getByRole("combobox", { name: "Go to" }).fill("o");
        await expect(page.getByRole("option", { name: /Job$/ }).first()).toBeVisible();
      },
    },
    "the variables of a text": {
      at: `${await addressOf("/channels/[id]")}?tab=texts`,
      opens: () => page.getByRole("button", { name: "Insert variable" }).first().click(),
    },
    "the preview of a report": {
      at: `${await addressOf("/channels/[id]")}?tab=subscriptions`,
      opens: () => page.getByRole("button", { name: "Preview", exact: true }).click(),
    },
  };
  for (const [what, { at, opens }] of Object.entries(open)) {
    for (const [scheme, width] of [
      ["light", 1440],
      ["dark", 390],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.goto(at);
      await opens();
      await expect(page.getByRole("dialog").or(page.getByRole("menu")).first()).toBeVisible();
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectNoViolations(page, `${what}, ${scheme}, ${width} px`);
      await page.keyboard.press("Escape");
    }
  }
});

test("the keyboard alone leads in: skip link, visible focus, navigation", async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/jobs");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("every page answers with a strict policy and a nonce of its own; nobody may frame it", async () => {
  const nonces = new Set<string>();
  const routes = [...routesOf("(console)"), ...routesOf("(auth)").filter((route) => !route.includes("["))];
  for (const route of routes) {
    const answer = await page.request.get(await addressOf(route), { maxRedirects: 0, maxRetries: 2 });
    const headers = answer.headers();
    const policy = headers["content-security-policy"] ?? "";
    expect.soft(policy, route).toContain("frame-ancestors 'none'");
    expect.soft(policy, route).not.toMatch(/script-src[^;]*unsafe-(inline|eval)/);
    expect.soft(headers["x-content-type-options"], route).toBe("nosniff");
    expect.soft(headers["referrer-policy"], route).toBe("same-origin");
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? "";
    expect.soft(nonces.has(nonce), `${route}: a nonce that was used before`).toBe(false);
    nonces.add(nonce);
    if (answer.status() !== 200) continue;
    const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
    expect.soft(scripts.length, route).toBeGreaterThan(0);
    for (const script of scripts) expect.soft(script, route).toContain(`nonce="${nonce}"`);
  }
});

for (const role of ["operator", "viewer"] as const) {
  test(`${role}s find every page whole, and no control or address that is not theirs`, async ({ browser }) => {
    const theirs = await app.pageOf(browser, OTHERS[role]);
    for (const route of routesOf("(console)")) {
      const answer = await theirs.goto(await addressOf(route));
      expect.soft(answer?.status(), route).toBe(200);
      await expect.soft(theirs.getByRole("heading", { level: 1 }).first(), route).toBeVisible();
      const words = await theirs.getByRole("main").innerText();
      if (role === "viewer") expect.soft(words, route).not.toContain(ADMIN.email);
      const controls = (name: string) => {
        const main = theirs.getByRole("main");
        return main.getByRole("button", { name, exact: true }).or(main.getByRole("link", { name, exact: true }));
      };
      const notTheirs = ["New channel", "New source", "New destination", "New user", "Delete…", "Resolve"];
      for (const name of role === "viewer" ? notTheirs : notTheirs.slice(0, -1)) {
        await expect.soft(controls(name), `${route}: ${name}`).toHaveCount(0);
      }
    }
    await theirs.goto("/settings/notifications");
    await expect(theirs.getByRole("main").getByRole("switch")).toHaveCount(0);
    await expectNoViolations(theirs, `a settings page that is not for ${role}s`);
  });
}
