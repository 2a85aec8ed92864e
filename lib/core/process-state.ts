import { peekSingleton, setSingleton } from "./singletons";

/** Where the process stands between start and end. */
export type ProcessState = "starting" | "ready" | "stopping";

export function processState(): ProcessState {
  return peekSingleton<ProcessState>("process.processState") ?? "starting";
}

export function setProcessState(processState: ProcessState): void {
  setSingleton<ProcessState>("process.processState", processState);
}
