import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { RunLog } from "./run-log";

const log = loggerOf("runner");

/** The variable of every process that is started for a run: it holds the run's id. */
export const RUN_VARIABLE = "BELFRY_RUN";
/** So long a signal is given to take effect, milliseconds. */
const GRACE_MS = 5_000;
const LOOK_MS = 100;
/** A busy machine may need seconds to start a program. */
const MOST_LOOKS = 50;

/**
 * Ends the tools of runs that go on although Belfry was killed while they worked: one that writes by itself would hold its repository, and
 * finish a backup whose run has failed. What was ended, or could not be, is named in the run's log. Never throws.
 * @param runIds runs that this worker has left
 */
export async function endLeftTools(runIds: readonly string[]): Promise<void> {
  await Promise.all(runIds.map(endToolsOf));
}

async function endToolsOf(runId: string): Promise<void> {
  try {
    const groups = await groupsOf(runId);
    const sentences = await Promise.all(groups.map((group) => endGroup(group, runId)));
    const found = sentences.filter((sentence) => sentence !== null);
    if (found.length === 0) return;
    log.warn("found tools that worked on without Belfry", { runId, groups, results: found });
    const runLog = await RunLog.open(runId);
    for (const sentence of found) runLog.line(`A tool worked on when Belfry was killed: ${sentence}`);
    await runLog.flush();
  } catch (error) {
    log.error("failed to look for tools that worked on without Belfry", { runId, error: messageOf(error) });
  }
}

/**
 * Ends what a run's process group does, first by SIGTERM. Only groups are signaled whose processes got the run's id from Belfry.
 * @param pid of the first process of the group
 * @returns what became certain about it; null: none of it is left
 */
export async function endGroup(pid: number, runId: string): Promise<string | null> {
  const members = await knownMembers(pid, runId);
  if (members === null || members.foreign > 0) {
    return signal(pid, 0) ? mayStillRun(pid) : null;
  }
  if (members.own === 0) return null;
  signal(pid, "SIGTERM");
  // One that was stopped takes it only once it goes on.
  signal(pid, "SIGCONT");
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
export async function groupsOf(runId: string): Promise<number[]> {
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
    return variables.split("\0").includes(`${RUN_VARIABLE}=${runId}`) ? "own" : undefined;
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
