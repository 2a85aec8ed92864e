import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import Database from "better-sqlite3";
import pg from "pg";
import type { ErrorBody, List } from "./support/api";
import { apiOf } from "./support/api";
import { type App, createKey, startApp } from "./support/app";
import { until } from "./support/child";
import { type PostgresServer, startPostgres } from "./support/postgres";

test.describe.configure({ mode: "serial" });

const OPERATOR = { name: "Oleg Petrov", email: "oleg@mail.test", password: "a few words of Oleg" };
const NAMES = ["Große Glocke 🔔", "鐘", "a\\b", "with space", "-rf"];

let folder = "";
let dataDir = "";
let app: App;
let postgres: PostgresServer;
let page: Page;
/** Artifact ids by job. */
const artifacts: Record<string, string> = {};

interface Run {
  id: string;
  status: string;
  error: string | null;
}
interface Artifact {
  id: string;
  sha256: string;
  bytes: number;
}

const inFolder = (name: string) => path.join(folder, name);
const nameOf = (file: string) => {
  const database = new Database(file, { readonly: true });
  const { name } = database.prepare("select name from bells").get() as { name: string };
  database.close();
  return name;
};

function writeBells(file: string, name: string): void {
  rmSync(file, { force: true });
  const database = new Database(file);
  database.exec("create table bells (name text)");
  database.prepare("insert into bells values (?)").run(name);
  database.close();
}

async function settled(runId: string): Promise<Run> {
  let run: Run | undefined;
  await until(`run ${runId} is over`, async () => {
    run = await app.api.get<Run>(`/runs/${runId}`);
    return run.status !== "queued" && run.status !== "running";
  });
  return run as Run;
}

async function backUp(name: string, sourceId: string, destinationId: string): Promise<void> {
  const job = await app.api.post<{ id: string }>("/jobs", {
    name,
    kind: "managed",
    sourceId,
    destinationIds: [destinationId],
    schedule: null,
    enabled: true,
    compression: "gzip",
    retention: { keepLast: 5 },
    notifications: [],
  });
  const { runId } = await app.api.post<{ runId: string }>(`/jobs/${job.id}/run`);
  const run = await settled(runId);
  expect(run).toMatchObject({ status: "success", error: null });
  const { items } = await app.api.get<List<Artifact>>(`/artifacts?jobId=${job.id}`);
  artifacts[name] = items[0]?.id ?? "";
}

