import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { ADMIN, type App, startApp } from "./support/app";
import { expectNoViolations } from "./support/page-audit";

const BO = { email: "bo@mail.test", password: "a few words of an operator" };
const VI = { email: "vi@mail.test", password: "a few words of a viewer" };

interface Entry {
  id: string;
  title: string;
  status: string;
  occurrences: number;
  snoozedUntil: string | null;
}
interface Inbox {
  items: Entry[];
  nextCursor: string | null;
  unread: number;
}

let dataDir = "";
let app: App;
test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-inbox-"));
  app = await startApp({ dataDir });
  await app.api.post("/users", { name: "Bo", role: "operator", ...BO });
  await app.api.post("/users", { name: "Vi", role: "viewer", ...VI });
});
test.afterAll(async () => {
  await app?.close();
  rmSync(dataDir, { recursive: true, force: true });
});
test.beforeEach(async () => {
  const { items } = await app.api.get<Inbox>("/notifications?status=open&limit=200");
  for (const { id } of items) await app.api.post(`/notifications/${id}/resolve`);
});

/** Raises a problem elsewhere, as another machine does. @returns the id of its alert */
async function raise(title: string, dedupKey = title): Promise<string> {
  await app.api.post("/notify", { title, message: `${title}, 97 %`, tone: "failure", dedupKey });
  const { items } = await app.api.get<Inbox>("/notifications?status=open&limit=200");
  return items.find((one) => one.title === title)?.id ?? "";
}

const bell = (page: Page) => page.getByRole("button", { name: /^Notifications, / });
const badge = async (page: Page, count: number | "nothing") =>
  expect(bell(page)).toHaveAccessibleName(`Notifications, ${count} unread`);
/** The last one counts. */
const icon = (page: Page) => page.locator("head link[rel=icon]").last();
const row = (page: Page, title: string) => page.getByRole("row").filter({ hasText: title });

test("the interface of the inbox answers as agreed, and each key has a read state of its own", async () => {
  const id = await raise("Disk full");
  await raise("Disk full");
  const { items, nextCursor, unread } = await app.api.get<Inbox>("/notifications?status=new&severity=critical&q=disk");
  expect([items.length, nextCursor, unread]).toEqual([1, null, 1]);
  expect(items[0]).toMatchObject({
    id,
    type: "custom.notification",
    title: "Disk full",
    message: "Disk full, 97 %",
    subject: { kind: "custom", id: expect.any(String), name: expect.any(String) },
    client: null,
    severity: "critical",
    tone: "failure",
    occurrences: 2,
    firstOccurredAt: expect.stringMatching(/Z$/),
    lastOccurredAt: expect.stringMatching(/Z$/),
    status: "new",
    snoozedUntil: null,
  });
  expect(await app.api.post(`/notifications/${id}/read`)).toMatchObject({ status: "read" });
  const until = new Date(Date.now() + 3_600_000).toISOString();
  expect(await app.api.post(`/notifications/${id}/snooze`, { until })).toMatchObject({ snoozedUntil: until });
  expect(await app.api.post(`/notifications/${id}/snooze`, { until: null })).toMatchObject({ snoozedUntil: null });
  expect(await app.api.post(`/notifications/${id}/acknowledge`)).toMatchObject({ status: "acknowledged" });
  expect((await app.api.call("POST", `/notifications/${id}/acknowledge`)).status).toBe(409);
  expect(await app.api.post(`/notifications/${id}/resolve`)).toMatchObject({ status: "resolved" });
  expect((await app.api.call("POST", "/notifications/alr_none/read")).status).toBe(404);
  expect((await app.api.call("POST", "/notifications/read-all")).status).toBe(200);
  expect(await app.api.get(`/notifications/${id}`)).toMatchObject({
    timeline: expect.arrayContaining([expect.objectContaining({ kind: "acknowledged" })]),
  });
});

