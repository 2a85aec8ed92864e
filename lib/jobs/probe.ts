import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redactor } from "@/lib/secrets/redact";
import type { JobIo } from "./contract";
import { RunError, toRunError } from "./run-error";
import { toolsFor } from "./tools";

const LIMIT_MS = 30_000;

/**
 * Does one quick thing with a source or destination outside of any run: a Test, a look at a restore's target.
 * @throws RunError, secrets struck out
 */
export async function probe<T>(secrets: string[], work: (io: JobIo) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const redact = redactor(secrets);
  const limit = setTimeout(
    () => controller.abort(new RunError(`No answer within ${LIMIT_MS / 1_000} s.`, { kind: "time_limit" })),
    LIMIT_MS,
  );
  const workDir = await mkdtemp(join(tmpdir(), "belfry-probe-"));
  // A dead network disk hears no signal: whoever waits is answered all the same.
  const silence = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  silence.catch(() => undefined);
  try {
    const tools = toolsFor(controller.signal, redact);
    return await Promise.race([work({ signal: controller.signal, tools, log: () => undefined, workDir }), silence]);
  } catch (error) {
    const { message, kind, advice } = toRunError(controller.signal.aborted ? controller.signal.reason : error);
    throw new RunError(redact(message), { kind, advice, cause: error });
  } finally {
    clearTimeout(limit);
    if (!controller.signal.aborted) controller.abort(new RunError("The probe is over.", { kind: "interrupted" }));
    await rm(workDir, { recursive: true, force: true }).catch(() => undefined);
  }
}
