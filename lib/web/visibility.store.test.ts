import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { currentInstallation } from "@/db/queries/installation";
import { putIdentity } from "@/db/stores/installation";
import { freshDatabase } from "@/db/testing";
import { transact } from "@/db/transact";
import { systemActor } from "@/lib/auth/access/actor";
import { undeclaredIn } from "@/lib/auth/access/visibility/reveal";
import type { Rule } from "@/lib/auth/access/visibility/rule";
import { ANSWERS } from "@/lib/auth/access/visibility/table";
import { ROLES, type Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import type { Operation } from "@/lib/services/openapi/operation";
import { OPERATIONS } from "@/lib/services/openapi/operations";
import { FOR_ADMINS, FOR_OPERATORS, insertMarkedRows } from "@/lib/services/testing/marked-installation";
import { router } from "./router";

const keys = {} as Record<Role, string>;
const dataDir = mkdtempSync(`${tmpdir()}/belfry-visibility-`);
let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  setRuntimeValue("dataDir", dataDir);
  await insertMarkedRows(dataDir);
  await pauseAsCopy();
  for (const role of ROLES) keys[role] = (await apiKeysCreate.call(systemActor, { name: role, role })).key;
});
afterAll(async () => {
  await close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Makes the installation a copy of one whose place only operators may know. */
async function pauseAsCopy(): Promise<void> {
  const known = await currentInstallation();
  const place = `${FOR_OPERATORS}machine:/srv`;
  const pause = { reason: "copied" as const, originalId: "ins_1", originalPlace: place, since: 1 };
  await transact([], (tx) => putIdentity(tx, { ...known, home: { ...known.home, place }, pause }, 2));
}

const answer = router(OPERATIONS);
async function call(role: Role, path: string, method = "GET", body?: object) {
  const response = await answer(
    new Request(`http://localhost/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${keys[role]}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    }),
  );
  return { status: response.status, text: await response.text() };
}

const read = new Map<string, ReturnType<typeof call>>();

/** What a role reads at a path; asked for once. */
function look(role: Role, path: string): ReturnType<typeof call> {
  const known = read.get(`${role} ${path}`) ?? call(role, path);
  read.set(`${role} ${path}`, known);
  return known;
}

const reads = OPERATIONS.filter(({ method, isMachineRoute }) => method === "GET" && !isMachineRoute);

/** What stands for a path's parameter: every row that there is. */
const IDS: Record<string, string[]> = {
  "/channels/{id}": ["chn_chat", "chn_mail"],
  "/channels/{id}/history": ["chn_chat", "chn_mail"],
  "/channels/{id}/lost": ["chn_chat", "chn_mail"],
  "/sources/{id}": ["src_1", "src_own", "src_key"],
  "/destinations/{id}": ["dst_1"],
  "/destinations/{id}/storage": ["dst_1"],
  "/jobs/{id}": ["job_1", "job_own", "job_key"],
  "/runs/{id}": ["run_1", "run_2", "run_3", "run_4"],
  "/runs/{id}/log": ["run_1", "run_2", "run_3", "run_4"],
  "/artifacts/{id}": ["art_1", "art_config", "art_own", "art_key"],
  "/artifacts/{id}/download": ["art_1", "art_config", "art_own", "art_key"],
  "/events/{id}": ["failed", "done", "restore", "login", "created", "config", "channel", "system", "custom"].map(
    (name) => `evt_${name}`,
  ),
  "/deliveries/{id}": ["chat", "mail", "created", "login", "config", "channel", "digest", "folded_1", "custom"].map(
    (name) => `dlv_${name}`,
  ),
  "/users/{id}": ["usr_other"],
  "/notifications/{id}": ["alr_1", "alr_2", "alr_3", "alr_4", "alr_5", "evt_done", "evt_login", "evt_created"],
  "/clients/{id}": ["cli_1"],
  "/clients/{id}/storage": ["cli_1"],
  "/repositories/{id}": ["repo_1"],
  "/repositories/{id}/storage": ["repo_1"],
  "/jobs/{id}/archives": ["job_1"],
  "/jobs/{id}/archive-entries": ["job_1"],
  "/repositories/{id}/archives": ["repo_real"],
  "/repositories/{id}/entries": ["repo_real"],
  "/repositories/{id}/download": ["repo_real"],
  "/repositories/{id}/key": ["repo_real"],
  "/repositories/{id}/lock": ["repo_real"],
  "/syncs/{id}": ["syn_1"],
  "/silences/{id}": ["sil_1"],
  "/routes/{id}": ["rte_1"],
  "/profiles/{id}": ["prf_1"],
  "/escalation-policies/{id}": ["esc_1"],
  "/settings/notifications/events/{type}/routing-preview": ["user.login", "channel.failing"],
};

/** What a call asks for besides its path. */
const QUERIES: Record<string, string> = {
  "/jobs/{id}/archive-entries": "?repository=/srv/borg&archive=latest",
  "/repositories/{id}/entries": "?archive=zzoperator-archive",
  "/repositories/{id}/download": "?archive=zzoperator-archive&path=zzadmin-entry",
};

function pathsOf({ path }: Operation): string[] {
  if (!path.includes("{")) return [path];
  const ids = IDS[path];
  if (!ids) throw new Error(`This test knows no rows for ${path}: add some, with marks.`);
  return ids.map((id) => path.replace(/\{\w+\}/, id) + (QUERIES[path] ?? ""));
}

/** What each role may not read anywhere. */
const NOT_FOR: Record<Role, readonly string[]> = {
  viewer: [FOR_OPERATORS, FOR_ADMINS],
  operator: [FOR_ADMINS],
  admin: [],
};

test.each(reads.map((operation) => [operation.path, operation] as const))(
  "fault E14: GET %s shows to no role what another one's is, and to administrators everything",
  async (_, operation) => {
    for (const path of pathsOf(operation)) {
      for (const role of ROLES) {
        const { text } = await look(role, path);
        for (const mark of NOT_FOR[role]) expect(text, `${path} as ${role}`).not.toContain(mark);
      }
    }
  },
);

test("fault E14: the answers hold the marks: administrators see each of them, operators those of operators", async () => {
  const texts = {} as Record<Role, string>;
  for (const role of ROLES) {
    texts[role] = "";
    for (const operation of reads) {
      for (const path of pathsOf(operation)) texts[role] += (await look(role, path)).text;
    }
  }
  const marksIn = (text: string) => new Set(text.match(/zz(?:operator|admin|all)-[\w-]+/g));
  const known = marksIn(texts.admin);
  expect([...known].filter((mark) => mark.startsWith(FOR_ADMINS)).length).toBeGreaterThan(35);
  const seen = marksIn(texts.operator);
  const missing = [...known].filter((mark) => !mark.startsWith(FOR_ADMINS) && !seen.has(mark));
  expect(missing).toEqual([]);
  const visible = marksIn(texts.viewer);
  expect([...known].filter((mark) => mark.startsWith("zzall-") && !visible.has(mark))).toEqual([]);
});

test("fault E14: no answer holds a part that the table does not name", async () => {
  for (const operation of reads.filter(({ answersFile, verb }) => !answersFile && ANSWERS[verb.name])) {
    for (const path of pathsOf(operation)) {
      const { status, text } = await look("admin", path);
      // These keys are the command's, and go with no account.
      expect([path, status]).toEqual([path, path === "/profile" ? 403 : 200]);
      if (status !== 200) continue;
      expect(undeclaredIn(ANSWERS[operation.verb.name] as Rule, JSON.parse(text)), path).toEqual([]);
    }
  }
});

test("fault E14: what each role reads has the shape that the description promises", async () => {
  for (const operation of reads.filter(({ answer: schema }) => schema)) {
    for (const path of pathsOf(operation)) {
      for (const role of ROLES) {
        const { status, text } = await look(role, path);
        if (status !== 200) continue;
        const parsed = operation.answer?.safeParse(JSON.parse(text));
        expect(parsed?.error?.issues ?? [], `${path} as ${role}`).toEqual([]);
      }
    }
  }
});

test.each(["art_config", "art_own", "art_key"])(
  "fault E9: %s is for administrators everywhere: no list, run, download or restore of an operator reaches it",
  async (id) => {
    const restore = { target: { path: `${dataDir}/restores/x` } };
    const attempts: [string, string, object?][] = [
      ["GET", `/artifacts/${id}`],
      ["GET", `/artifacts/${id}/download`],
      ["POST", `/artifacts/${id}/restore`, restore],
      ["POST", `/artifacts/${id}/restore-outlook`, restore],
      ["POST", `/artifacts/${id}/restore-test`],
      ["POST", `/artifacts/${id}/accept`],
    ];
    for (const [method, path, body] of attempts) {
      expect([path, (await call("operator", path, method, body)).status]).toEqual([path, 404]);
      expect([path, (await call("admin", path, method, body)).status]).not.toEqual([path, 404]);
    }
    for (const path of [
      "/artifacts",
      "/artifacts?destinationId=dst_1",
      "/artifacts?runId=run_3",
      "/runs",
      "/runs/run_4",
    ]) {
      expect((await call("operator", path)).text).not.toContain(id);
    }
    expect((await call("admin", "/artifacts")).text).toContain(id);
  },
);

test("fault E14: what is hidden cannot be asked for: filters find nothing, and nothing can be done to it", async () => {
  const items = async (role: Role, path: string) => JSON.parse((await call(role, path)).text).items.length;
  for (const path of [
    "/runs?kind=config_backup",
    "/events?type=config_backup.failed",
    "/deliveries?eventId=evt_config",
  ]) {
    expect([path, await items("operator", path), await items("admin", path)]).toEqual([path, 0, 1]);
  }
  for (const path of ["/events?type=user.login", "/deliveries?eventId=evt_login"]) {
    expect([path, await items("viewer", path)]).toEqual([path, 0]);
    expect(await items("operator", path)).toBeGreaterThan(0);
  }
  for (const path of [
    "/alerts/alr_3/acknowledge",
    "/alerts/alr_3/resolve",
    "/runs/run_3/cancel",
    "/deliveries/dlv_config/resend",
  ]) {
    expect([path, (await call("operator", path, "POST", {})).status]).toEqual([path, 404]);
  }
  // No list of accounts can be searched, filtered or sorted by address.
  for (const field of ["q", "email", "name", "sort", "order"]) {
    expect([field, (await call("viewer", `/users?${field}=a`)).status]).toEqual([field, 400]);
  }
});