test("the bell changes without reload while a problem is raised elsewhere, for each user apart", async ({
  browser,
}) => {
  const [anna, bo] = [await app.pageOf(browser), await app.pageOf(browser, BO)];
  await badge(anna, "nothing");
  await expect(icon(anna)).toHaveAttribute("href", "/icon-healthy.svg");
  await raise("Mail queue stuck");
  await badge(anna, 1);
  await badge(bo, 1);
  await expect(icon(anna)).toHaveAttribute("href", "/icon-critical-unread.svg");
  await expect(anna.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: /^Inbox/ })).toContainText(
    "1",
  );
  await bell(anna).click();
  const latest = anna.getByRole("dialog", { name: "Notifications" });
  await expect(latest.getByRole("link", { name: /Mail queue stuck/ })).toBeVisible();
  await expectNoViolations(anna, "the bell");
  await latest.getByRole("button", { name: "Mark as read: Mail queue stuck" }).click();
  await badge(anna, "nothing");
  // Read, and as bad as before.
  await expect(icon(anna)).toHaveAttribute("href", "/icon-critical.svg");
  await badge(bo, 1);
  // It counts up: not unread again.
  await raise("Mail queue stuck");
  await expect(latest.getByText("2 times")).toBeVisible();
  await badge(anna, "nothing");
  await latest.getByRole("link", { name: "View all" }).click();
  await expect(anna.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();
  await expect(icon(anna)).toHaveAttribute("href", "/icon-critical.svg");
  await expect(row(anna, "Mail queue stuck")).toContainText("Read");
  await bo.goto("/notifications");
  await expect(row(bo, "Mail queue stuck")).toContainText("New");
  await row(bo, "Mail queue stuck")
    .getByRole("button", { name: /^Acknowledge/ })
    .click();
  // What one does, the other sees at once.
  await expect(row(anna, "Mail queue stuck")).toContainText("Acknowledged");
});

test("the inbox is worked by keys alone: j, k, r, e", async ({ browser }) => {
  const page = await app.pageOf(browser);
  await raise("First problem");
  await raise("Second problem");
  await page.goto("/notifications");
  await expect(row(page, "Second problem")).toContainText("New");
  await page.keyboard.press("j");
  await expect(row(page, "Second problem")).toBeFocused();
  await page.keyboard.press("j");
  await expect(row(page, "First problem")).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("r");
  await expect(row(page, "Second problem")).toContainText("Read");
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await expect(row(page, "First problem")).toContainText("Acknowledged");
  await badge(page, "nothing");
  // In a field a letter is a letter.
  await page.getByRole("searchbox", { name: "Search the inbox" }).fill("re");
  await page.keyboard.press("e");
  await expect(page.getByRole("searchbox", { name: "Search the inbox" })).toHaveValue("ree");
});

test("a user turns the keys of the inbox off: a letter does nothing any more, and the hint is gone", async ({
  browser,
}) => {
  const page = await app.pageOf(browser, BO);
  await raise("Only problem");
  await page.goto("/notifications");
  await page.getByRole("link", { name: "Turn them off" }).click();
  const form = page.locator("form").filter({ hasText: "Keys of the inbox" });
  await form.getByLabel("Keys of the inbox").uncheck();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await page.goto("/notifications");
  await expect(page.getByText("1 entry shown.").or(page.getByText("entries shown."))).toBeVisible();
  await expect(page.getByText("Keys:")).toHaveCount(0);
  // The row has the focus, as after j: only the letter is missing.
  await row(page, "Only problem").focus();
  for (const key of ["j", "k", "r", "e"]) await page.keyboard.press(key);
  await page.reload();
  await expect(row(page, "Only problem")).toContainText("New");
  // Another user's keys stay.
  const anna = await app.pageOf(browser, ADMIN, "/notifications");
  await expect(anna.getByText("Keys:")).toBeVisible();
});

test("filters stand in the address, and an empty result says so", async ({ browser }) => {
  const page = await app.pageOf(browser);
  await raise("Disk A full");
  await raise("Certificate expires");
  await page.goto("/notifications?status=open&q=disk");
  await expect(row(page, "Disk A full")).toBeVisible();
  await expect(row(page, "Certificate expires")).toHaveCount(0);
  await page.getByRole("combobox", { name: "Severity" }).selectOption("warning");
  await expect(page).toHaveURL(/severity=warning/);
  await expect(page.getByText("No matching entries")).toBeVisible();
  await page.getByRole("link", { name: "Show the whole inbox" }).click();
  await expect(row(page, "Certificate expires")).toBeVisible();
});

