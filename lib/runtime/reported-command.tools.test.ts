import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { until } from "@/lib/dispatch/pipeline-fixture";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { jobsCreate } from "@/lib/services/jobs/create";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { openClientFixture } from "./testing/clients-fixture";

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let counting: SignalCounting;
let folder = "";
let program = "";
let job: ExternalJobView;
let address = "";

// A process of its own, as `belfry run` is: signals, exit codes and output are real. It waits little before a further try.
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-run-"));
  const entry = path.join(folder, "entry.ts");
  writeFileSync(
    entry,
    `import { runReportedCommand } from "@/lib/runtime/reported-command";
const [address, ...words] = process.argv.slice(2);
process.stdout.on("error", () => undefined);
runReportedCommand({ address, words, warn: (line) => process.stderr.write(line + "\\n"), waitsMs: [20, 20, 20, 20] }).then(
  (code) => { process.exitCode = code; },
  (error) => { process.stderr.write(error.message + "\\n"); process.exitCode = 99; },
);`,
  );
  program = path.join(folder, "run.mjs");
  const alias = { "@": process.cwd() };
  const options = { bundle: true, platform: "node", format: "esm", alias, packages: "external" } as const;
  await esbuild.build({ entryPoints: [entry], outfile: program, ...options });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(async () => {
  fixture = await openClientFixture();
  vi.restoreAllMocks();
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  const input = { kind: "external", name: "nas", schedule: { periodMinutes: 60 }, graceMinutes: 10 };
  job = (await jobsCreate.call(systemActor, input)) as ExternalJobView;
  address = receiverUrls(fixture.url, { token: job.token ?? "", uuid: job.uuid ?? "" }).plain;
});
afterEach(async () => {
  await counting.stop();
  await fixture.close();
});

function begin(url: string, words: string[]): ChildProcess {
  return spawn(process.execPath, [program, url, ...words], { stdio: ["pipe", "pipe", "pipe"], detached: true });
}

