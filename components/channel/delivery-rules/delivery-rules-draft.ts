import type { RateLimit } from "@/lib/core/delivery";
import type { Severity } from "@/lib/core/severity";

/** Delivery rules of a channel as typed in the form. Numbers are text until they are saved. */
export interface DeliveryRulesDraft {
  /** Blank: all severities. */
  minSeverity: Severity | "";
  requests: string;
  perSeconds: string;
}

/** Delivery rules as a channel stores them. */
export interface StoredDeliveryRules {
  minSeverity: Severity | null;
  rateLimit: RateLimit | null;
}

export function deliveryRulesDraftOf(stored: StoredDeliveryRules | undefined): DeliveryRulesDraft {
  const { minSeverity, rateLimit } = stored ?? { minSeverity: null, rateLimit: null };
  return {
    // Info is the lowest severity: it filters nothing.
    minSeverity: minSeverity === null || minSeverity === "info" ? "" : minSeverity,
    requests: rateLimit ? String(rateLimit.requests) : "",
    perSeconds: rateLimit ? String(rateLimit.perSeconds) : "",
  };
}

/** The rules to save. An incomplete rate limit is sent too, so that the server names the missing half. */
export function deliveryRulesOf({ minSeverity, requests, perSeconds }: DeliveryRulesDraft): StoredDeliveryRules {
  const isLimited = requests.trim() !== "" || perSeconds.trim() !== "";
  return {
    minSeverity: minSeverity || null,
    rateLimit: isLimited ? { requests: Number(requests), perSeconds: Number(perSeconds) } : null,
  };
}
