import type { RateLimit } from "@/lib/core/delivery";
import type { Severity } from "@/lib/core/severity";

/** When a channel is told, as it is typed. Numbers are text until they are sent. */
export interface DeliveryRulesDraft {
  /** Blank: everything. */
  minSeverity: Severity | "";
  requests: string;
  perSeconds: string;
}

/** The same as a channel answers with it. */
export interface StoredDeliveryRules {
  minSeverity: Severity | null;
  rateLimit: RateLimit | null;
}

export function deliveryRulesDraftOf(stored: StoredDeliveryRules | undefined): DeliveryRulesDraft {
  const { minSeverity, rateLimit } = stored ?? { minSeverity: null, rateLimit: null };
  return {
    // Nothing is less bad than info: it takes everything.
    minSeverity: minSeverity === null || minSeverity === "info" ? "" : minSeverity,
    requests: rateLimit ? String(rateLimit.requests) : "",
    perSeconds: rateLimit ? String(rateLimit.perSeconds) : "",
  };
}

/** What the verb takes. One half of a rate without the other is sent, so that the server says what is missing. */
export function mannerOf({ minSeverity, requests, perSeconds }: DeliveryRulesDraft): StoredDeliveryRules {
  const isLimited = requests.trim() !== "" || perSeconds.trim() !== "";
  return {
    minSeverity: minSeverity || null,
    rateLimit: isLimited ? { requests: Number(requests), perSeconds: Number(perSeconds) } : null,
  };
}
