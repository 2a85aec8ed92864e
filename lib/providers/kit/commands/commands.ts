import { type ListKind, openProgramList, type ProgramList } from "@/lib/operator/program-list";
import type { Egress } from "../egress";
import type { ProxySettings } from "../proxy";
import { bundleWith } from "../trust";
import { PROGRAM_PATH, type ProgramCall, type ProgramEnd, spawnProgram } from "./run-program";

/** Programs that Belfry may start: the operator's list, and `apprise`. Never through a shell; it never throws. */
export interface CommandIo {
  /** Names of the operator's list; null while commands are disabled. */
  names(): Promise<string[] | null>;
  /** Why no command of the list can run, as one sentence with advice; null when nothing is wrong. */
  problem(): Promise<string | null>;
  /** Runs a command of the list. The variables are added to a clean environment without any of Belfry's own. */
  run(name: string, input: { variables: Record<string, string>; stdin: string }): Promise<CommandResult>;
  /** The installed `apprise`, or why it cannot be used, as one sentence with advice. */
  findApprise(): Promise<{ kind: "found"; version: string } | { kind: "missing"; reason: string }>;
  /** Sends one message by `apprise`: the URL goes through the environment and the body through standard input. */
  runApprise(input: {
    url: string;
    title: string;
    body: string;
    type: "info" | "success" | "warning" | "failure";
    /** PEM of an authority that is trusted for this message besides the usual ones. */
    ca?: string | undefined;
  }): Promise<CommandResult>;
  /** Whether the installed `apprise` takes a URL: it ends with 0 if so. Nothing is sent. */
  tryAppriseUrl(url: string): Promise<CommandResult>;
}

export type CommandResult =
  | {
      kind: "ended";
      exitCode: number;
      /** The end of what it wrote, at most 8 kB each. */
      stdout: string;
      stderr: string;
    }
  /** It could not start, or did not end in time. `isRefused`: it is not allowed to start. */
  | { kind: "failed"; reason: string; isRefused: boolean };

const COMMANDS: ListKind = { title: "list of commands", entry: "command", usualSeconds: 60, longestSeconds: 300 };

const APPRISE_TIMEOUT_MS = 60_000;
const VERSION_TIMEOUT_MS = 10_000;

const OFF =
  "Commands are disabled on this server. Its operator enables them with a list of commands: the file that the environment variable BELFRY_COMMANDS_FILE names.";
const APPRISE_MISSING =
  "The apprise command is not installed on this server. Install it (apt install apprise, or pip install apprise), or enter the address of an Apprise API server.";
const APPRISE_GUARDED =
  "The apprise command is disabled on this server: it would bypass BELFRY_EGRESS=public, which keeps messages out of private networks. Enter the address of an Apprise API server, or choose a channel that Belfry sends itself.";

/**
 * @param options.commandsFile absolute path of the operator's list; none: commands are disabled
 * @param options.searchPath folders to look for `apprise`, joined by colons
 * @param options.proxies the way out for `apprise`
 * @param options.authorities PEM certificates that `apprise` trusts besides the usual ones
 * @param options.graceMs between SIGTERM and SIGKILL for a command that does not end in time
 */
export function createCommands(options: {
  egress: Egress;
  commandsFile?: string | undefined;
  searchPath?: string;
  graceMs?: number;
  proxies?: ProxySettings;
  authorities?: readonly string[];
}): CommandIo {
  const { egress, commandsFile, searchPath = PROGRAM_PATH, graceMs, proxies = {} } = options;
  const grace = graceMs === undefined ? {} : { graceMs };
  const list = commandsFile
    ? openProgramList(commandsFile, COMMANDS)
    : async (): Promise<ProgramList> => ({ problem: OFF });

  return {
    async names() {
      if (!commandsFile) return null;
      const read = await list();
      return "programs" in read ? [...read.programs.keys()] : [];
    },

    async problem() {
      const read = await list();
      if ("problem" in read) return read.problem;
      return read.programs.size > 0 ? null : `The list of commands ${commandsFile} is empty.`;
    },

    async run(name, { variables, stdin }) {
      const read = await list();
      if ("problem" in read) return { kind: "failed", reason: read.problem, isRefused: true };
      const command = read.programs.get(name);
      if (!command) {
        const reason = `“${name}” is not on this server's list of commands any more.`;
        return { kind: "failed", reason, isRefused: true };
      }
      const [file, ...args] = command.run;
      const timeoutMs = command.timeoutSeconds * 1000;
      const end = await spawnProgram({
        file,
        args,
        variables: plain({ ...command.variables, ...variables }),
        stdin,
        timeoutMs,
        ...grace,
      });
      return answerOf(end, name, timeoutMs);
    },

    ...appriseCommand(egress, searchPath, proxyVariables(proxies), options.authorities ?? []),
  };
}

