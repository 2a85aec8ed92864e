import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createCommands } from "./commands";

let folder: string;
let listFile: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-commands-test-"));
  listFile = join(folder, "commands.json");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A real program, as an operator would write it. */
function program(name: string, text: string, mode = 0o755): string {
  const file = join(folder, name);
  writeFileSync(file, text.startsWith("#!") ? text : `#!/bin/sh\n${text}\n`, { mode });
  return file;
}
function list(commands: unknown, mode = 0o600): void {
  rmSync(listFile, { recursive: true, force: true });
  writeFileSync(listFile, typeof commands === "string" ? commands : JSON.stringify(commands), { mode });
  chmodSync(listFile, mode);
}
const commandsOf = (more = {}) => createCommands({ egress: "any", commandsFile: listFile, graceMs: 200, ...more });
async function run(text: string, variables: Record<string, string> = {}, stdin = "", more = {}) {
  list({ one: { run: [program("one", text)], ...more } });
  return commandsOf().run("one", { variables, stdin });
}
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A process that ended and that nobody has collected yet still has a number.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
};

describe("a command of the list", () => {
  test("gets its arguments, standard input and variables, and a plain surrounding", async () => {
    list({
      one: {
        run: [program("one", 'echo "$1|$(cat)|$own|$BELFRY_TITLE"; env; pwd; ls -A'), "a b"],
        variables: { own: "x" },
      },
    });
    const answer = await commandsOf().run("one", { variables: { BELFRY_TITLE: "T" }, stdin: "in\nput" });
    if (answer.kind !== "ended") throw new Error(answer.reason);
    expect(answer).toMatchObject({ exitCode: 0, stderr: "" });
    expect(answer.stdout).toMatch(/^a b\|in\nput\|x\|T\n/);
    const names = [...answer.stdout.matchAll(/^(\w+)=/gm)]
      .map(([, name]) => name)
      .filter((name) => !/^(PWD|_|SHLVL|OLDPWD)$/.test(name ?? ""));
    expect(names.sort()).toEqual(["BELFRY_TITLE", "HOME", "LANG", "PATH", "own"]);
    const home = /^HOME=(.*)$/m.exec(answer.stdout)?.[1] ?? "";
    // Its folder of its own was empty, and is gone.
    expect(answer.stdout.trimEnd().endsWith(home)).toBe(true);
    expect(existsSync(home)).toBe(false);
  });

  test("nothing in a name or a value is ever run", async () => {
    const evil = "$(touch hit)`touch hit`; touch hit #\n\0'\"";
    const mark = join(folder, "hit");
    const answer = await run(`printf %s "$BELFRY_TITLE"; ls hit`, { BELFRY_TITLE: evil, error: evil }, evil);
    expect(answer).toMatchObject({ kind: "ended", stdout: evil.replace("\0", "") });
    expect(existsSync(mark)).toBe(false);
    expect(await commandsOf().run("$(id)", { variables: {}, stdin: "" })).toMatchObject({
      kind: "failed",
      isRefused: true,
    });
  });

  test.each([0, 1, 75, 255])("exit code %i comes back", async (code) => {
    expect(await run(`echo said >&2; exit ${code}`)).toMatchObject({ kind: "ended", exitCode: code, stderr: "said\n" });
  });

  test("a signal becomes an exit code as in a shell", async () => {
    expect(await run("kill -9 $$")).toMatchObject({ kind: "ended", exitCode: 137 });
  });

  test("output that is no UTF-8, and too much of it, is kept at its end", async () => {
    expect(await run("printf 'a\\377b'")).toMatchObject({ stdout: "a\ufffdb" });
    const answer = await run(
      "yes 'ä line' | head -c 5000000; echo the end; yes x | head -c 3000000 >&2; echo last >&2",
    );
    if (answer.kind !== "ended") throw new Error(answer.reason);
    expect(Buffer.byteLength(answer.stdout)).toBeLessThanOrEqual(8192);
    expect(answer.stdout.endsWith("the end\n")).toBe(true);
    expect(answer.stdout.startsWith("\ufffd")).toBe(false);
    expect(answer.stderr.endsWith("last\n")).toBe(true);
  });

  test("one that reads no standard input does not mind a large one", async () => {
    expect(await run("exec 0<&-; exit 0", {}, "x".repeat(2_000_000))).toMatchObject({ kind: "ended", exitCode: 0 });
  });

  test("one that does not end is stopped with all that it started, also what does not listen", async () => {
    const pids = join(folder, "pids");
    const text = `(trap '' TERM; echo $$ > /dev/null; sh -c 'trap "" TERM; echo $$ >> ${pids}; sleep 60' ) & echo $$ >> ${pids}; sleep 60`;
    const answer = await run(text, {}, "", { timeoutSeconds: 1 });
    expect(answer).toEqual({ kind: "failed", reason: "one did not end within 1 s and was stopped.", isRefused: false });
    const numbers = readFileSync(pids, "utf8").trim().split("\n").map(Number);
    expect(numbers).toHaveLength(2);
    await vi.waitFor(() => expect(numbers.filter(isAlive)).toEqual([]));
  });

  test("what it leaves running is not waited for, and ended", async () => {
    const file = join(folder, "child");
    const answer = await run(`sleep 60 & echo $! > ${file}; echo done`);
    expect(answer).toMatchObject({ kind: "ended", exitCode: 0, stdout: "done\n" });
    const pid = Number(readFileSync(file, "utf8"));
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
  });

  test("two at once do not meet", async () => {
    list({ one: { run: [program("one", 'echo "$BELFRY_TITLE" > mine; sleep 0.2; cat mine; ls')] } });
    const commands = commandsOf();
    const answers = await Promise.all(
      ["first", "second"].map((BELFRY_TITLE) => commands.run("one", { variables: { BELFRY_TITLE }, stdin: "" })),
    );
    expect(answers.map((answer) => answer.kind === "ended" && answer.stdout)).toEqual([
      "first\nmine\n",
      "second\nmine\n",
    ]);
  });

  test.each([
    ["a program that is not there", "/nowhere/at/all", /does not exist/],
    ["one that nobody may run", "plain", /no right to run it/],
    ["one whose interpreter is missing", "odd", /does not exist/],
  ])("%s is refused in a sentence", async (_, file, words) => {
    program("plain", "exit 0", 0o644);
    program("odd", "#!/nowhere/sh\n");
    list({ one: { run: [file.startsWith("/") ? file : join(folder, file)] } });
    const answer = await commandsOf().run("one", { variables: {}, stdin: "" });
    expect(answer).toMatchObject({ kind: "failed", isRefused: true, reason: expect.stringMatching(words) });
  });

  test("variables that no system takes are refused in a sentence", async () => {
    expect(await run("exit 0", { error: "x".repeat(3_000_000) })).toMatchObject({
      kind: "failed",
      isRefused: true,
      reason: expect.stringMatching(/too large/),
    });
  });
});

