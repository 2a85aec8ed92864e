import { runtimeValue } from "@/lib/core/runtime";
import { type ListKind, openProgramList, type ProgramList } from "@/lib/operator/program-list";

const HOOKS: ListKind = { title: "list of hooks", entry: "hook", usualSeconds: 300, longestSeconds: 3_600 };

const OFF =
  "Hooks are disabled on this server. Its operator enables them with a list of hooks: the file that the environment variable BELFRY_HOOKS_FILE names.";

/** The operator's list of hooks as it is now, or why there is none, as one sentence. Never throws. */
export async function readHookList(): Promise<ProgramList> {
  const file = runtimeValue("hooksFile");
  return file === null ? { problem: OFF } : await openProgramList(file, HOOKS)();
}