test("an alert is snoozed for everybody, and its page says what happened", async ({ browser }) => {
  const [anna, bo] = [await app.pageOf(browser), await app.pageOf(browser, BO)];
  await raise("Backup disk slow");
  await badge(bo, 1);
  await anna.goto("/notifications");
  await row(anna, "Backup disk slow").getByRole("button", { name: "Snooze Backup disk slow" }).click();
  await anna.getByRole("menuitem", { name: "8 hours" }).click();
  await expect(row(anna, "Backup disk slow")).toContainText("Snoozed until");
  await badge(bo, "nothing");
  await row(anna, "Backup disk slow")
    .getByRole("link", { name: /Backup disk slow/ })
    .click();
  const timeline = anna.getByRole("list", { name: "Timeline" });
  await expect(timeline).toContainText("First seen");
  await expect(timeline).toContainText(`Snoozed by ${ADMIN.email.split("@")[0]}`, { ignoreCase: true });
  await anna.getByRole("button", { name: "Snoozed…" }).click();
  await anna.getByRole("menuitem", { name: "End snooze" }).click();
  await expect(timeline).toContainText("Snooze ended");
  await badge(bo, 1);
  await anna.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await expect(timeline).toContainText("Acknowledged by");
});

test("Mark all as read leaves nothing unread, for this user only", async ({ browser }) => {
  const [anna, bo] = [await app.pageOf(browser), await app.pageOf(browser, BO)];
  for (const title of ["One", "Two", "Three"]) await raise(title);
  await badge(anna, 3);
  await anna.goto("/notifications");
  await anna.getByRole("button", { name: "Mark all as read" }).click();
  await badge(anna, "nothing");
  await expect(row(anna, "Two")).toContainText("Read");
  await badge(bo, 3);
});

test("a viewer reads and marks as read, and has no button for more", async ({ browser }) => {
  await raise("Seen by all");
  const page = await app.pageOf(browser, VI, "/notifications");
  await expect(row(page, "Seen by all")).toContainText("New");
  await expect(page.getByRole("main").getByRole("button", { name: /^(Acknowledge|Resolve|Snooze)/ })).toHaveCount(0);
  await expect(row(page, "Seen by all")).not.toContainText("97 %");
  await row(page, "Seen by all")
    .getByRole("button", { name: /^Mark as read/ })
    .click();
  await expect(row(page, "Seen by all")).toContainText("Read");
});

test("the badge counts what its user wants: everything, or problems alone", async ({ browser }) => {
  const page = await app.pageOf(browser, BO);
  await app.api.post("/notify", { title: "All is well", message: "x", tone: "success" });
  await page.goto("/notifications");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.goto("/profile");
  await page.getByLabel("Badge counts", { exact: true }).selectOption("everything");
  const form = page.locator("form").filter({ hasText: "Badge counts" });
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved")).toBeVisible();
  await app.api.post("/notify", { title: "All is well again", message: "x", tone: "success" });
  await badge(page, 1);
});

test("tabs of one browser share one stream, and the next takes over when its holder closes", async ({ browser }) => {
  const first = await app.pageOf(browser);
  const open = new Set<unknown>();
  first.context().on("request", (request) => request.url().endsWith("/api/v1/stream") && open.add(request));
  first.context().on("requestfailed", (request) => open.delete(request));
  first.context().on("requestfinished", (request) => open.delete(request));
  await first.goto("/jobs");
  await expect.poll(() => open.size).toBe(1);
  const second = await first.context().newPage();
  await second.goto("/notifications");
  const third = await first.context().newPage();
  await third.goto("/");
  await expect.poll(() => open.size).toBe(1);
  await raise("Seen in every tab");
  for (const tab of [first, second, third]) await badge(tab, 1);
  await expect(row(second, "Seen in every tab")).toBeVisible();
  await third.close();
  await expect.poll(() => open.size).toBe(1);
  await raise("Seen after the holder closed");
  for (const tab of [first, second]) await badge(tab, 2);
});