test.beforeAll(async ({ browser }) => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-restore-"));
  dataDir = inFolder("data");
  for (const name of ["backups", "files", "files/deep"]) mkdirSync(inFolder(name));
  writeBells(inFolder("shop.db"), "Große Glocke 🔔");
  for (const name of NAMES) writeFileSync(inFolder(`files/deep/${name}`), `content of ${name}`);
  symlinkSync("deep/with space", inFolder("files/link"));
  postgres = await startPostgres();
  const bells = new pg.Client({ connectionString: postgres.createDatabase("bells") });
  await bells.connect();
  await bells.query("create table bells (name text)");
  await bells.query("insert into bells values ('Große Glocke 🔔')");
  await bells.end();
  // The console may restore into this folder as well: several of these tests restore beside what was backed up.
  app = await startApp({ dataDir, env: { BELFRY_RESTORE_ROOTS: folder } });
  const { api } = app;
  const { port } = new URL(postgres.url);
  const destination = await api.post<{ id: string }>("/destinations", {
    name: "backup disk",
    kind: "local",
    createFolder: true,
    config: { path: inFolder("backups") },
  });
  const sources = {
    "shop file": { kind: "sqlite", config: { path: inFolder("shop.db") } },
    "all files": { kind: "directory", config: { path: inFolder("files") } },
    "bell server": {
      kind: "postgres",
      config: { host: "127.0.0.1", port: Number(port), user: "belfry", password: "", database: "bells" },
    },
  };
  for (const [name, source] of Object.entries(sources)) {
    const { id } = await api.post<{ id: string }>("/sources", { name, ...source });
    await backUp(name, id, destination.id);
  }
  await api.post("/users", { ...OPERATOR, role: "operator" });
  page = await app.sharedPageOf(browser);
});
test.afterAll(async () => {
  await app?.close();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const success = () => page.getByRole("main").getByText("Success", { exact: true }).first();

async function openRestore(job: string): Promise<void> {
  await page.goto("/restore");
  const row = page.getByRole("row").filter({ hasText: job });
  await row.getByRole("link", { name: "Restore" }).click();
  await expect(page.getByRole("heading", { name: `Restore ${job}`, level: 1 })).toBeVisible();
}

async function restoreAndWait(): Promise<void> {
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  await expect(success()).toBeVisible();
}

test("SQLite to a new file: the restore folder is proposed, and the run's page says how it went", async () => {
  // The newest backup has an address of its own.
  for (const colon of [":", "%3A"]) {
    await page.goto(`/restore/latest${colon}shop-file`);
    await expect(page.getByRole("heading", { name: "Restore shop file", level: 1 })).toBeVisible();
  }
  await openRestore("shop file");
  const proposed = await page.getByLabel("File", { exact: true }).inputValue();
  expect(proposed.startsWith(path.join(dataDir, "restores"))).toBe(true);
  await restoreAndWait();
  expect(nameOf(proposed)).toBe("Große Glocke 🔔");
});

test("SQLite over the old one: what would be lost is said, and only the typed path lets it go on", async () => {
  writeBells(inFolder("shop.db"), "not this one");
  await openRestore("shop file");
  await page.getByLabel("File", { exact: true }).fill(inFolder("shop.db"));
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText("The target exists already")).toBeVisible();
  await expect(page.getByRole("main").getByRole("alert")).toContainText(inFolder("shop.db"));
  const overwrite = page.getByRole("button", { name: "Overwrite and restore" });
  await expect(overwrite).toBeDisabled();
  const typed = page.getByLabel(/^To overwrite it, type/);
  await typed.fill(`${inFolder("shop.db")}x`);
  await expect(overwrite).toBeDisabled();
  expect(nameOf(inFolder("shop.db"))).toBe("not this one");
  await typed.fill(inFolder("shop.db"));
  await overwrite.click();
  await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  await expect(success()).toBeVisible();
  expect(nameOf(inFolder("shop.db"))).toBe("Große Glocke 🔔");
});

test("a directory to a path, with names of every kind", async () => {
  await openRestore("all files");
  await page.getByLabel("Folder", { exact: true }).fill(inFolder("files again"));
  await restoreAndWait();
  for (const name of NAMES) {
    expect(readFileSync(inFolder(`files again/deep/${name}`), "utf8")).toBe(`content of ${name}`);
  }
  expect(readFileSync(inFolder("files again/link"), "utf8")).toBe("content of with space");
});

test("PostgreSQL into a new database of the same server", async () => {
  await openRestore("bell server");
  await expect(page.getByLabel("Server", { exact: true }).locator("option:checked")).toHaveText("bell server");
  await page.getByLabel("Database", { exact: true }).fill("bells again");
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  // A database can be restored in two ways: the form asks before it begins.
  await expect(page.getByRole("radio", { name: /^As much as possible/ })).toBeChecked();
  await restoreAndWait();
  const url = new URL(postgres.url);
  url.pathname = "/bells again";
  const again = new pg.Client({ connectionString: url.href });
  await again.connect();
  expect((await again.query("select name from bells")).rows).toEqual([{ name: "Große Glocke 🔔" }]);
  await again.end();
});

test("PostgreSQL over a database that is there asks first", async () => {
  await openRestore("bell server");
  await page.getByLabel("Database", { exact: true }).fill("bells");
  await page.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText("The target exists already")).toBeVisible();
  await expect(page.getByRole("button", { name: "Overwrite and restore" })).toBeDisabled();
});

test("the calendar leads to the backups of a day, and to other months", async () => {
  await page.goto("/restore");
  const calendar = page.getByRole("table", { name: /^Backups in / });
  const month = await calendar.getAttribute("aria-label");
  const today = calendar.getByRole("link", { name: /: \d+ backups?/ }).last();
  await today.click();
  await expect(page).toHaveURL(/from=(\d{4}-\d\d-\d\d)&to=\1/);
  await expect(today).toHaveAttribute("aria-current", "date");
  await expect(page.getByRole("table", { name: "Backups", exact: true }).getByText("shop file").first()).toBeVisible();
  await page.getByRole("link", { name: "Previous month" }).click();
  await expect(calendar).not.toHaveAttribute("aria-label", month ?? "");
  await expect(page.getByText("No backup of this month can be restored.")).toBeVisible();
  await page.getByRole("link", { name: "Next month" }).click();
  await expect(calendar).toHaveAttribute("aria-label", month ?? "");
});

