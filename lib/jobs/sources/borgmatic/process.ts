import { access, constants, mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { newId } from "@/lib/core/id";
import { runtimeValue } from "@/lib/core/runtime";
import { redactor } from "@/lib/secrets/redact";
import type { JobIo } from "../../contract";
import { RunError } from "../../run-error";
import type { ConfigFile } from "./config-file";
import { BorgmaticLog } from "./log-file";
import { BorgmaticMessages } from "./messages";

/** More is no list of archives. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A borgmatic that has ended. */
export interface EndedBorgmatic extends ReadBorgmatic {
  stdout: string;
}

interface ReadBorgmatic {
  code: number;
  messages: BorgmaticMessages;
  /** Hides the secrets of the configuration in what was printed. */
  redact(text: string): string;
}

/**
 * Runs borgmatic with one configuration to its end. It ends with the run, with all that it started, and also when Belfry is
 * killed: what nobody watches must not go on.
 * @param words actions and their options
 * @throws RunError when it could not start or was stopped
 */
export async function runBorgmatic(
  file: ConfigFile,
  passphrase: string | undefined,
  words: readonly string[],
  io: JobIo,
): Promise<EndedBorgmatic> {
  let text = "";
  const ended = await streamBorgmatic({ file, passphrase, words }, io, async (stdout) => {
    text = await collected(stdout);
  });
  return { ...ended, stdout: text };
}

/**
 * The same, where what it prints may be more than fits into memory.
 * @param read takes its output; what it throws is thrown at once
 */
export async function streamBorgmatic(
  { file, passphrase, words }: { file: ConfigFile; passphrase: string | undefined; words: readonly string[] },
  io: JobIo,
  read: (stdout: AsyncIterable<Buffer>) => Promise<void>,
): Promise<ReadBorgmatic> {
  const redact = redactor([...file.secrets, ...(passphrase ? [passphrase] : [])]);
  const messages = new BorgmaticMessages();
  const logPath = join(io.workDir, `${newId("borgmatic")}.log`);
  const log = new BorgmaticLog(logPath, {
    logged: (line) => messages.addLogged(redact(line)),
    shown: (line) => io.log(redact(line)),
  });
  const command = [
    "borgmatic",
    "--no-color",
    "--config",
    file.path,
    "--log-file",
    logPath,
    "--log-file-verbosity",
    "1",
  ];
  const { stdout, ended } = io.tools.start("setpriv", ["--pdeathsig", "TERM", ...command, ...words], {
    env: await environment(passphrase),
    cwd: io.workDir,
    // It says nothing while borg reads a large disk: the run's own limit counts.
    silenceMs: null,
    onLine: (line) => {
      messages.addError(redact(line));
      log.addError(line);
    },
  });
  log.start();
  try {
    const [{ code }] = await Promise.all([ended, read(stdout)]);
    return { code, messages, redact };
  } finally {
    await log.end();
  }
}

async function collected(stdout: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdout) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BYTES) throw new RunError("borgmatic printed more than 64 MB, which is no list of archives.");
  return Buffer.concat(chunks).toString("utf8");
}

/** Its user's own, so that it finds the caches, keys and hosts that it has when this user starts it by hand. */
async function environment(passphrase: string | undefined): Promise<Record<string, string>> {
  const { username } = userInfo();
  return {
    HOME: await homeFolder(),
    USER: username,
    LOGNAME: username,
    // Names of archives and their times are in local time: the same as Belfry reads them in.
    TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
    BORG_DISPLAY_PASSPHRASE: "no",
    ...(passphrase ? { BORG_PASSPHRASE: passphrase } : {}),
  };
}

/** The user's home, or a folder of Belfry's own where that cannot be written to. */
async function homeFolder(): Promise<string> {
  const { homedir } = userInfo();
  const isUsable = await access(homedir, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isUsable) return homedir;
  const folder = join(runtimeValue("dataDir"), "borgmatic");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}
