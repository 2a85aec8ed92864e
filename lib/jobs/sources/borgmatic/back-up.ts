import { hostname } from "node:os";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import type { JobIo, ProgramBackup } from "../../contract";
import { RunError } from "../../run-error";
import { firstLines } from "../directory-messages";
import type { ConfigFile } from "./config-file";
import { type Failure, failureSentence, failuresError } from "./messages";
import { type EndedBorgmatic, runBorgmatic } from "./process";
import { readCreatedArchives, readDescribedArchives } from "./reported";

/** borg gives times in whole seconds, rounded. */
const ROUNDED_MS = 1_000;

/** What a run does, by the choice of the form. The archive comes first: nothing is removed before there is a new one. */
export const BORGMATIC_ACTIONS = {
  all: ["prune", "compact", "check"],
  prune: ["prune", "compact"],
  create: [],
} as const;
export type BorgmaticActions = keyof typeof BORGMATIC_ACTIONS;

/**
 * Lets borgmatic make its archives. Its exit code counts first: what it prints is read only where that is 0. Otherwise its
 * repositories are asked, so that an archive which was made beside an error is known, and none that was not.
 * @throws RunError when there is no archive of this run, or a check found something wrong
 */
export async function borgmaticBackUp(
  file: ConfigFile,
  { actions, passphrase }: { actions: BorgmaticActions; passphrase: string | undefined },
  io: JobIo,
): Promise<ProgramBackup> {
  const startedAt = Date.now();
  const ended = await runBorgmatic(file, passphrase, ["create", "--json", ...BORGMATIC_ACTIONS[actions]], io);
  if (ended.code === 0) return finished(ended);
  const failures = ended.messages.lastFailures();
  const archives = await madeAllTheSame(file, passphrase, ended, startedAt, io);
  // What a check finds is wrong with what is stored: the new archive is in it.
  if (archives.length === 0 || failures.some(({ command }) => command === "check")) throw failuresError(failures);
  const warnings = failures.map((failure) => warningOf(failure, ended));
  return { archives, warnings, skipped: null };
}

function finished({ stdout, messages, redact }: EndedBorgmatic): ProgramBackup {
  const skipped = "A hook of the configuration skipped the backup (exit code 75).";
  // borgmatic 1.7 prints nothing then, later ones an empty list.
  const archives = stdout.trim() === "" ? [] : readCreatedArchives(stdout);
  if (archives === null) {
    const line = redact(firstLine(stdout));
    throw new RunError(
      `borgmatic ended with exit code 0, but what it printed is not the list of the archives that it made: ${line}`,
      {
        advice:
          "Whether there is a backup is not known. Run borgmatic create --json with this configuration on the server and look what else prints there.",
      },
    );
  }
  if (archives.length === 0) {
    if (messages.isSkipped) return { archives, warnings: [], skipped };
    throw new RunError("borgmatic ended with exit code 0, but names no archive that it made.", {
      advice: "Does the configuration name a repository? Run borgmatic create --json with it on the server.",
    });
  }
  const warnings = messages.warnings.length > 0 || messages.hasWarned ? [warningText(messages.warnings)] : [];
  if (messages.isSkipped) warnings.push("A hook of the configuration skipped a part of the backup (exit code 75).");
  return { archives, warnings, skipped: null };
}

function warningText(lines: readonly string[]): string {
  return `borg says:\n${firstLines(lines.join("\n")) || "something needs attention: the log says what."}`;
}

function warningOf(failure: Failure, { messages }: EndedBorgmatic): string {
  if (failure.code === 1 && failure.command === "create" && messages.warnings.length > 0)
    return warningText(messages.warnings);
  return failureSentence(failure).message;
}

/** The archives of a borgmatic that failed: of each repository the newest, where it was made by this run on this machine. */
async function madeAllTheSame(
  file: ConfigFile,
  passphrase: string | undefined,
  { messages }: EndedBorgmatic,
  startedAt: number,
  io: JobIo,
): Promise<ReportedArchive[]> {
  const isWithout = new Set(
    messages.lastFailures().flatMap(({ repository, command, code }) => {
      const isFinal = command === "create" && code !== null && code > 1;
      return isFinal ? [repository] : [];
    }),
  );
  const archives: ReportedArchive[] = [];
  for (const repository of messages.begun) {
    if (isWithout.has(repository)) continue;
    const words = ["info", "--repository", repository, "--archive", "latest", "--json"];
    const { code, stdout } = await runBorgmatic(file, passphrase, words, { ...io, log: () => undefined });
    const [newest] = code === 0 ? readDescribedArchives(stdout) : [];
    if (!newest) continue;
    const { hostname: maker, ...archive } = newest;
    if (archive.startedAt + ROUNDED_MS >= startedAt && maker === hostname()) archives.push(archive);
  }
  return archives;
}

function firstLine(text: string): string {
  const line = text.trim().split("\n")[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 200)} …` : line;
}