test("a download is what is stored, byte for byte", async () => {
  await page.goto("/restore");
  const row = page.getByRole("row").filter({ hasText: "shop file" });
  const downloading = page.waitForEvent("download");
  await row.getByRole("link", { name: "Download" }).click();
  const download = await downloading;
  const bytes = readFileSync(await download.path());
  const { items } = await app.api.get<List<Artifact>>("/artifacts");
  const stored = items.find(({ id }) => id === artifacts["shop file"]);
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(stored?.sha256);
  expect(download.suggestedFilename()).toMatch(/\.gz$/);
  writeFileSync(inFolder("downloaded.db"), gunzipSync(bytes));
  expect(nameOf(inFolder("downloaded.db"))).toBe("Große Glocke 🔔");
});

test("an operator restores to new places in the restore folder only, and never over data", async ({ browser }) => {
  const oleg = await app.pageOf(browser, OPERATOR, `/restore/${artifacts["shop file"]}`);
  await oleg.getByLabel("File", { exact: true }).fill(inFolder("elsewhere.db"));
  await oleg.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(oleg.getByLabel("File", { exact: true })).toHaveAccessibleDescription(/inside/);
  expect(existsSync(inFolder("elsewhere.db"))).toBe(false);

  const there = path.join(dataDir, "restores", "taken.db");
  writeBells(there, "somebody's");
  await oleg.getByLabel("File", { exact: true }).fill(there);
  await oleg.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(oleg.getByRole("main").getByRole("alert").first()).toContainText("Only an administrator may do that");
  await expect(oleg.getByRole("button", { name: "Overwrite and restore" })).toBeHidden();

  // The API says the same, whatever is sent.
  const api = apiOf(app.url, await createKey(dataDir, "operator"));
  const forced = await api.call<ErrorBody>("POST", `/artifacts/${artifacts["shop file"]}/restore`, {
    target: { path: there, overwrite: true },
    confirm: there,
  });
  expect([forced.status, forced.body.error.code]).toEqual([403, "forbidden"]);
  expect(nameOf(there)).toBe("somebody's");
  const viewer = apiOf(app.url, await createKey(dataDir, "viewer"));
  expect((await viewer.call("GET", `/artifacts/${artifacts["shop file"]}/download`)).status).toBe(403);

  await oleg.getByLabel("File", { exact: true }).fill(path.join(dataDir, "restores", "new.db"));
  await oleg.getByRole("button", { name: "Restore", exact: true }).click();
  await expect(oleg).toHaveURL(/\/runs\/[^/]+$/);
  await expect(oleg.getByRole("main").getByText("Success", { exact: true }).first()).toBeVisible();
  expect(nameOf(path.join(dataDir, "restores", "new.db"))).toBe("Große Glocke 🔔");
});

