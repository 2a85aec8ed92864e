import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sleep } from "./measure.mjs";

/**
 * Starts the receiver. Its manners: `{kind:"answer", status, afterMs}`, `{kind:"limit", perSecond, pauseSeconds}`,
 * `{kind:"unsure", share, status}`, `{kind:"hang"}`, `{kind:"cut"}`; each with `lastsMs`, after which it is well again.
 */
export async function startReceiver() {
  const waiting = new Map();
  let numbers = 0;
  let child;
  let port = 0;
  async function start() {
    child = fork(fileURLToPath(new URL("receiver.mjs", import.meta.url)), [String(port)], { execArgv: [] });
    [{ port }] = await once(child, "message");
    child.on("message", ({ number, answer }) => {
      waiting.get(number)?.(answer);
      waiting.delete(number);
    });
  }
  async function stop() {
    child.disconnect();
    await once(child, "exit");
  }
  await start();
  const ask = (what, facts) =>
    new Promise((resolve) => {
      numbers++;
      waiting.set(numbers, resolve);
      child.send({ number: numbers, ask: what, facts });
    });
  return {
    url: `http://127.0.0.1:${port}`,
    /** A new process on the same port: it has counted nothing, and is as cold as at every other beginning. */
    async renew() {
      await stop();
      await start();
    },
    behave: (manner) => ask("behave", manner),
    report: (run) => ask("report", { run }),
    /**
     * Waits until so many notes of a run were taken, or nothing more came for `quietMs`.
     * @returns whether all came
     */
    async waitFor(run, count, quietMs = 15_000) {
      let [taken, movedAt] = [-1, Date.now()];
      while (taken < count) {
        const now = await ask("taken", { run });
        if (now !== taken) movedAt = Date.now();
        taken = now;
        if (taken < count && Date.now() - movedAt > quietMs) return false;
        await sleep(taken < count ? 25 : 0);
      }
      return true;
    },
    stop,
  };
}
