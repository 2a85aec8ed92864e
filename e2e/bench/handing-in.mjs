import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

let runs = 0;
/** A label that no other run of this measurement has. */
export const newRun = () => `${process.pid.toString(36)}${(++runs).toString(36)}${Date.now().toString(36)}`;

/**
 * Hands in notes, in a new process.
 * @param options `url`, `key`, `run`, `count`; `inFlight` requests at once (8), `together` notes in one request (1),
 *   `channels` by name, `perSecond` at most, `at` a fixed time for the marks, so that the same run hands in the very
 *   same notes again
 * @returns which were accepted and how long each answer took
 * @throws when the process does not come to its end
 */
export async function handIn(options) {
  const child = fork(fileURLToPath(new URL("hand-in.mjs", import.meta.url)), [JSON.stringify(options)], {
    execArgv: [],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const failed = once(child, "exit").then(([code]) => {
    throw new Error(`Handing in ended with ${code}.`);
  });
  const [outcome] = await Promise.race([once(child, "message"), failed]);
  failed.catch(() => undefined);
  process.removeListener("exit", kill);
  return outcome;
}