test("a backup is called verified once it was restored for a test, a database as well", async () => {
  for (const job of ["all files", "bell server"]) {
    await page.goto("/restore");
    const row = page.getByRole("row").filter({ hasText: job });
    await row.getByRole("button", { name: /^More for this backup/ }).click();
    await page.getByRole("menuitem", { name: "Test restore" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Test restore" }).click();
    await expect(page).toHaveURL(/\/runs\/[^/]+$/);
    await expect(success()).toBeVisible();
    await expect(page.getByRole("main")).toContainText("Everything came back: verified");
    await page.goto("/restore");
    await expect(row).toContainText("Verified");
  }
});

test("fault A1: a suspect backup is marked, and counts again once a person accepts its size", async () => {
  const root = inFolder("shrinking");
  mkdirSync(root);
  for (let number = 0; number < 20; number++)
    writeFileSync(path.join(root, `file ${number}`), `page ${number}\n`.repeat(400));
  const { id: sourceId } = await app.api.post<{ id: string }>("/sources", {
    name: "shrinking",
    kind: "directory",
    config: { path: root },
  });
  const { items: destinations } = await app.api.get<List<{ id: string }>>("/destinations");
  const job = { name: "shrinking", sourceId, destinationIds: destinations.map(({ id }) => id) };
  const { id: jobId } = await app.api.post<{ id: string }>("/jobs", job);
  const run = async () => settled((await app.api.post<{ runId: string }>(`/jobs/${jobId}/run`)).runId);
  expect(await run()).toMatchObject({ status: "success" });
  for (let number = 3; number < 20; number++) rmSync(path.join(root, `file ${number}`));
  expect(await run()).toMatchObject({ status: "warning" });

  await page.goto(`/restore?jobId=${jobId}`);
  const row = page.getByRole("row").filter({ hasText: "Suspect" });
  await expect(row).toContainText("20 → 3 files");
  await row.getByRole("button", { name: /^More for this backup/ }).click();
  await page.getByRole("menuitem", { name: "Accept its size" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Accept its size" }).click();
  await expect(page.getByText("Suspect", { exact: true })).toHaveCount(0);
  await expect(page.getByText(/^Size accepted by/)).toBeVisible();
  // What was accepted is the new measure.
  expect(await run()).toMatchObject({ status: "success" });
});

test("pain 06: a damaged backup is restored not even in part; it stands as a problem until the next good restore", async () => {
  const stored = readdirSync(inFolder("backups"), { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const archive = stored.find(({ name }) => /tar/.test(name));
  const file = path.join(archive?.parentPath ?? "", archive?.name ?? "");
  const whole = readFileSync(file);
  writeFileSync(file, whole.subarray(0, whole.length - 40));
  const target = inFolder("after damage");
  const restore = async () => {
    const { runId } = await app.api.post<{ runId: string }>(`/artifacts/${artifacts["all files"]}/restore`, {
      target: { path: target },
    });
    return settled(runId);
  };
  const failed = await restore();
  expect(failed.status).toBe("failure");
  expect(failed.error).toBeTruthy();
  expect(existsSync(target)).toBe(false);
  await page.goto("/");
  const problem = page
    .getByRole("table", { name: "Open alerts" })
    .getByRole("row")
    .filter({ hasText: "Restore Failed" });
  await expect(problem).toContainText(target);

  writeFileSync(file, whole);
  expect(await restore()).toMatchObject({ status: "success" });
  await expect(problem).toHaveCount(0);
  const completed = await app.api.get<List<{ subject: { name: string } }>>("/events?type=restore.completed");
  expect(completed.items.map(({ subject }) => subject.name)).toEqual(
    expect.arrayContaining([target, "bells again on bell server"]),
  );
});

test("Check backups finds a byte that changed in a stored backup, names it, and is over once it is whole again", async () => {
  const stored = readdirSync(inFolder("backups"), { recursive: true, withFileTypes: true });
  const archive = stored.find((one) => one.isFile() && /tar/.test(one.name));
  const file = path.join(archive?.parentPath ?? "", archive?.name ?? "");
  const whole = readFileSync(file);
  const changed = Buffer.from(whole);
  const middle = changed.length >> 1;
  changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
  writeFileSync(file, changed);
  const { items } = await app.api.get<List<{ id: string; name: string }>>("/jobs");
  const job = `/jobs/${items.find(({ name }) => name === "all files")?.id}`;
  const check = async () => {
    await page.goto(job);
    await page.getByRole("button", { name: "Check backups" }).click();
    await expect(page).toHaveURL(/\/runs\/[^/]+$/);
  };
  await check();
  await expect(page.getByRole("main").getByText("Failed", { exact: true }).first()).toBeVisible();
  await expect(page.getByText("its bytes changed").first()).toBeVisible();
  await expect(page.getByText(archive?.name ?? "", { exact: false }).first()).toBeVisible();
  await page.goto("/");
  const problem = page
    .getByRole("table", { name: "Open alerts" })
    .getByRole("row")
    .filter({ hasText: "Integrity Check Failed" });
  await expect(problem).toContainText("all files");

  writeFileSync(file, whole);
  await check();
  await expect(success()).toBeVisible();
  await page.goto("/");
  await expect(problem).toHaveCount(0);
});
