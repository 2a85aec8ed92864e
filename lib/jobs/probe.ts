import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { redactor } from "@/lib/secrets/redact";
import { bindDestination } from "./bind-destination";
import type { JobIo } from "./contract";
import type { Endpoint } from "./endpoints";
import { RunError, toRunError } from "./run-error";
import { installAdvice } from "./tool-packages";
import { toolsFor } from "./tools";
import { untilAborted, upTo } from "./until-aborted";

const LIMIT_MS = 30_000;
/** How long removing the work folder may hold up the answer, milliseconds. */
const CLEANUP_MS = 2_000;

/**
 * Does one quick thing with a source or destination outside of any run: a Test, a look at a restore's target.
 * @param limitMs milliseconds after which it is answered that nothing answered
 * @throws RunError with the secrets redacted
 */
export async function probe<T>(
  secrets: string[],
  work: (io: JobIo) => Promise<T>,
  limitMs: number = LIMIT_MS,
): Promise<T> {
  const redact = redactor(secrets);
  const { controller, cancelLimit } = limited(limitMs);
  const { signal } = controller;
  const workDir = await mkdtemp(join(tmpdir(), "belfry-probe-"));
  try {
    const io: JobIo = {
      signal,
      tools: toolsFor({ signal, redact, adviceFor: installAdvice }),
      log: () => undefined,
      workDir,
    };
    return await untilAborted(signal, () => work(io));
  } catch (error) {
    const { message, kind, advice, proposal, isFolderMissing } = toRunError(signal.aborted ? signal.reason : error);
    const more = { isFolderMissing, ...(proposal && { proposal }) };
    throw new RunError(redact(message), { kind, advice, ...more, cause: error });
  } finally {
    cancelLimit();
    if (!signal.aborted) controller.abort(new RunError("The probe is over.", { kind: "interrupted" }));
    await upTo(CLEANUP_MS, () => rm(workDir, { recursive: true, force: true }));
  }
}

/**
 * Opens a stored file outside of any run, for a download. Only opening it has a time limit.
 * @throws RunError
 */
export async function openStoredFile(endpoint: Endpoint, path: string): Promise<Readable> {
  const { controller, cancelLimit } = limited(LIMIT_MS);
  const { signal } = controller;
  try {
    const io = {
      signal,
      tools: toolsFor({ signal, redact: redactor(endpoint.secrets), adviceFor: installAdvice }),
      log: () => undefined,
    };
    return await bindDestination(endpoint, io).read(path);
  } finally {
    cancelLimit();
  }
}

function limited(limitMs: number): { controller: AbortController; cancelLimit: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new RunError(`No answer within ${limitMs / 1_000} s.`, { kind: "time_limit" })),
    limitMs,
  );
  return { controller, cancelLimit: () => clearTimeout(timer) };
}
