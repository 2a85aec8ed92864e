import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../main";

/*
 * The scripts are read by the shells themselves, as Debian has them: each is asked what it would offer for a line.
 */

const folder = mkdtempSync(path.join(tmpdir(), "belfry-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Prints a shell's script with the command itself. */
async function printScript(shell: string): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const to = (stream: keyof typeof said) => (text: string) => {
    said[stream] += text;
  };
  const streams = { out: to("out"), err: to("err") };
  const unused = () => Promise.reject(new Error("A completion asks nothing."));
  const io = {
    call: unused,
    askSecret: unused,
    readFile: unused,
    assertWritable: unused,
    download: unused,
    writeFile: unused,
    writeOutput: unused,
    runReported: unused,
  };
  return { code: await runCommand(["completion", shell], streams, io), ...said };
}

const SHELLS = ["bash", "zsh", "fish"] as const;
const file = (shell: string) => path.join(folder, `belfry.${shell}`);
beforeAll(async () => {
  for (const shell of SHELLS) {
    const { code, out, err } = await printScript(shell);
    expect([code, err]).toEqual([0, ""]);
    writeFileSync(file(shell), out);
  }
});

/** Runs a script in a shell. @throws with its own words, also when it succeeds but complains */
function run(shell: string, args: string[]): string[] {
  const env = { PATH: process.env.PATH, HOME: folder, NODE_ENV: "test" as const };
  const { status, stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", cwd: folder, env });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.split("\n").filter(Boolean);
}

/** What each shell offers at the end of a line. */
const OFFERS: Record<(typeof SHELLS)[number], (line: string) => string[]> = {
  bash(line) {
    const words = ["belfry", ...line.split(" ")];
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const ask = `source ${file("bash")}; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _belfry; printf '%s\n' "\${COMPREPLY[@]}"`;
    return run("bash", ["--norc", "-c", ask]);
  },
  zsh(line) {
    const words = ["belfry", ...line.split(" ")];
    const quoted = words.map((word) => `'${word}'`).join(" ");
    // Outside a line editor the builtin refuses to work: what it would be given is matched by hand.
    const editor = `compadd() { shift; print -l -- "\${(M)@:#\${words[CURRENT]}*}" }; _files() { }; _command_names() { print commands }`;
    const ask = `${editor}; source ${file("zsh")}; words=(${quoted}); CURRENT=${words.length}; _belfry`;
    return run("zsh", ["-f", "-c", ask]);
  },
  fish(line) {
    const offered = run("fish", ["--no-config", "-c", `source ${file("fish")}; complete -C "belfry ${line}"`]);
    return offered.map((one) => one.split("\t")[0] ?? "");
  },
};

describe.each(SHELLS)("%s", (shell) => {
  const offered = (line: string) => OFFERS[shell](line);

  test("offers the first words, the second ones, and a command's options", () => {
    expect(offered("")).toEqual(
      expect.arrayContaining(["jobs", "runs", "alerts", "channels", "restore", "completion"]),
    );
    expect(offered("al")).toEqual(["alerts"]);
    expect(offered("jobs ").sort()).toEqual(expect.arrayContaining(["list", "run"]));
    expect(offered("channels re")).toEqual(["recover"]);
    expect(offered("channels recover --d")).toEqual(["--dry-run"]);
    expect(offered("restore art_1 --ov")).toEqual(["--overwrite"]);
    expect(offered("completion z")).toEqual(["zsh"]);
  });

  test("offers no option of this command where another one's words stand", () => {
    expect(offered("run -- restic --js")).toEqual(shell === "zsh" ? ["commands"] : []);
    expect(offered("jobs list --lim")).toEqual([]);
  });
});

test("the shells find no fault in the scripts", () => {
  run("bash", ["-n", file("bash")]);
  run("zsh", ["-n", file("zsh")]);
  run("fish", ["--no-execute", file("fish")]);
});

test("another shell is refused, with those there are", async () => {
  expect(await printScript("tcsh")).toMatchObject({
    code: 2,
    out: "",
    err: expect.stringContaining("bash, zsh, fish"),
  });
});
