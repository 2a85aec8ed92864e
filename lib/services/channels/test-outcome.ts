import { AppError } from "@/lib/core/errors";
import type { TestResult } from "@/lib/dispatch/test-delivery";

/** What a Test that got through answers. */
export interface TestSent {
  status: "sent";
  latencyMs: number;
  /** The service's own name for what it took. */
  receipt?: string;
}

/** @throws AppError `delivery_failed` with the service's own words, and below them what to do */
export function sentOrThrow(result: TestResult): TestSent {
  if (result.ok) {
    const { latencyMs, receipt } = result;
    return { status: "sent", latencyMs, ...(receipt !== undefined && { receipt }) };
  }
  const { message, advice, providerStatus, providerBody, retryAfterSeconds } = result;
  throw new AppError("delivery_failed", advice ? `${asSentence(message)} ${advice}` : message, {
    ...(providerStatus !== undefined && { providerStatus }),
    ...(providerBody !== undefined && { providerBody }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function asSentence(words: string): string {
  return /[.!?…]$/.test(words.trimEnd()) ? words.trimEnd() : `${words.trimEnd()}.`;
}
