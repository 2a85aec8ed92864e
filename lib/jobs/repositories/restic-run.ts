import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { JobIo } from "../contract";
import { RunError, startError } from "../run-error";
import type { RunningTool, ToolOptions } from "../tool-io";
import { baseFolder, quoted, requireReachable, sshArguments } from "./access";
import { FULL_ADVICE, LOCK_ADVICE } from "./borg-messages";
import { wholeStream } from "./borg-run";
import { serverError } from "./connection-error";
import type { OpenRepository } from "./contract";
import { locationText } from "./location";

export interface ResticCommand {
  args: string[];
  tool?: ToolOptions;
  /** Where it begins to read, as its tool sees it. */
  folder?: string;
}

/** Starts restic on a repository, with its password in a file of the run's own folder. */
export async function startRestic(
  repository: OpenRepository,
  { args, tool = {}, folder }: ResticCommand,
  io: JobIo,
): Promise<RunningTool & { lines: string[] }> {
  await requireReachable(repository, io);
  const lines: string[] = [];
  const words = [...(await placeArguments(repository, io)), ...args];
  const [name, all] = folder === undefined ? ["restic", words] : ["env", [`--chdir=${folder}`, "restic", ...words]];
  const running = io.tools.start(name as string, all as string[], {
    ...tool,
    env: await environment(repository, io),
    onLine(line) {
      if (lines.length < 50) lines.push(line);
      io.log(line);
    },
  });
  return { ...running, lines };
}

/** Runs restic to its end. @param accepted exit codes that are no failure @throws RunError */
export async function runRestic(
  repository: OpenRepository,
  command: ResticCommand,
  io: JobIo,
  accepted: readonly number[] = [0],
): Promise<{ stdout: string; code: number; lines: string[] }> {
  const { stdout, ended, lines } = await startRestic(repository, command, io);
  const chunks: Buffer[] = [];
  stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const { code } = await ended;
  const text = Buffer.concat(chunks).toString("utf8");
  if (!accepted.includes(code)) throw resticError(repository, lines, code);
  return { stdout: text, code, lines };
}

/** What restic prints as a stream that fails when restic does. */
export async function resticStream(repository: OpenRepository, command: ResticCommand, io: JobIo): Promise<Readable> {
  const { stdout, ended, lines } = await startRestic(repository, command, io);
  return wholeStream(stdout, async () => {
    const { code } = await ended;
    if (code !== 0) throw resticError(repository, lines, code);
  });
}

export function resticError(repository: OpenRepository, lines: readonly string[], code: number): RunError {
  const words = lines.join("\n");
  const place = locationText(repository.kind, repository.location);
  const { name } = repository;
  if (/wrong password or no key found/.test(words))
    return startError(`The passphrase of ${name} is wrong.`, "Enter the passphrase that the repository was made with.");
  const lock = /repository is already locked (?:exclusively )?by (.+)/.exec(words);
  if (lock || /unable to create lock/.test(words))
    return startError(`${name} is locked by ${lock?.[1] ?? "another program"}.`, LOCK_ADVICE);
  if (/config file already exists|repository master key and config already initialized/.test(words))
    return startError(
      `There is a repository at ${place} already.`,
      "Adopt it with its passphrase in place of making one.",
    );
  if (/No space left on device|quota exceeded/i.test(words))
    return new RunError(`${place} has no space left.`, { advice: FULL_ADVICE });
  const connection = serverError(repository, words, "restic");
  if (connection) return connection;
  if (/unable to open config file|Is there a repository at the following location/.test(words))
    return startError(
      `There is no repository at ${place}.`,
      "Is the disk mounted? Otherwise correct the location, or have a repository made there.",
    );
  const said = lines.find((line) => /^Fatal|^error|rror:/.test(line)) ?? lines.at(-1) ?? `exit code ${code}`;
  return new RunError(`restic failed: ${said.replace(/^Fatal: /, "")}`);
}

async function placeArguments(repository: OpenRepository, io: JobIo): Promise<string[]> {
  const { location } = repository;
  if (location.type === "local") return ["--repo", location.path];
  const { user, host, path } = location;
  const target = `${user ? `${user}@` : ""}${host}`;
  // Behind the name of the server, -s would be a word of the command that runs there.
  const ssh = [...(await sshArguments(repository, location, io)), "-s", "--", target.replace(/[[\]]/g, ""), "sftp"];
  // restic reads a path behind one slash as below the folder that the user starts in.
  const url = `sftp://${target}/${path.startsWith("/./") ? path.slice(3) : path}`;
  return ["--repo", url, "--option", `sftp.command=${quoted(ssh)}`];
}

async function environment(repository: OpenRepository, io: JobIo): Promise<Record<string, string>> {
  const base = await baseFolder(repository);
  const passwordFile = join(io.workDir, "restic-password");
  await writeFile(passwordFile, repository.passphrase ?? "", { mode: 0o600 });
  return {
    HOME: base,
    TZ: "UTC",
    TMPDIR: io.workDir,
    RESTIC_PASSWORD_FILE: passwordFile,
    RESTIC_CACHE_DIR: join(base, "cache"),
    RESTIC_PROGRESS_FPS: "0.1",
  };
}
