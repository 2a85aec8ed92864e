import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { redactor } from "@/lib/secrets/redact";
import type { JobIo } from "../contract";
import { RunError, toRunError } from "../run-error";
import { installAdvice } from "../tool-packages";
import { toolsFor } from "../tools";
import { untilAborted } from "../until-aborted";
import type { OpenRepository } from "./contract";
import { secretsOf } from "./open-repository";

/**
 * Reads something of a repository outside of any run, for a download. Its program ends when the stream is
 * closed by either side.
 * @param firstMs milliseconds until its first byte; what follows has no limit, since it depends on who reads it
 * @returns a stream that has its first byte, or is at its end
 * @throws RunError where nothing came, with the secrets redacted
 */
export async function readRepositoryStream(
  repository: OpenRepository,
  work: (io: JobIo) => Promise<Readable>,
  firstMs: number,
): Promise<Readable> {
  const redact = redactor(secretsOf(repository));
  const controller = new AbortController();
  const { signal } = controller;
  const late = new RunError(`No answer within ${firstMs / 1_000} s.`, { kind: "time_limit" });
  const timer = setTimeout(() => controller.abort(late), firstMs);
  const workDir = await mkdtemp(join(tmpdir(), "belfry-read-"));
  const close = () => {
    clearTimeout(timer);
    if (!signal.aborted) controller.abort(new RunError("The download is over.", { kind: "interrupted" }));
    rm(workDir, { recursive: true, force: true }).catch(() => undefined);
  };
  try {
    const tools = toolsFor({ signal, redact, adviceFor: installAdvice });
    const stream = await untilAborted(signal, async () => {
      const opened = await work({ signal, tools, log: () => undefined, workDir });
      await firstByte(opened);
      return opened;
    });
    clearTimeout(timer);
    stream.once("close", close);
    if (stream.destroyed) close();
    return stream;
  } catch (error) {
    const { message, kind, advice } = toRunError(signal.aborted ? signal.reason : error);
    close();
    throw new RunError(redact(message), { kind, advice, cause: error });
  }
}

/** Until then an answer can still say what is wrong. */
function firstByte(stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("readable", () => {
      stream.off("error", reject);
      resolve();
    });
  });
}
