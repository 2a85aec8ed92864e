import { sharedState } from "@/lib/core/runtime";
import { startError } from "../run-error";

interface LeftBehind {
  pid: number;
  since: number;
}

/** Processes that hang in a folder, by that folder: a further one would hang too, and none can be killed. */
const processes = sharedState("jobs.left-behind", () => new Map<string, LeftBehind[]>());

/** @param exited resolves when the disk has let the process go */
export function leaveBehind(root: string, pid: number, exited: Promise<void>): void {
  const left = { pid, since: Date.now() };
  processes.set(root, [...(processes.get(root) ?? []), left]);
  void exited.then(() => {
    const others = (processes.get(root) ?? []).filter((one) => one !== left);
    if (others.length > 0) processes.set(root, others);
    else processes.delete(root);
  });
}

/** @throws RunError of kind `cannot_start` while a process hangs in the folder */
export function assertAnswers(root: string): void {
  const [left] = processes.get(root) ?? [];
  if (!left) return;
  const since = new Date(left.since).toISOString().replace(/\.\d+Z$/, "Z");
  throw startError(
    `${root} does not answer: process ${left.pid} has waited for it since ${since}.`,
    "Check the disk, or the server of the network file system. Mount it again if it does not come back.",
  );
}
