import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type Api, apiOf } from "./support/api";
import { prepareBelfry, startBelfry } from "./support/belfry";
import { isRoot, runProgram, until } from "./support/child";
import { belfryCommand } from "./support/command";
import { freePort } from "./support/free-port";
import { createReported, report, runsOf } from "./support/reports";

beforeAll(() => prepareBelfry(), 240_000);

/** What a test has to take down, last first. */
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
}, 60_000);

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-full-disk-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test.skipIf(!isRoot)(
  "while the disk is full a mail is asked to come again, and what a hook prints is kept until there is room",
  async () => {
    const [disk, outside] = [newFolder(), newFolder()];
    runProgram("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
    ends.push(() => runProgram("umount", ["-l", disk]));
    const at = (name: string) => path.join(outside, name);
    const wait = `until [ -e ${at("gate")} ]; do sleep 0.05; done`;
    const body = `echo begun; touch ${at("began")}; ${wait}; echo printed on a full disk; touch ${at("ended")}`;
    writeFileSync(at("hooks.json"), JSON.stringify({ slow: { run: ["/bin/bash", "-c", body] } }), { mode: 0o600 });
    for (const name of ["files", "copies"]) mkdirSync(at(name));
    writeFileSync(path.join(at("files"), "a"), "content");
    const mailPort = await freePort();
    const env = { BELFRY_HOOKS_FILE: at("hooks.json"), BELFRY_SMTP_PORT: String(mailPort) };
    const belfry = await startBelfry({ dataDir: path.join(disk, "data"), env });
    ends.push(() => belfry.kill());
    const { out } = belfryCommand(belfry.dataDir, ["api-key", "create", "--name", "t", "--role", "admin", "--json"]);
    const api = apiOf(belfry.url, (JSON.parse(out) as { key: string }).key);
    const [job, mailed] = [await createReported(api, "nas"), await createReported(api, "mailed")];
    const { runId } = await startHooked(api, at);
    await until("the hook runs", async () => existsSync(at("began")), belfry);

    const filler = path.join(disk, "filler");
    try {
      writeFileSync(filler, Buffer.alloc(30_000_000));
    } catch {
      // Full, as it should be.
    }
    const isRefused = async () =>
      (await report(belfry.port, `/ping/${job.uuid}/fail`, {}, "x".repeat(60_000))).status === 503;
    await until("the disk is full for certain", isRefused, belfry);
    writeFileSync(
      at("mail"),
      `Subject: Backup failed\nMessage-ID: <1@nas>\n\n${"a line of a log\n".repeat(4_000)}by mail\n`,
    );
    const to = ["--mail-from", "root@nas.example", "--mail-rcpt", `${mailed.uuid}@belfry.example`];
    const mail = () => tryProgram("curl", ["-sSv", `smtp://127.0.0.1:${mailPort}`, ...to, "--upload-file", at("mail")]);
    const refused = mail();
    expect(refused.code, refused.text).not.toBe(0);
    expect(refused.text).toMatch(/451 4\.3\.0 Not stored: /);
    writeFileSync(at("gate"), "");
    await until("the hook has ended", async () => existsSync(at("ended")), belfry);

    rmSync(filler);
    await until("the mail is taken", async () => mail().code === 0, belfry);
    expect(mail().code).toBe(0);
    const logOf = async (id: string) => (await api.get<{ text: string }>(`/runs/${id}/log`)).text;
    await until("the run of the hook is over", async () => (await statusOf(api, runId)) === "success", belfry);
    await until("its log is whole", async () => (await logOf(runId)).includes("printed on a full disk"), belfry);
    expect(await logOf(runId)).toContain("begun");
    await until("the mail is a run", async () => (await runsOf(api, mailed)).length > 0, belfry);
    expect(await runsOf(api, mailed)).toMatchObject([{ status: "failure" }]);
  },
  240_000,
);

/** A backup that its hook follows. @param at a path beside the full disk */
async function startHooked(api: Api, at: (name: string) => string): Promise<{ runId: string }> {
  const place = (name: string) => ({ name, config: { path: at(name) } });
  const source = await api.post<{ id: string }>("/sources", { ...place("files"), kind: "directory" });
  const destination = await api.post<{ id: string }>("/destinations", {
    ...place("copies"),
    kind: "local",
    createFolder: true,
  });
  const hooks = { after: ["slow"] };
  const made = { name: "nightly", sourceId: source.id, destinationIds: [destination.id], hooks };
  const { id } = await api.post<{ id: string }>("/jobs", made);
  return await api.post<{ runId: string }>(`/jobs/${id}/run`);
}

const statusOf = async (api: Api, id: string) => (await api.get<{ status: string }>(`/runs/${id}`)).status;

function tryProgram(file: string, args: readonly string[]): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: "utf8" });
  return { code: status, text: stdout + stderr };
}
