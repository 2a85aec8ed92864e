import { peekSingleton, setSingleton } from "./singletons";

/** Where the process stands between start and end. */
export type Phase = "starting" | "ready" | "stopping";

export function phase(): Phase {
  return peekSingleton<Phase>("process.phase") ?? "starting";
}

export function setPhase(phase: Phase): void {
  setSingleton<Phase>("process.phase", phase);
}