describe("the list", () => {
  const ok = { run: ["/bin/true"] };
  test("off: no names, and every run says how to turn it on", async () => {
    const commands = createCommands({ egress: "any" });
    expect(await commands.names()).toBeNull();
    expect(await commands.problem()).toMatch(/BELFRY_COMMANDS_FILE/);
    const answer = await commands.run("one", { variables: {}, stdin: "" });
    expect(answer).toMatchObject({
      kind: "failed",
      isRefused: true,
      reason: expect.stringMatching(/BELFRY_COMMANDS_FILE/),
    });
  });

  test("is read again when it changed, and no command is kept that left it", async () => {
    list({ one: ok });
    const commands = commandsOf();
    expect(await commands.names()).toEqual(["one"]);
    expect(await commands.problem()).toBeNull();
    list({ other: ok });
    expect(await commands.names()).toEqual(["other"]);
    expect(await commands.run("one", { variables: {}, stdin: "" })).toMatchObject({ kind: "failed", isRefused: true });
    rmSync(listFile);
    expect(await commands.names()).toEqual([]);
    expect(await commands.problem()).toMatch(/there is no such file/);
    list({ other: ok });
    expect(await commands.run("other", { variables: {}, stdin: "" })).toMatchObject({ kind: "ended", exitCode: 0 });
  });

  test.each([
    ["broken JSON", '{"one": ', /is not JSON/],
    ["a list instead of names", [ok], /has a mistake/],
    [
      "fault B23: a misspelled setting",
      { ok: { ...ok, timeout: 5 } },
      /“timeout” is not known here. Did you mean “timeoutSeconds”\?/,
    ],
    ["a name that is none", { "a/../b": ok }, /has a mistake/],
    ["a relative path", { one: { run: ["notify"] } }, /one\.run must begin with an absolute path/],
    ["no program", { one: { run: [] } }, /one\.run/],
    ["a shell line", { one: { run: "/bin/true; id" } }, /one\.run/],
    ["a word that is not known", { one: { ...ok, timeout: 3 } }, /one/],
    ["a time limit beyond five minutes", { one: { ...ok, timeoutSeconds: 301 } }, /timeoutSeconds/],
    ["a variable that is none", { one: { ...ok, variables: { "a=b": "c" } } }, /variables/],
    ["nothing", {}, /is empty/],
  ])("with %s is refused as a whole, in a sentence", async (_, text, words) => {
    list(text);
    const commands = commandsOf();
    expect(await commands.problem()).toMatch(words);
    expect(await commands.names()).toEqual([]);
    expect(await commands.run("one", { variables: {}, stdin: "" })).toMatchObject({ kind: "failed", isRefused: true });
  });

  test.each([0o620, 0o602, 0o666])("that others may write to (%i) is not trusted", async (mode) => {
    list({ one: ok }, mode);
    const commands = commandsOf();
    expect(await commands.problem()).toMatch(/Others can write .* chmod go-w/);
    chmodSync(listFile, 0o644);
    expect(await commands.problem()).toBeNull();
  });

  test.runIf(process.getuid?.() === 0)("of another user is not trusted", async () => {
    list({ one: ok });
    chownSync(listFile, 65534, 65534);
    expect(await commandsOf().problem()).toMatch(/belongs to another user/);
  });

  test("that is a folder, or too large, is refused", async () => {
    rmSync(listFile, { force: true });
    mkdirSync(listFile, 0o700);
    expect(await commandsOf().problem()).toMatch(/it is a folder/);
    list(`{"one": ${JSON.stringify(ok)}}${" ".repeat(1_100_000)}`);
    expect(await commandsOf().problem()).toMatch(/larger than 1 MB/);
  });
});

