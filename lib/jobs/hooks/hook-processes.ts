import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { messageOf } from "@/lib/core/errors";
import { HOOK_MOMENT_TEXT, HOOK_MOMENTS } from "@/lib/core/hook";
import { loggerOf } from "@/lib/core/logger";
import { RunLog } from "../run-log";

const log = loggerOf("hooks");

/** Beside the folder of the hooks, which they may change. */
const NOTE = ".process";
/** So long a signal is given to take effect, milliseconds. */
const GRACE_MS = 5_000;
const LOOK_MS = 100;
/** A busy machine may need seconds to start a program. */
const MOST_LOOKS = 50;

const noteSchema = z.object({
  runId: z.string(),
  name: z.string(),
  moment: z.enum(HOOK_MOMENTS),
  /** The first process of its group; null where it was only just to be started. */
  pid: z.int().min(2).nullable(),
});
type HookNote = z.infer<typeof noteSchema>;

/**
 * Notes a hook before it is started, and which process it is once it is. Both times whole: Belfry may be killed at any moment.
 * A note that cannot be written costs only what it is for.
 */
export function noteHookProcess(folder: string, note: HookNote): void {
  try {
    const draft = `${folder}${NOTE}.draft`;
    writeFileSync(draft, JSON.stringify(note), { mode: 0o600 });
    renameSync(draft, folder + NOTE);
  } catch (error) {
    log.warn("failed to note the process of a hook", { ...note, error: messageOf(error) });
  }
}

/** Removes the note of a hook that has ended. Never throws. */
export function forgetHookProcess(folder: string): void {
  try {
    rmSync(folder + NOTE, { force: true });
  } catch (error) {
    log.warn("failed to remove the note of a hook's process", { folder: basename(folder), error: messageOf(error) });
  }
}

/**
 * Ends hooks that go on although Belfry was killed while they ran, so that none runs beside its own repetition. What was ended, or
 * could not be, is named in the run's log and in that of the process. Never throws.
 * @param workRoot the folder of the work folders
 */
export async function endLeftHooks(workRoot: string): Promise<void> {
  const names = await readdir(workRoot).catch((): string[] => []);
  await Promise.all(names.filter((name) => name.endsWith(NOTE)).map((name) => endLeftHook(join(workRoot, name))));
}

async function endLeftHook(file: string): Promise<void> {
  try {
    const { success, data: note } = noteSchema.safeParse(JSON.parse(await readFile(file, "utf8")));
    if (!success) return;
    const sentence = await endHook(note);
    if (sentence === null) return;
    log.warn("found a hook that ran on without Belfry", { ...note, result: sentence });
    const runLog = await RunLog.open(note.runId);
    runLog.line(`The hook ${note.name}, ${HOOK_MOMENT_TEXT[note.moment]}, ran on when Belfry was killed: ${sentence}`);
    await runLog.flush();
  } catch (error) {
    log.error("failed to look for a hook that ran on without Belfry", {
      file: basename(file),
      error: messageOf(error),
    });
  }
}

/** @returns what became certain about its processes; null where none is left */
async function endHook({ pid, runId }: HookNote): Promise<string | null> {
  const groups = pid === null ? await groupsOf(runId) : [pid];
  const sentences = await Promise.all(groups.map((group) => endGroup(group, runId)));
  return sentences.filter((sentence) => sentence !== null).join(" ") || null;
}

async function endGroup(pid: number, runId: string): Promise<string | null> {
  const members = await knownMembers(pid, runId);
  if (members === null || members.foreign > 0) {
    return signal(pid, 0) ? mayStillRun(pid) : null;
  }
  if (members.own === 0) return null;
  signal(pid, "SIGTERM");
  if (await hasEnded(pid, runId)) return "it was ended.";
  signal(pid, "SIGKILL");
  // One that waits for a disk or a share that is gone ends only with that.
  return (await hasEnded(pid, runId)) ? "it was ended by SIGKILL." : mayStillRun(pid);
}

const mayStillRun = (pid: number) => `its processes may still run. Look for the process group ${pid}, and end it.`;

async function hasEnded(pid: number, runId: string): Promise<boolean> {
  for (let waited = 0; waited < GRACE_MS; waited += LOOK_MS) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    const left = await membersOf(pid, runId);
    if (left?.own === 0 && left.unclear === 0) return true;
  }
  return false;
}

/** The same as `membersOf`, when no process of the group is just about to become another program. */
async function knownMembers(group: number, runId: string): Promise<Members | null> {
  let members = await membersOf(group, runId);
  for (let looks = 0; looks < MOST_LOOKS && members?.own === 0 && members.unclear > 0; looks++) {
    await new Promise((done) => setTimeout(done, LOOK_MS));
    members = await membersOf(group, runId);
  }
  return members;
}

/** @returns whether the group has a process that may be signaled */
function signal(pid: number, what: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, what);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The processes of a group. */
interface Members {
  /** Those that got the run's id from Belfry: one that the system gave the same number meanwhile is not among them. */
  own: number;
  /** Those without variables: they end at this moment, or become another program. */
  unclear: number;
  /** Those of another user. */
  foreign: number;
}

/** @returns null where the system shows no processes */
async function membersOf(group: number, runId: string): Promise<Members | null> {
  const ids = await processIds();
  if (!ids) return null;
  const found: Members = { own: 0, unclear: 0, foreign: 0 };
  for (const id of ids) {
    const state = stateOf(id);
    if (state === null || state.group !== group || state.isOver) continue;
    const kind = memberKind(id, runId);
    if (kind) found[kind] += 1;
  }
  return found;
}

/** The groups of all processes that got the run's id from Belfry. */
async function groupsOf(runId: string): Promise<number[]> {
  const groups = new Set<number>();
  for (const id of (await processIds()) ?? []) {
    const state = stateOf(id);
    if (state && !state.isOver && memberKind(id, runId) === "own") groups.add(state.group);
  }
  return [...groups];
}

async function processIds(): Promise<string[] | undefined> {
  return (await readdir("/proc").catch(() => undefined))?.filter((name) => /^\d+$/.test(name));
}

/** @returns undefined for a process of something else, or one that is gone */
function memberKind(id: string, runId: string): keyof Members | undefined {
  try {
    const variables = readFileSync(`/proc/${id}/environ`, "utf8");
    if (variables === "") return "unclear";
    return variables.split("\0").includes(`BELFRY_RUN=${runId}`) ? "own" : undefined;
  } catch (error) {
    return ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "") ? "foreign" : undefined;
  }
}

/** @see proc_pid_stat(5) @returns null for a process that is gone */
function stateOf(id: string): { group: number; isOver: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    // The name before it may hold blanks and brackets.
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { group: Number(group), isOver: state === "Z" || state === "X" };
  } catch {
    return null;
  }
}
