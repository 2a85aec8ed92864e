import { peekRuntimeValue } from "./runtime";

/** How the listener for mail of this process is. */
export interface MailListenerState {
  port: number;
  /** The address that it listens on; `::` are all. */
  host: string;
  /** The only domains that it takes mail for; none: any. */
  domains: readonly string[];
  /** Whether it offers STARTTLS. */
  hasTls: boolean;
  isListening: boolean;
  /** Why it does not listen, and what to do; null: it does, or has not tried yet. */
  problem: string | null;
}

declare module "./runtime" {
  interface RuntimeValues {
    /** Not set: this process takes no mail. */
    mailListener: MailListenerState;
  }
}

/** The listener for mail of this process; null: it is off. */
export function mailListenerState(): MailListenerState | null {
  return peekRuntimeValue("mailListener") ?? null;
}

/**
 * The domain in the mail addresses of jobs: the first of the listener's, or the host at which people open Belfry. Any other that leads
 * here does as well.
 * @param base Belfry's own address; empty: none is known
 */
export function ownMailDomain({ domains }: MailListenerState, base: string): string {
  const [first] = domains;
  if (first) return first;
  const host = URL.canParse(base) ? new URL(base).hostname : "belfry.invalid";
  if (host.startsWith("[")) return `[IPv6:${host.slice(1, -1)}]`;
  return /^\d+(?:\.\d+){3}$/.test(host) ? `[${host}]` : host;
}
