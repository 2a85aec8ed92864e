import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** One start of a program. It gets nothing of Belfry's own environment. */
export interface ProgramCall {
  /** Absolute path. */
  file: string;
  args: readonly string[];
  /** In addition to PATH, HOME and LANG. */
  variables: Record<string, string>;
  /** PEM of the authorities that it is to trust in place of its usual ones; it finds them by the usual variables. */
  authorities?: string | undefined;
  stdin: string;
  timeoutMs: number;
  /** Between SIGTERM and SIGKILL when it does not end in time; 2 s by default. */
  graceMs?: number;
}

/** Every way a program may end; of its output the last 8 kB each are kept. */
export type ProgramEnd =
  | { kind: "ended"; exitCode: number; stdout: string; stderr: string }
  | { kind: "late"; stdout: string; stderr: string }
  | { kind: "failed"; code: string; reason: string };

/** Where Belfry and the programs that it starts look for programs. */
export const PROGRAM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const KEPT_BYTES = 8 * 1024;
const GRACE_MS = 2_000;
/** How long a program's children may keep its output open after it ended. */
const LINGER_MS = 500;

/**
 * Runs a program without a shell, in an empty folder that is its HOME and is removed afterwards. It gets its own process
 * group, which ends as a whole: at the time limit, or when the program itself has ended. Never throws.
 */
export async function spawnProgram(call: ProgramCall): Promise<ProgramEnd> {
  let home: string;
  try {
    home = await mkdtemp(join(tmpdir(), "belfry-program-"));
  } catch (error) {
    return failedEnd(error);
  }
  try {
    return await runIn(home, { ...call, variables: { ...call.variables, ...(await layAuthorities(home, call)) } });
  } catch (error) {
    return failedEnd(error);
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** OpenSSL, Python's requests and curl each read a variable of their own. */
async function layAuthorities(home: string, { authorities }: ProgramCall): Promise<Record<string, string>> {
  if (authorities === undefined) return {};
  const path = join(home, "authorities.pem");
  await writeFile(path, authorities, { mode: 0o600 });
  return { SSL_CERT_FILE: path, REQUESTS_CA_BUNDLE: path, CURL_CA_BUNDLE: path };
}

function runIn(
  home: string,
  { file, args, variables, stdin, timeoutMs, graceMs = GRACE_MS }: ProgramCall,
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      const env = { PATH: PROGRAM_PATH, LANG: "C.UTF-8", ...variables, HOME: home };
      // Next's types want a NODE_ENV in every environment; this one is the program's.
      child = spawn(file, args, {
        shell: false,
        detached: true,
        cwd: home,
        env: env as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv,
      });
    } catch (error) {
      resolve(failedEnd(error));
      return;
    }
    const stdout = keepTail(child.stdout);
    const stderr = keepTail(child.stderr);
    let isLate = false;
    let exitCode: number | null = null;
    let force: NodeJS.Timeout | undefined;

    const settle = (end: ProgramEnd) => {
      clearTimeout(limit);
      clearTimeout(force);
      signalGroup(child, "SIGKILL");
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(end);
    };
    const finish = () => {
      const said = { stdout: stdout(), stderr: stderr() };
      settle(isLate ? { kind: "late", ...said } : { kind: "ended", exitCode: exitCode ?? 1, ...said });
    };
    const limit = setTimeout(() => {
      isLate = true;
      signalGroup(child, "SIGTERM");
      force = setTimeout(() => {
        signalGroup(child, "SIGKILL");
        force = setTimeout(finish, LINGER_MS);
      }, graceMs);
    }, timeoutMs);

    child.on("error", (error) => {
      if (child.pid === undefined) settle(failedEnd(error));
    });
    child.on("exit", (code, signal) => {
      exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
      // Its children may live on and keep its output open: do not wait for them.
      if (!isLate) {
        clearTimeout(limit);
        force = setTimeout(finish, LINGER_MS);
      }
    });
    child.on("close", finish);
    // A program does not have to read its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(stdin);
  });
}

/** Keeps the end of a stream, however long it is. */
function keepTail(stream: NodeJS.ReadableStream): () => string {
  let tail: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    const all = Buffer.concat([tail, chunk]);
    tail = all.length > KEPT_BYTES ? Buffer.from(all.subarray(all.length - KEPT_BYTES)) : all;
  });
  // Without the rest of a character that the cut split.
  return () => tail.toString("utf8").replace(tail.length === KEPT_BYTES ? /^\ufffd{1,3}/ : /^(?!)/, "");
}

function signalGroup(child: ChildProcessWithoutNullStreams, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function failedEnd(error: unknown): { kind: "failed"; code: string; reason: string } {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return { kind: "failed", code, reason: error instanceof Error ? error.message : String(error) };
}
