import { peekRuntimeValue, setRuntimeValue } from "./runtime";

/** The life cycle of the process. */
export type ProcessState = "starting" | "ready" | "stopping";

declare module "./runtime" {
  interface RuntimeValues {
    processState: ProcessState;
  }
}

export function processState(): ProcessState {
  return peekRuntimeValue("processState") ?? "starting";
}

export function setProcessState(processState: ProcessState): void {
  setRuntimeValue("processState", processState);
}
