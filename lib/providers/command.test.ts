import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { command } from "./command";
import type { ProviderIo, TemplateValues } from "./contract";
import { createCommands } from "./kit/commands/commands";
import { clean, cutTo, measure } from "./kit/text";

/*
 * Real programs through the real starter; nothing in between is put on.
 */

let folder: string;
let listFile: string;
let io: ProviderIo;
const unused = () => Promise.reject(new Error("not here"));
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-command-test-"));
  listFile = join(folder, "commands.json");
  io = {
    http: { request: unused },
    mail: { send: unused },
    commands: createCommands({ egress: "any", commandsFile: listFile }),
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const VALUES: TemplateValues = {
  error: "connection refused",
  destination: { names: "nas.lan, offsite" },
  job: { id: "job_01", name: "media-library", slug: "media-library" },
  run: { id: "run_01", status: "failure" },
  log: { tail: "the last line" },
};
/** Makes `text` the program behind the name `page`. */
function listed(text: string, more: Record<string, unknown> = {}): void {
  const file = join(folder, "page.sh");
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  writeFileSync(listFile, JSON.stringify({ page: { run: [file], ...more }, other: { run: ["/bin/true"] } }), {
    mode: 0o600,
  });
}
const config = { name: "page" };
const render = (more = {}, extra = {}) =>
  command.render(sampleNotification(more), config, sampleContext({ values: VALUES, ...extra }));
const deliver = (more = {}, extra = {}) => command.send(render(more, extra), config, io);

test("the program has every variable, and the documented JSON on standard input", async () => {
  const out = join(folder, "out");
  listed(`env -0 > ${out}.env; cat > ${out}.json`);
  expect(await deliver({}, { priority: "high", tags: ["nas", "night"], log: "one\ntwo" })).toMatchObject({
    kind: "sent",
  });
  const variables = Object.fromEntries(
    readFileSync(`${out}.env`, "utf8")
      .split("\0")
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
  expect(variables).toMatchObject({
    configuration_filename: "",
    repository: "nas.lan, offsite",
    error: "connection refused",
    output: "one\ntwo",
    BELFRY_REPOSITORY: "nas.lan, offsite",
    BELFRY_ERROR: "connection refused",
    BELFRY_OUTPUT: "one\ntwo",
    BELFRY_EVENT: "backup.failed",
    BELFRY_EVENT_NAME: "Backup Failed",
    BELFRY_EVENT_ID: "evt_01",
    BELFRY_TITLE: "media-library could not be backed up",
    BELFRY_MESSAGE: expect.stringContaining("nas.lan:22"),
    BELFRY_TONE: "failure",
    BELFRY_SEVERITY: "critical",
    BELFRY_STATUS: "firing",
    BELFRY_TEST: "false",
    BELFRY_TIME: "2026-11-20T02:10:04.000Z",
    BELFRY_JOB: "media-library",
    BELFRY_JOB_ID: "job_01",
    BELFRY_JOB_SLUG: "media-library",
    BELFRY_RUN_ID: "run_01",
    BELFRY_RUN_STATE: "failure",
    BELFRY_ALERT_ID: "alt_01",
    BELFRY_DELIVERY_ID: "dlv_01",
    BELFRY_LINK: "https://backup.example.org/runs/run_01",
    BELFRY_PRIORITY: "high",
    BELFRY_TAGS: "nas,night",
    BELFRY_URL: "https://backup.example.org",
  });
  expect(JSON.parse(readFileSync(`${out}.json`, "utf8"))).toMatchObject({
    version: 1,
    id: "dlv_01",
    type: "backup.failed",
    title: "media-library could not be backed up",
    log: "one\ntwo",
    priority: "high",
  });
  // The page names each of them.
  const page = readFileSync("docs/channels/command.md", "utf8");
  for (const name of Object.keys(variables)) {
    if (/^BELFRY_|^(configuration_filename|repository|error|output)$/.test(name)) expect(page).toContain(`\`${name}\``);
  }
});

test("a recovery, a test and plain facts differ; the end of the log is kept", () => {
  const variablesOf = (more = {}, extra = {}) =>
    (render(more, extra) as { variables: Record<string, string> }).variables;
  expect(variablesOf({ status: "resolved", tone: "success" })).toMatchObject({
    BELFRY_STATUS: "resolved",
    BELFRY_TONE: "success",
  });
  expect(variablesOf({ isTest: true })).toMatchObject({ BELFRY_TEST: "true" });
  expect(variablesOf({ status: undefined, alertId: undefined, link: undefined }, { values: {} })).toMatchObject({
    BELFRY_STATUS: "",
    BELFRY_ALERT_ID: "",
    BELFRY_LINK: "",
    BELFRY_JOB: "",
    error: "",
    output: "",
  });
  expect(variablesOf().output).toBe("the last line");
});

test("the program gets custom texts with their values", () => {
  const own = { title: "{{job.name}}!", message: "Look: {{error}}", values: VALUES };
  const { variables } = render({}, { own }) as { variables: Record<string, string> };
  expect(variables).toMatchObject({ BELFRY_TITLE: "media-library!", BELFRY_MESSAGE: "Look: connection refused" });
});

test.each([
  ["exit 0", { kind: "sent" }],
  ["echo done", { kind: "sent" }],
  ["echo later >&2; exit 75", { kind: "retry", reason: "page ended with exit code 75: later" }],
  [
    "echo a >&2; echo 'no such pager' >&2; exit 1",
    { kind: "rejected", reason: "page ended with exit code 1: a no such pager" },
  ],
  ["echo only here; exit 3", { kind: "rejected", reason: "page ended with exit code 3: only here" }],
  ["exit 4", { kind: "rejected", reason: "page ended with exit code 4, without any output." }],
  [
    "sleep 30",
    {
      kind: "retry",
      reason: "page did not end within 1 s and was stopped.",
      advice: expect.stringMatching(/timeoutSeconds/),
    },
  ],
])("%s", async (text, outcome) => {
  // Only what does not end runs into its time limit.
  listed(text, { timeoutSeconds: text === "sleep 30" ? 1 : 30 });
  const { answer, ...result } = await deliver();
  expect(result).toEqual(outcome);
  // What it said is kept whole.
  if (text.includes("echo")) expect(answer).toBeTruthy();
});

test("of long output the last lines are shown", async () => {
  listed("yes 'ä 🙂 word' | head -c 100000 >&2; echo 'the cause' >&2; exit 1");
  const outcome = await deliver();
  const reason = outcome.kind === "rejected" ? outcome.reason : "";
  expect(reason).toMatch(/^page ended with exit code 1: ….*the cause$/);
  expect(measure(reason, "codepoints")).toBeLessThanOrEqual(330);
});

test("a program that cannot be started is said with what to do", async () => {
  listed("");
  writeFileSync(listFile, JSON.stringify({ page: { run: ["/nowhere/page"] } }), { mode: 0o600 });
  expect(await deliver()).toMatchObject({
    kind: "rejected",
    reason: expect.stringMatching(/does not exist/),
    advice: expect.stringMatching(/manually/),
  });
});

describe("what is refused before anything is saved", () => {
  test("a name that is not on the list, naming those that are", async () => {
    listed("");
    expect(await command.inspect?.(config, io)).toBeNull();
    expect(await command.inspect?.({ name: "none" }, io)).toEqual({
      field: "name",
      message: "This server's list has no “none”. It has: other, page.",
    });
  });
  test("every name while commands are disabled, and a later disabling shows when sending", async () => {
    for (const commands of [undefined, createCommands({ egress: "any" })]) {
      const off: ProviderIo = { http: io.http, mail: io.mail, ...(commands ? { commands } : {}) };
      expect(await command.inspect?.(config, off)).toMatchObject({
        field: "name",
        message: expect.stringMatching(/BELFRY_COMMANDS_FILE/),
      });
      expect(await command.send(render(), config, off)).toMatchObject({
        kind: "rejected",
        reason: expect.stringMatching(/BELFRY_COMMANDS_FILE/),
      });
    }
  });
  test("a broken list, with its error", async () => {
    writeFileSync(listFile, "{", { mode: 0o600 });
    expect(await command.inspect?.(config, io)).toMatchObject({
      field: "name",
      message: expect.stringMatching(/is not JSON/),
    });
  });
  test.each(["", "a b", "../up", "$(id)", "-x", "x".repeat(65)])("the name %j", (name) => {
    expect(command.configSchema.safeParse({ name }).success).toBe(false);
  });
});

test.each(Object.entries(HOSTILE_NAMES))("pain 33: %s is data to the program", async (_, text) => {
  const out = join(folder, "hostile");
  listed(`printf %s "$BELFRY_JOB" > ${out}; touch ran`);
  const values = { ...VALUES, job: { name: text }, error: text };
  expect(await deliver({ title: text, message: text }, { values, log: text })).toMatchObject({ kind: "sent" });
  expect(readFileSync(out, "utf8")).toBe(cutTo(clean(text), { max: 100_000, unit: "bytes" }));
});

test.each([
  ["ascii", "a"],
  ["emoji", "🙂"],
  ["combining", "e\u0301"],
])("pain 34: %s at the limits of every variable", async (_, piece) => {
  const size = Buffer.byteLength(piece);
  for (const count of [-1, 0, 1].map((off) => Math.floor(100_000 / size) + off)) {
    const text = piece.repeat(count);
    const { variables } = render({ message: text }, { values: { ...VALUES, error: text } }) as {
      variables: Record<string, string>;
    };
    for (const name of ["error", "BELFRY_MESSAGE"]) {
      expect(measure(variables[name] ?? "", "bytes")).toBeLessThanOrEqual(100_000);
      if (count * size <= 100_000) expect(variables[name]).toBe(text);
      else expect(variables[name]?.endsWith(`${piece}…`)).toBe(true);
    }
  }
  // The largest of them all still starts.
  listed("cat > /dev/null");
  const long = piece.repeat(200_000);
  expect(
    await deliver(
      { title: long, message: long },
      { values: { ...VALUES, error: long, job: { name: long } }, log: long },
    ),
  ).toMatchObject({ kind: "sent" });
});
