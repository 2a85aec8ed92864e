import { AppError } from "@/lib/core/errors";
import type { TestResult } from "@/lib/dispatch/send/send-test";

/** The answer of a Test that succeeded. */
export interface TestSent {
  status: "sent";
  latencyMs: number;
  /** The service's own name for what it took. */
  receipt?: string;
}

/**
 * @param seesAnswer whether the caller may read what the service said: in part is not at all
 * @throws AppError `delivery_failed` with the service's answer and the advice
 */
export function sentOrThrow(result: TestResult, seesAnswer: boolean): TestSent {
  if (result.ok) {
    const { latencyMs } = result;
    const receipt = seesAnswer ? result.receipt : undefined;
    return { status: "sent", latencyMs, ...(receipt !== undefined && { receipt }) };
  }
  const { message, advice, providerStatus, providerBody, retryAfterSeconds } = result;
  const sentence = advice ? `${asSentence(message)} ${advice}` : message;
  throw new AppError("delivery_failed", seesAnswer ? sentence : HIDDEN, {
    ...(providerStatus !== undefined && { providerStatus }),
    ...(providerBody !== undefined && seesAnswer && { providerBody }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

const HIDDEN =
  "The service did not take the Test. Its answer may name people: an administrator sees it in the delivery log.";

/** Ends a text of a service with a full stop, unless it ends with one. */
export function asSentence(text: string): string {
  return /[.!?…]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}
