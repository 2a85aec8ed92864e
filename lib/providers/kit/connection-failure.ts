import type { AddressFailure } from "./connect";
import { RESOLVE_TIMEOUT } from "./connect";
import { EGRESS_REFUSED } from "./egress";
import { explainTlsFailure, type FailureContext } from "./tls-failure";

/** Why no connection came about, in words. */
export interface FailureWords {
  /** One sentence. */
  reason: string;
  /** What to do about it. */
  advice?: string | undefined;
  /** The system's code, the one of the first address when there are several; empty when nothing names one. */
  code: string;
}

/**
 * The one place that turns errors of name resolution, connections and TLS into a sentence with advice.
 * @param where the peer as people know it: `example.org:443`, `The proxy proxy.example:3128`
 */
export function explainFailure(error: Error, where: string, context: FailureContext): FailureWords {
  const code = failureCode(error);
  if (code === EGRESS_REFUSED) return { reason: error.message, code };
  const tls = explainTlsFailure(error, code, where, context);
  if (tls) return { ...tls, code };
  const failures = failuresOf(error);
  if (failures.length > 1) {
    const each = failures.map((one) => `${one.address} ${shortly(one.code, context)}`).join(", ");
    return { reason: `${where} cannot be reached at any of its addresses: ${each}.`, advice: context.hint, code };
  }
  const [only] = failures;
  const named = only && !where.includes(only.address) ? `${where} (${only.address})` : where;
  const sentence = sentenceFor(code, named, where, context);
  const advice = CLOSED.has(code) ? (closedAdvice(context) ?? context.hint) : context.hint;
  return { reason: sentence ?? `The connection to ${where} failed: ${error.message}.`, advice, code };
}

/** The code of an error, also of one that is its cause or the first of several. */
export function failureCode(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  if ("errors" in error && Array.isArray(error.errors) && error.errors[0] instanceof Error)
    return failureCode(error.errors[0]);
  return error.cause instanceof Error ? failureCode(error.cause) : "";
}

function failuresOf(error: Error): AddressFailure[] {
  return "failures" in error && Array.isArray(error.failures) ? (error.failures as AddressFailure[]) : [];
}

/** Codes of a connection that ended without an answer. */
export const CLOSED: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

function closedAdvice({ scheme, hasCertificateFields }: FailureContext): string | undefined {
  if (scheme === "http") return "If the port is one for https, write https:// in the address.";
  if (scheme === "https" && hasCertificateFields)
    return "Some servers do this when they miss a client certificate: there are fields for one under Advanced.";
  return undefined;
}

function sentenceFor(code: string, named: string, where: string, context: FailureContext): string | undefined {
  const within = `within ${context.timeoutMs / 1000} s`;
  switch (code) {
    case "ECONNREFUSED":
      return `${named} refuses the connection: ${context.service ? `no ${context.service}` : "nothing"} listens there.`;
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return `${where} closed the connection without an answer.`;
    case "ENOTFOUND":
    case "ENODATA":
      return `The name ${where} cannot be resolved.`;
    case "EAI_AGAIN":
      return `The name ${where} cannot be resolved at the moment.`;
    case RESOLVE_TIMEOUT:
      return `The name ${where} cannot be resolved: no answer from the name server ${within}.`;
    case "ETIMEDOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
      return `${named} cannot be reached: no connection ${within}.`;
    case "EHOSTUNREACH":
      return `${named} cannot be reached: no route to it.`;
    case "ENETUNREACH":
      return `${named} cannot be reached: no route to its network.`;
    default:
      return undefined;
  }
}

function shortly(code: string, { timeoutMs }: FailureContext): string {
  const words: Record<string, string> = {
    ECONNREFUSED: "refuses the connection",
    ECONNRESET: "closes the connection",
    ETIMEDOUT: `does not answer within ${timeoutMs / 1000} s`,
    EHOSTUNREACH: "has no route to it",
    ENETUNREACH: "is in a network without a route",
    [EGRESS_REFUSED]: "is an address where Belfry may not send",
  };
  return words[code] ?? `fails with ${code || "an unknown error"}`;
}