describe("apprise", () => {
  const input = { url: "kodi://host\0", title: "-n --dry-run", body: "the body", type: "failure" as const };
  test("is asked exactly so: the URL in the environment, the body on standard input", async () => {
    program(
      "apprise",
      'for each in "$@"; do echo "<$each>"; done; env | grep -c .; echo "$APPRISE_URLS"; cat; ls -A "$HOME"',
    );
    const answer = await commandsOf({ searchPath: `/nowhere:${folder}` }).runApprise(input);
    expect(answer).toMatchObject({ kind: "ended", exitCode: 0 });
    const said = answer.kind === "ended" ? answer.stdout : "";
    expect(said).toMatch(/^<-vv>\n<-n>\n<failure>\n<-t>\n<-n --dry-run>\n<-i>\n<text>\n\d\nkodi:\/\/host\nthe body$/);
  });

  test("its version is found; what does not start or does not exist gets advice", async () => {
    program("apprise", "echo 'Apprise v1.2.0'");
    const at = (searchPath: string, more = {}) => commandsOf({ searchPath, ...more });
    expect(await at(folder).findApprise()).toEqual({ kind: "found", version: "1.2.0" });
    program("apprise", "exit 3");
    expect(await at(folder).findApprise()).toMatchObject({
      kind: "missing",
      reason: expect.stringMatching(/does not start/),
    });
    expect(await at("/nowhere").findApprise()).toMatchObject({
      kind: "missing",
      reason: expect.stringMatching(/apt install apprise/),
    });
    expect(await at("/nowhere").runApprise(input)).toMatchObject({
      kind: "failed",
      isRefused: true,
      reason: expect.stringMatching(/apt install apprise/),
    });
  });

  test("stays off where only public addresses may be reached", async () => {
    const mark = join(folder, "started");
    program("apprise", `touch ${mark}; echo v9.9`);
    const commands = commandsOf({ searchPath: folder, egress: "public" });
    expect(await commands.findApprise()).toMatchObject({
      kind: "missing",
      reason: expect.stringMatching(/BELFRY_EGRESS=public/),
    });
    expect(await commands.runApprise(input)).toMatchObject({ kind: "failed", isRefused: true });
    expect(existsSync(mark)).toBe(false);
  });
});
