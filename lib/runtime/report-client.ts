import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@/lib/core/errors";
import { systemReason } from "@/lib/core/system-fault";
import { trimEndSigns } from "@/lib/core/trim-signs";

/** How long to wait before each further try: five within a minute. */
const WAITS_MS = [2_000, 6_000, 16_000, 34_000];
/** How long one try may take. */
const TRY_MS = 10_000;

/** What is reported about one run. */
export interface RunReport {
  /** `start`, or the exit code. */
  word: string;
  body?: string;
  durationMs?: number;
}

/**
 * Reports one run at the address of an external job, by a run id of its own.
 * @param waitsMs before each further try
 * @throws AppError `invalid` when that is no address that can be reported to
 */
export class ReportClient {
  private readonly base: URL;
  private readonly runId = randomUUID();

  constructor(
    address: string,
    private readonly waitsMs: readonly number[] = WAITS_MS,
  ) {
    const base = URL.canParse(address) ? new URL(address) : null;
    if (!base || !/^https?:$/.test(base.protocol) || base.username || base.password)
      throw new AppError(
        "invalid",
        "The address of the external job must begin with http:// or https:// and hold no password. Copy it from the page of the job.",
      );
    this.base = base;
  }

  /**
   * Sends a report, again and again while nobody takes it.
   * @param signal ends the tries
   * @returns null once it is stored, else why it was not, as the end of a sentence without the address, which is a secret
   */
  async send(report: RunReport, signal: AbortSignal): Promise<string | null> {
    let reason: string | null = null;
    for (const waitMs of [0, ...this.waitsMs]) {
      if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return reason ?? "it was interrupted";
      const tried = await this.tryOnce(report, signal);
      if (tried.isFinal) return tried.reason;
      reason = tried.reason;
    }
    return reason;
  }

  private async tryOnce(
    { word, body = "", durationMs }: RunReport,
    signal: AbortSignal,
  ): Promise<{ isFinal: boolean; reason: string | null }> {
    const url = new URL(this.base);
    url.pathname = `${trimEndSigns(url.pathname, "/")}/${word}`;
    url.searchParams.set("rid", this.runId);
    if (durationMs !== undefined) url.searchParams.set("duration_ms", String(Math.round(durationMs)));
    try {
      const answer = await fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "text/plain; charset=utf-8", "user-agent": "belfry-run" },
        // A redirected report loses its body.
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]),
      });
      await answer.body?.cancel();
      return judge(answer.status);
    } catch (error) {
      return { isFinal: false, reason: `${url.origin} did not answer: ${faultOf(error)}` };
    }
  }
}

function judge(status: number): { isFinal: boolean; reason: string | null } {
  if (status >= 200 && status < 300) return { isFinal: true, reason: null };
  if (status === 404)
    return { isFinal: true, reason: "no external job has this address; copy it from the page of the job" };
  if (status >= 300 && status < 400)
    return { isFinal: true, reason: "the address leads elsewhere; use the one it leads to, most often with https://" };
  return { isFinal: status !== 408 && status !== 429 && status < 500, reason: `it was answered with status ${status}` };
}

function faultOf(error: unknown): string {
  const { cause, name } = (error ?? {}) as { cause?: unknown; name?: unknown };
  if (name === "TimeoutError") return `nothing came within ${TRY_MS / 1_000} seconds`;
  return systemReason(cause ?? error);
}
