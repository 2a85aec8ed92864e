import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Belfry, prepareBelfry, startBelfry } from "@/e2e/support/belfry";
import { isRoot, runProgram } from "@/e2e/support/child";
import { belfryCommandMeanwhile } from "@/e2e/support/command";
import { PROGRAM } from "@/e2e/support/program";

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

test("archives and backups are saved as files, or led into another program, also while no server runs; none is cut", async () => {
  const at = (name: string) => path.join(outside, name);
  const shell = (line: string) =>
    runProgram("sh", ["-c", line], { env: { ...process.env, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir } });
  const listOf = (tar: string) => runProgram("tar", ["-tf", tar]).trim().split("\n");
  const whole = await json<{ file: string; bytes: number }>(
    `repositories download offsite latest --out ${at("all.tar")}`,
  );
  expect(whole).toEqual({ file: at("all.tar"), bytes: statSync(at("all.tar")).size });
  expect(listOf(whole.file).some((name) => name.endsWith("sub/note.txt"))).toBe(true);
  expect((statSync(whole.file).mode & 0o777).toString(8)).toBe("600");
  const note = await run(`repositories download offsite latest --path sub/note.txt --out -`);
  expect(note).toEqual({ code: 0, out: "a note", err: "" });
  await json(`repositories download offsite latest --path sub --out ${at("sub.tar")}`);
  expect(listOf(at("sub.tar")).some((name) => name.endsWith("note.txt"))).toBe(true);
  await json(`artifacts download latest:nightly --out ${at("nightly.tar")}`);
  expect(listOf(at("nightly.tar")).some((name) => name.endsWith("sub/note.txt"))).toBe(true);
  // What is there stays, and nothing half-written does.
  const before = readFileSync(at("all.tar"));
  const again = await run(`repositories download offsite latest --out ${at("all.tar")}`);
  expect(again).toMatchObject({ code: 1, out: "", err: expect.stringContaining("--overwrite") });
  expect(readFileSync(at("all.tar")).equals(before)).toBe(true);
  // A reader that has enough ends it without a word.
  const cli = `'${PROGRAM.node}' '${path.join(PROGRAM.folder, "dist/cli.mjs")}'`;
  expect(shell(`${cli} repositories download offsite latest --out - 2>&1 | head -c 0`)).toBe("");
  if (isRoot) {
    mkdirSync(at("full"));
    runProgram("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", at("full")]);
    try {
      const full = await run(`repositories download offsite latest --out ${at("full/all.tar")}`);
      expect(full).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/cannot be written: the disk is full/),
      });
      expect(readdirSync(at("full"))).toEqual([]);
    } finally {
      runProgram("umount", ["-l", at("full")]);
    }
  }
  await belfry.stop();
  await json(`repositories download offsite latest --path sub/note.txt --out ${at("alone.txt")}`);
  expect(readFileSync(at("alone.txt"), "utf8")).toBe("a note");
  const none = await run(`artifacts download latest:nothing --out ${at("none")}`);
  expect(none).toMatchObject({ code: 1, out: "", err: expect.stringContaining("There is no such backup") });
  expect(existsSync(at("none"))).toBe(false);
}, 240_000);
