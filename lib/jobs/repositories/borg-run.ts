import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import type { RunningTool, ToolOptions } from "../tool-io";
import { baseFolder, quoted, requireReachable, sshArguments } from "./access";
import { BorgMessages, LOCK_IDS } from "./borg-messages";
import type { OpenRepository } from "./contract";
import { locationText } from "./location";
import { borgLockHolders } from "./lock-holder";

/** How long borg waits for a lock, seconds. */
const LOCK_WAIT_SECONDS = 5;

/**
 * For what a person reads of a repository: it neither waits for a run nor holds one up. Where a run changes the
 * repository at that very moment, borg fails, and nothing is damaged.
 */
export const READING: readonly string[] = ["--bypass-lock"];

/** One command of borg, before its options. */
export interface BorgCommand {
  /** `["check"]`, `["key", "export"]`. */
  command: string[];
  options?: string[];
  /** After the location. */
  rest?: string[];
  /** An archive of the repository in place of itself. */
  archive?: string;
  /** For everything else that a tool takes. */
  tool?: ToolOptions;
  /** Where it begins to read or write, as its tool sees it. */
  folder?: string;
}

/** A borg that runs. */
interface RunningBorg extends RunningTool {
  messages: BorgMessages;
}

/** Starts borg on a repository. It never waits for an answer: everything that it could ask is answered with no. */
export async function startBorg(
  repository: OpenRepository,
  { command, options = [], rest = [], archive, tool = {}, folder }: BorgCommand,
  io: JobIo,
): Promise<RunningBorg> {
  await requireReachable(repository, io);
  const messages = new BorgMessages(io.log);
  const place = locationText(repository.kind, repository.location);
  const common = ["--log-json", "--lock-wait", String(LOCK_WAIT_SECONDS)];
  const target = archive === undefined ? place : `${place}::${archiveArgument(archive)}`;
  const words = [...common, ...command, ...options, "--", target, ...rest];
  const [name, args] = folder === undefined ? ["borg", words] : ["env", [`--chdir=${folder}`, "borg", ...words]];
  const running = io.tools.start(name as string, args as string[], {
    ...tool,
    env: await borgEnvironment(repository, io),
    onLine: (line) => messages.add(line),
  });
  return { ...running, messages };
}

/** Runs borg to its end. @returns what it printed, and its exit code: 0, or 1 for warnings @throws RunError where it failed */
export async function runBorg(
  repository: OpenRepository,
  command: BorgCommand,
  io: JobIo,
): Promise<{ stdout: string; code: number; messages: BorgMessages }> {
  const { stdout, ended, messages } = await startBorg(repository, command, io);
  const chunks: Buffer[] = [];
  stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const unfollow = isBackup(command) ? io.progress?.follow(() => messages.figures) : undefined;
  const { code } = await ended.finally(unfollow);
  if (code > 1) throw await borgError(repository, messages, code);
  return { stdout: Buffer.concat(chunks).toString("utf8"), code, messages };
}

const isBackup = ({ command }: BorgCommand) => command[0] === "create";

/** What borg prints as a stream that fails when borg does. */
export async function borgStream(repository: OpenRepository, command: BorgCommand, io: JobIo): Promise<Readable> {
  const { stdout, ended, messages } = await startBorg(repository, command, io);
  return wholeStream(stdout, async () => {
    const { code } = await ended;
    // A path that matches nothing is a warning to borg; here it is a file that does not come back.
    if (code !== 0) throw await borgError(repository, messages, code);
  });
}

/** A stream that ends only once `end` has resolved. */
export function wholeStream(from: Readable, end: () => Promise<void>): Readable {
  const whole = new PassThrough();
  (async () => {
    await pipeline(from, whole, { end: false });
    await end();
    whole.end();
  })().catch(async (error: unknown) => {
    // Why the program failed says more than that its pipe broke.
    const cause = await end().then(
      () => error,
      (reason: unknown) => reason,
    );
    whole.destroy(cause as Error);
  });
  return whole;
}

/** The error of a borg that failed; of a lock it says who holds it, where that can be seen. */
export async function borgError(repository: OpenRepository, messages: BorgMessages, code: number): Promise<RunError> {
  const error = messages.error(repository, code);
  if (!messages.msgid || !LOCK_IDS.has(messages.msgid)) return error;
  const [holder] = await borgLockHolders(repository);
  if (!holder) return error;
  return new RunError(`${repository.name} is locked by ${holder.name}.`, { kind: error.kind, advice: error.advice });
}

/** @throws RunError for a name that borg would read as something else */
function archiveArgument(name: string): string {
  if (/[{}/]|^\s|\s$|^-/.test(name) || name === "")
    throw new RunError(`Belfry cannot address an archive that is named ${name}.`);
  return name;
}

/** What every borg is started with. */
export async function borgEnvironment(repository: OpenRepository, io: JobIo): Promise<Record<string, string>> {
  const { location, passphrase, mayBeMoved } = repository;
  const base = await baseFolder(repository);
  const ssh = location.type === "server" ? quoted(await sshArguments(repository, location, io)) : null;
  return {
    HOME: base,
    TZ: "UTC",
    TMPDIR: io.workDir,
    BORG_BASE_DIR: base,
    BORG_PASSPHRASE: passphrase ?? "",
    BORG_DISPLAY_PASSPHRASE: "no",
    BORG_RELOCATED_REPO_ACCESS_IS_OK: mayBeMoved ? "yes" : "no",
    // An administrator has set it up without a passphrase.
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: passphrase === null ? "yes" : "no",
    BORG_CHECK_I_KNOW_WHAT_I_AM_DOING: "NO",
    BORG_DELETE_I_KNOW_WHAT_I_AM_DOING: "NO",
    ...(ssh && { BORG_RSH: ssh }),
  };
}
