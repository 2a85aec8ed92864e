import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase, database, openDatabase } from "@/db/client";
import { apiOf } from "@/e2e/support/api";
import { type Belfry, startBelfry } from "@/e2e/support/belfry";
import { systemActor } from "@/lib/auth/access/actor";
import { storeSession } from "@/lib/auth/access/testing";
import { ROLES, type Role } from "@/lib/core/role";
import { loadSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { FOR_ADMINS, FOR_OPERATORS, insertMarkedRows } from "@/lib/services/testing/marked-installation";

const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-sees-"));
const cookies = {} as Record<Role, string>;
const keys = {} as Record<Role, string>;
let belfry: Belfry;

beforeAll(async () => {
  await (await startBelfry({ dataDir })).stop();
  openDatabase({ file: path.join(dataDir, "belfry.db") });
  loadSecretKey({ fromEnv: null, dataDir, mayCreate: false });
  await insertMarkedRows(dataDir);
  for (const role of ROLES) {
    await insertUser(role);
    cookies[role] = (await storeSession(`usr_${role}`)).cookie;
    keys[role] = (await apiKeysCreate.call(systemActor, { name: role, role })).key;
  }
  await closeDatabase();
  belfry = await startBelfry({ dataDir });
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function insertUser(role: Role): Promise<void> {
  const { orm, t } = database();
  const email = `${role}@mail.test`;
  const times = { createdAt: Date.now(), updatedAt: Date.now() };
  await orm.insert(t.users).values({
    id: `usr_${role}`,
    name: role,
    email,
    emailKey: email,
    role,
    status: "active",
    sessionVersion: 1,
    ...times,
  });
}

/** The rows that stand for a page's parameter. */
const IDS: Record<string, string[]> = {
  "/channels/[id]": ["chn_chat", "chn_mail"],
  "/clients/[id]": ["cli_1"],
  "/deliveries/[id]": ["chat", "mail", "created", "login", "config", "channel", "digest", "custom"].map(
    (n) => `dlv_${n}`,
  ),
  "/destinations/[id]": ["dst_1"],
  "/syncs/[id]": ["syn_1"],
  "/jobs/[id]": ["job_1", "job_own"],
  "/jobs/[id]/archives": ["job_1"],
  "/notifications/[id]": ["alr_1", "alr_2", "alr_4", "alr_5", "evt_done", "evt_login"],
  "/repositories/[id]": ["repo_1"],
  "/repositories/[id]/archives": ["repo_1", "repo_real"],
  "/restore/[id]": ["art_1", "art_config", "art_own"],
  "/routing/profiles/[id]": ["prf_1"],
  "/routing/routes/[id]": ["rte_1"],
  "/runs/[id]": ["run_1", "run_2", "run_3", "run_4"],
  "/silences/[id]": ["sil_1"],
  "/sources/[id]": ["src_1", "src_own"],
  "/users/[id]": ["usr_other"],
};

/** Every page of the console, with each of its rows. */
const pages = readdirSync("app/(console)", { recursive: true, encoding: "utf8" })
  .filter((file) => path.basename(file) === "page.tsx")
  .map((file) => `/${path.dirname(file)}`.replace(/\/\.$/, "/"))
  .flatMap((route) => {
    if (!route.includes("[")) return [route];
    const ids = IDS[route];
    if (!ids) throw new Error(`This test knows no rows for ${route}: add some, with marks.`);
    return ids.map((id) => route.replace("[id]", id));
  });

const NOT_FOR: Record<Role, readonly string[]> = {
  viewer: [FOR_OPERATORS, FOR_ADMINS],
  operator: [FOR_ADMINS],
  admin: [],
};

const loaded = new Map<string, Promise<string>>();

/** A page as a browser loads it, and as it comes when a link is followed. Loaded once. */
function payloadsOf(address: string, role: Role): Promise<string> {
  const key = `${role} ${address}`;
  const known = loaded.get(key) ?? loadPage(address, role);
  loaded.set(key, known);
  return known;
}

async function loadPage(address: string, role: Role): Promise<string> {
  const headers = { cookie: cookies[role], connection: "close" };
  const whole = await fetch(belfry.url + address, { headers, redirect: "manual" });
  const followed = await fetch(`${belfry.url}${address}?_rsc=1`, {
    headers: { ...headers, rsc: "1" },
    redirect: "manual",
  });
  return (await whole.text()) + (await followed.text());
}

test.each(pages)(
  "fault E14: neither the page %s nor what it carries holds what its reader may not see",
  async (address) => {
    for (const role of ["viewer", "operator"] as const) {
      const text = await payloadsOf(address, role);
      expect(text.length).toBeGreaterThan(500);
      for (const mark of NOT_FOR[role]) {
        const at = text.indexOf(mark);
        expect(at < 0 ? "" : `${role}: …${text.slice(Math.max(0, at - 80), at + 80)}…`).toBe("");
      }
    }
  },
);

test("fault E14: the pages hold the marks of those who may read them", async () => {
  const marksFor = async (role: Role) => {
    let text = "";
    for (const address of pages) text += await payloadsOf(address, role);
    return new Set(text.match(/zz(?:operator|admin|all)-[\w-]+/g));
  };
  const [admin, operator] = [await marksFor("admin"), await marksFor("operator")];
  expect([...admin].filter((mark) => mark.startsWith(FOR_ADMINS)).length).toBeGreaterThan(20);
  expect([...operator].filter((mark) => mark.startsWith(FOR_OPERATORS)).length).toBeGreaterThan(15);
});

test("fault E14: metrics carry names that viewers see, and the live stream carries ids", async () => {
  const metrics = await (
    await fetch(`${belfry.url}/metrics`, { headers: { authorization: `Bearer ${keys.viewer}` } })
  ).text();
  expect(metrics).toContain("zzall-chat");
  expect(metrics).not.toMatch(/zz(?:operator|admin)-/);
  const stream = await fetch(`${belfry.url}/api/v1/stream`, { headers: { cookie: cookies.viewer } });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  // Changes that everybody hears of, and one that is for administrators.
  const api = apiOf(belfry.url, keys.admin);
  await api.post("/api-keys", { name: "another", role: "viewer" });
  await api.patch("/channels/chn_chat", { mutedUntil: null });
  while (reader && !seen.includes('"channels"')) seen += (await reader.read()).value ?? "";
  await reader?.cancel();
  expect(seen).not.toMatch(/zz(?:operator|admin|all)-|api-keys/);
});