/** The installed `apprise`, where what it sends need not be held to the rule for outgoing connections. */
function appriseCommand(
  egress: Egress,
  searchPath: string,
  wayOut: Record<string, string>,
  trusted: readonly string[],
): Pick<CommandIo, "findApprise" | "runApprise" | "tryAppriseUrl"> {
  /** The first `apprise` of the path that starts. */
  async function start(args: string[], given: Pick<ProgramCall, "variables" | "stdin" | "timeoutMs" | "authorities">) {
    for (const folder of searchPath.split(":")) {
      const end = await spawnProgram({ file: `${folder}/apprise`, args, ...given });
      if (end.kind !== "failed" || end.code !== "ENOENT") return end;
    }
    return null;
  }

  async function runWith(
    url: string,
    args: string[],
    { stdin, timeoutMs, ca }: { stdin: string; timeoutMs: number; ca?: string | undefined },
  ): Promise<CommandResult> {
    if (egress === "public") return { kind: "failed", reason: APPRISE_GUARDED, isRefused: true };
    const own = ca ? [...trusted, ca] : trusted;
    const authorities = own.length > 0 ? bundleWith(own) : undefined;
    const end = await start(args, {
      variables: plain({ ...wayOut, APPRISE_URLS: url }),
      stdin,
      timeoutMs,
      authorities,
    });
    if (!end) return { kind: "failed", reason: APPRISE_MISSING, isRefused: true };
    return answerOf(end, "apprise", timeoutMs);
  }

  return {
    async findApprise() {
      if (egress === "public") return { kind: "missing", reason: APPRISE_GUARDED };
      const end = await start(["--version"], { variables: {}, stdin: "", timeoutMs: VERSION_TIMEOUT_MS });
      if (!end) return { kind: "missing", reason: APPRISE_MISSING };
      const version = end.kind === "ended" && /\bv?(\d+(?:\.\d+)+)/.exec(end.stdout + end.stderr)?.[1];
      if (version) return { kind: "found", version };
      return {
        kind: "missing",
        reason: "The apprise command on this server does not start: run apprise --version for the reason.",
      };
    },

    runApprise: ({ url, title, body, type, ca }) =>
      runWith(url, ["-vv", "-n", type, "-t", withoutNul(title), "-i", "text"], {
        stdin: body,
        timeoutMs: APPRISE_TIMEOUT_MS,
        ca,
      }),

    tryAppriseUrl: (url) => runWith(url, ["-v", "--dry-run"], { stdin: "", timeoutMs: VERSION_TIMEOUT_MS }),
  };
}

/** As curl and Python read them. This machine itself is never reached through a proxy. */
function proxyVariables({ httpsProxy, httpProxy, noProxy }: ProxySettings): Record<string, string> {
  if (!httpsProxy && !httpProxy) return {};
  const direct = ["localhost", "127.0.0.1", "::1", ...(noProxy ? [noProxy] : [])].join(",");
  return {
    ...(httpsProxy ? { https_proxy: httpsProxy } : {}),
    ...(httpProxy ? { http_proxy: httpProxy } : {}),
    no_proxy: noProxy?.trim() === "*" ? "*" : direct,
  };
}

function answerOf(end: ProgramEnd, name: string, timeoutMs: number): CommandResult {
  if (end.kind === "ended") return end;
  if (end.kind === "late") {
    const reason = `${name} did not end within ${timeoutMs / 1000} s and was stopped.`;
    return { kind: "failed", reason, isRefused: false };
  }
  // Out of processes, memory or file handles: temporary. Everything else is permanent.
  const mayPass = /^(EAGAIN|ENOMEM|EMFILE|ENFILE|ETXTBSY|ENOSPC|EIO)$/.test(end.code);
  return { kind: "failed", reason: `${name} cannot be started: ${wordsOf(end)}.`, isRefused: !mayPass };
}

function wordsOf({ code, reason }: { code: string; reason: string }): string {
  if (code === "ENOENT") return "the program, or what its first line names, does not exist";
  if (code === "EACCES") return "Belfry's user has no right to run it";
  if (code === "E2BIG") return "its variables are too large";
  return reason;
}

/** Variables as an environment can hold them: a NUL would end a value, and Node refuses it. */
function plain(variables: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, withoutNul(value)]));
}

function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
