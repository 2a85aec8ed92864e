import { renameSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { messageOf } from "@/lib/core/errors";
import { HOOK_MOMENT_TEXT, HOOK_MOMENTS } from "@/lib/core/hook";
import { loggerOf } from "@/lib/core/logger";
import { RunLog } from "../run-log";
import { endGroup, groupsOf } from "../run-processes";

const log = loggerOf("hooks");

/** Beside the folder of the hooks, which they may change. */
const NOTE = ".process";

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
