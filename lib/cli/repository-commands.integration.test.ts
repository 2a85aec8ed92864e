import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { belfryCommandMeanwhile } from "@/e2e/support/command";

/* The commands about repositories, through the socket of the running program, on a real repository of borg. */

const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-repository-commands-"));
const outside = mkdtempSync(path.join(tmpdir(), "belfry-repository-"));
let belfry: Belfry;
beforeAll(async () => {
  prepareBelfry();
  belfry = await startBelfry({ dataDir });
}, 240_000);
afterAll(async () => {
  await belfry?.stop();
  for (const folder of [dataDir, outside]) rmSync(folder, { recursive: true, force: true });
});

const run = (line: string) => belfryCommandMeanwhile(dataDir, line.split(" "));

/** What a command prints for programs. */
async function json<T>(line: string): Promise<T> {
  const { code, out, err } = await run(`${line} --json`);
  expect({ code, err }, line).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as T;
}

async function post<T>(key: string, address: string, body: object): Promise<T> {
  const response = await fetch(`${belfry.url}/api/v1${address}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${address}: ${response.status}`).toBe(true);
  return (await response.json()) as T;
}

async function finished(runId: string): Promise<string> {
  await expect
    .poll(async () => (await json<{ status: string }>(`runs show ${runId}`)).status, { timeout: 60_000 })
    .not.toMatch(/queued|running/);
  return (await json<{ status: string }>(`runs show ${runId}`)).status;
}

test("repositories: list, check, archives, browse and prune; what cannot be is a sentence", async () => {
  const { key } = await json<{ key: string }>("api-key create --name tests --role admin");
  const files = path.join(outside, "files");
  mkdirSync(path.join(files, "sub"), { recursive: true });
  writeFileSync(path.join(files, "sub", "note.txt"), "a note");
  const passphrase = "a passphrase of some length";
  const location = path.join(outside, "borg");
  const made = { name: "offsite", kind: "borg", location, passphrase, create: true };
  const { id } = await post<{ id: string }>(key, "/repositories", made);
  const source = { name: "files", kind: "directory", config: { path: files } };
  const { id: sourceId } = await post<{ id: string }>(key, "/sources", source);
  const job = await post<{ id: string }>(key, "/jobs", { name: "nightly", sourceId, repositoryId: id });
  const { runId } = await post<{ runId: string }>(key, `/jobs/${job.id}/run`, {});
  expect(await finished(runId)).toBe("success");

  expect(await json<unknown[]>("repositories list")).toMatchObject([{ id, name: "offsite", kind: "borg" }]);
  expect((await run("repositories list")).out).toMatch(/^ID .*CONNECTION.*\n.*offsite +borg/);
  const check = await json<{ runId: string }>("repositories check offsite");
  expect(await finished(check.runId)).toBe("success");
  const [archive, ...others] = await json<{ name: string }[]>(`repositories archives ${id}`);
  expect(others).toEqual([]);
  const root = { archive: archive?.name, items: [{ name: "sub", type: "folder" }] };
  expect(await json(`repositories browse offsite ${archive?.name}`)).toMatchObject(root);
  expect(await json("repositories browse offsite latest")).toMatchObject(root);
  expect((await run(`repositories browse offsite ${archive?.name} --path sub`)).out).toContain("note.txt");

  const refused = await Promise.all([
    run("repositories check nothing"),
    run("repositories prune offsite"),
    run(`repositories browse offsite ${archive?.name} --path ../etc`),
    run("repositories archives"),
  ]);
  expect(refused.every(({ code }) => code !== 0)).toBe(true);
  expect(refused.map(({ err }) => err).join()).toMatch(
    /There is no repository nothing.*which archives a prune keeps.*below the root.*Something is missing/s,
  );
}, 240_000);