async function ended(child: ChildProcess) {
  const said = { code: null as number | null, out: "", err: "" };
  child.stdout?.on("data", (piece) => {
    said.out += String(piece);
  });
  child.stderr?.on("data", (piece) => {
    said.err += String(piece);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { ...said, code };
}

const run = (words: string[], url = address) => {
  const child = begin(url, words);
  child.stdin?.end();
  return ended(child);
};

/** The runs once so many reports are stored and counted. */
async function runsAfter(reports: number) {
  const { orm, t } = database();
  await until(async () => {
    const rows = await orm.select({ foldedAt: t.signals.foldedAt }).from(t.signals);
    return rows.length >= reports && rows.every(({ foldedAt }) => foldedAt !== null);
  });
  return (await runsList.call(systemActor, { jobId: job.id })).items;
}

test("a command is passed through without a shell, and its end is one run with its exit code and output", async () => {
  const script = "printf 'out %s\\n' \"$1\"; echo err >&2; exit 3";
  expect(await run(["sh", "-c", script, "x", "$HOME; `id` *"])).toEqual({
    code: 3,
    out: "out $HOME; `id` *\n",
    err: "err\n",
  });
  const runs = await runsAfter(2);
  expect(runs).toMatchObject([{ status: "failure" }]);
  const { text } = await runsLog.call(systemActor, { id: runs[0]?.id });
  expect(text).toContain("out $HOME; `id` *");
  expect(text).toContain("err");
  expect((await run(["true"])).code).toBe(0);
  expect((await runsAfter(4)).map(({ status }) => status)).toEqual(["success", "failure"]);
});

test("restic in the wrapper: no repository is a failure with its words, a backup a success", async () => {
  const repository = path.join(folder, "repository");
  const restic = (...words: string[]) => ["restic", "-r", repository, "--password-command", "echo secret", ...words];
  expect((await run(restic("backup", program))).code).toBeGreaterThan(0);
  const [failed] = await runsAfter(2);
  expect(failed).toMatchObject({ status: "failure" });
  expect((await runsLog.call(systemActor, { id: failed?.id })).text).toContain("Fatal:");
  expect((await run(restic("init"))).code).toBe(0);
  expect((await run(restic("backup", program))).code).toBe(0);
  const runs = await runsAfter(6);
  expect(runs.map(({ status }) => status)).toEqual(["success", "success", "failure"]);
  expect((await runsLog.call(systemActor, { id: runs[0]?.id })).text).toMatch(/snapshot \w+ saved/);
});

test("standard input and large output pass unharmed, and head and tail of it are kept", async () => {
  const child = begin(address, ["cat"]);
  const end = ended(child);
  const text = `begin\n${"x".repeat(3_000_000)}\nthe end é\n`;
  child.stdin?.end(text);
  const { code, out } = await end;
  expect([code, out === text]).toEqual([0, true]);
  const [made] = await runsAfter(2);
  const log = (await runsLog.call(systemActor, { id: made?.id })).text;
  expect(log).toContain("begin");
  expect(log).toContain("the end é");
});

test("a signal reaches the command, and one that ends it is 128 and its number", async () => {
  const polite = begin(address, [
    "sh",
    "-c",
    "trap 'echo stopping; exit 5' TERM; echo ready; while :; do sleep 0.05; done",
  ]);
  const end = ended(polite);
  await once(polite.stdout as NonNullable<typeof polite.stdout>, "data");
  polite.kill("SIGTERM");
  expect(await end).toMatchObject({ code: 5, out: expect.stringContaining("stopping") });
  expect((await run(["sh", "-c", "kill -9 $$"])).code).toBe(137);
  expect((await runsAfter(4)).map(({ status }) => status)).toEqual(["failure", "failure"]);
});

test("a command that cannot be started is 127, with a sentence, and is reported", async () => {
  const { code, err } = await run(["/nowhere/tool"]);
  expect([code, err]).toEqual([127, "/nowhere/tool cannot be started: there is no such file or folder.\n"]);
  expect(await runsAfter(2)).toMatchObject([{ status: "failure" }]);
});

test("while Belfry is down the report is tried again, and how long the run took is known all the same", async () => {
  let refused = 0;
  const server = createServer((request, response) => {
    if (request.url?.includes("/start") || refused < 2) {
      refused += request.url?.includes("/start") ? 0 : 1;
      response.writeHead(503).end();
      return;
    }
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Uint8Array.from(Buffer.concat(pieces));
      fetch(`${fixture.url}${request.url}`, { method: "POST", body }).then(({ status }) =>
        response.writeHead(status).end(),
      );
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const behind = address.replace(fixture.url, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await run(["sh", "-c", "sleep 0.3; exit 4"], behind)).toMatchObject({ code: 4, err: "" });
  server.closeAllConnections();
  server.close();
  const [made] = await runsAfter(1);
  expect(made).toMatchObject({ status: "failure" });
  const { startedAt, finishedAt } = made ?? {};
  expect(Date.parse(finishedAt ?? "") - Date.parse(startedAt ?? "")).toBeGreaterThanOrEqual(300);
});

test("a report that nobody takes never changes the exit code, and its sentence shows no secret", async () => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, "close");
  const gone = await run(["sh", "-c", "exit 6"], `http://127.0.0.1:${port}/in/${job.token}`);
  expect(gone).toMatchObject({
    code: 6,
    err: expect.stringMatching(/could not be reported: .*connection was refused/),
  });
  expect(gone.err).not.toContain(job.token);
  const unknown = await run(["true"], `${fixture.url}/in/${"x".repeat(43)}`);
  expect(unknown).toMatchObject({ code: 0, err: expect.stringContaining("no external job has this address") });
  expect(await run(["true"], "belfry.example/in/x")).toMatchObject({
    code: 99,
    err: expect.stringContaining("https://"),
  });
});

test("a reader that ends early does not stop the command", async () => {
  const child = begin(address, [
    "sh",
    "-c",
    "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; i=$((i+1)); done; exit 7",
  ]);
  child.stdin?.end();
  child.stdout?.once("data", () => child.stdout?.destroy());
  const [code] = (await once(child, "exit")) as [number | null];
  expect(code).toBe(7);
});
