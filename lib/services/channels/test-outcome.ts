import { AppError } from "@/lib/core/errors";
import type { TestResult } from "@/lib/dispatch/send/send-test";
import type { Redact } from "@/lib/secrets/redact";

/** The answer of a Test that succeeded. */
export interface TestSent {
  status: "sent";
  latencyMs: number;
  /** The service's own name for what it took. */
  receipt?: string;
}

/**
 * @param redact masks what the caller may not see in the service's answer
 * @throws AppError `delivery_failed` with the service's answer and the advice
 */
export function sentOrThrow(result: TestResult, redact: Redact = (text) => text): TestSent {
  if (result.ok) {
    const { latencyMs, receipt } = result;
    return { status: "sent", latencyMs, ...(receipt !== undefined && { receipt }) };
  }
  const { message, advice, providerStatus, providerBody, retryAfterSeconds } = result;
  throw new AppError("delivery_failed", redact(advice ? `${asSentence(message)} ${advice}` : message), {
    ...(providerStatus !== undefined && { providerStatus }),
    ...(providerBody !== undefined && { providerBody: redact(providerBody) }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function asSentence(text: string): string {
  return /[.!?…]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}
