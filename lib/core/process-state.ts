import { runtimeValue, setRuntimeValue } from "./runtime";

/** The life cycle of the process. */
export type ProcessState = "starting" | "ready" | "stopping";

export function processState(): ProcessState {
  return runtimeValue("processState");
}

export function setProcessState(processState: ProcessState): void {
  setRuntimeValue("processState", processState);
}
