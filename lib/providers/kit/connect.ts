import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { type Egress, egressError, refusalOf } from "./egress";

/** All addresses of a name, in the order of preference. @throws the system's error, `ENOTFOUND` … */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>;

/** Why one address of a name could not be connected to. */
export interface AddressFailure {
  address: string;
  /** `ECONNREFUSED`, `ETIMEDOUT` …; `BELFRY_EGRESS_REFUSED` when Belfry may not send there. */
  code: string;
}

/** The error when no address of a host takes a connection; its code is that of the first address. */
export interface UnreachableError extends NodeJS.ErrnoException {
  failures: AddressFailure[];
}

export interface ConnectTarget {
  /** A name or a literal address, with or without brackets. */
  host: string;
  port: number;
  /** Which addresses may be reached; null: all, for what the operator named. */
  egress: Egress | null;
  /** For name resolution and connection together, milliseconds. */
  timeoutMs: number;
  /** How long an address is waited for alone before the next one is tried beside it; 250 ms by default. */
  nextAddressMs?: number | undefined;
  resolve?: ResolveName | undefined;
}

/** The code of a name that could not be resolved in time. */
export const RESOLVE_TIMEOUT = "BELFRY_RESOLVE_TIMEOUT";

/** RFC 8305, section 5. */
const NEXT_ADDRESS_MS = 250;

/** The system's own resolver. */
export const resolveBySystem: ResolveName = (hostname) => lookup(hostname, { all: true });

/** The host of a URL or a form as sockets take it: IPv6 addresses without brackets. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

/**
 * Opens a TCP connection to the first address of a host that takes one. Both families are tried in turn, each address
 * beside those before it (RFC 8305), so neither a broken nor a slow one keeps the others from being used. Each is checked
 * before it is connected to, and the checked address is the one in use, so that a name cannot change in between.
 * @throws `BELFRY_EGRESS_REFUSED` when none may be reached; the resolver's error; UnreachableError with all addresses
 */
export async function connectToHost(target: ConnectTarget): Promise<Socket> {
  const host = withoutBrackets(target.host);
  const startedAt = performance.now();
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolveInTime(host, target);
  const refused: AddressFailure[] = [];
  const allowed: LookupAddress[] = [];
  let refusal: string | null = null;
  for (const one of addresses) {
    const reason = target.egress === null ? null : refusalOf(one.address, target.egress);
    if (reason === null) allowed.push(one);
    else refused.push({ address: one.address, code: egressError(reason).code });
    refusal ??= reason;
  }
  if (allowed.length === 0) {
    const reason = refusal ?? "no address.";
    throw egressError(isIP(host) ? reason : `${host} resolves to an address where Belfry may not send: ${reason}`);
  }
  const leftMs = Math.max(1, target.timeoutMs - (performance.now() - startedAt));
  return race(inTurn(allowed), { ...target, timeoutMs: leftMs }, refused);
}

async function resolveInTime(host: string, { resolve = resolveBySystem, timeoutMs }: ConnectTarget) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("timed out"), { code: RESOLVE_TIMEOUT })), timeoutMs);
  });
  try {
    return await Promise.race([resolve(host), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Alternates the families, beginning with that of the first address: RFC 8305, section 4. */
function inTurn(addresses: LookupAddress[]): LookupAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  return first
    .flatMap((one, index) => [one, second[index]])
    .concat(second.slice(first.length))
    .filter(isPresent);
}

function isPresent(address: LookupAddress | undefined): address is LookupAddress {
  return address !== undefined;
}

function race(
  addresses: LookupAddress[],
  { port, timeoutMs, nextAddressMs = NEXT_ADDRESS_MS }: ConnectTarget,
  failures: AddressFailure[],
): Promise<Socket> {
  // Each has its turn before the time is over.
  const staggerMs = Math.min(nextAddressMs, timeoutMs / (2 * addresses.length));
  return new Promise((resolve, reject) => {
    const open = new Map<Socket, string>();
    let next = 0;
    let stagger: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => end(), timeoutMs);

    function end(winner?: Socket): void {
      clearTimeout(deadline);
      clearTimeout(stagger);
      for (const [socket, address] of open) {
        if (socket === winner) continue;
        failures.push({ address, code: "ETIMEDOUT" });
        socket.removeAllListeners().on("error", () => undefined);
        socket.destroy();
      }
      if (winner) resolve(winner.removeAllListeners());
      else reject(unreachable(failures));
    }

    function tryNext(): void {
      clearTimeout(stagger);
      const one = addresses[next++];
      if (!one) return;
      const socket = connect({ host: one.address, port, family: one.family, noDelay: true, keepAlive: true });
      open.set(socket, one.address);
      socket.once("connect", () => end(socket));
      socket.once("error", (error: NodeJS.ErrnoException) => {
        open.delete(socket);
        failures.push({ address: one.address, code: error.code ?? "" });
        if (next < addresses.length) tryNext();
        else if (open.size === 0) end();
      });
      if (next < addresses.length) stagger = setTimeout(tryNext, staggerMs);
    }
    tryNext();
  });
}

function unreachable(failures: AddressFailure[]): UnreachableError {
  const words = failures.map(({ address, code }) => `${address}: ${code}`).join(", ");
  const code = failures.find((one) => one.code !== egressError("").code)?.code ?? "ETIMEDOUT";
  return Object.assign(new Error(`no address can be reached (${words})`), { code, failures });
}
