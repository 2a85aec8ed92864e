import { connect, isIP, type Socket } from "node:net";
import { type Egress, egressError, guardedLookup, type Resolve, refusalOf } from "./egress";

/** Time limits of connecting, milliseconds. */
export interface ConnectTimes {
  /** Until one of all addresses answers. */
  connectMs: number;
  /** How long an address is waited for alone before the next one is tried beside it. */
  nextAddressMs: number;
}

/** Where to connect to, and how a name becomes addresses. */
export interface ConnectTarget extends ConnectTimes {
  /** A name or a literal address, which may be in brackets. */
  host: string;
  port: number;
  egress: Egress;
  /** Resolves a name; the system's resolver by default. What it finds is checked like any address. */
  resolve?: Resolve;
}

/** Why one address of a name could not be reached. */
export interface AddressFailure {
  address: string;
  /** `ECONNREFUSED`, `ETIMEDOUT` …, the system's code. */
  code: string;
}

/** No address of a name could be reached; `failures` says why, address by address, in the order they were tried. */
export class ConnectError extends Error {
  readonly code: string;
  constructor(readonly failures: AddressFailure[]) {
    super(failures.map(({ address, code }) => `${address}: ${code}`).join("; "));
    this.code = failures[0]?.code ?? "ETIMEDOUT";
  }
}

/**
 * Connects to a name at whichever of its addresses answers: IPv6 and IPv4 in turns (RFC 8305, section 4), the next one
 * as soon as one fails, or beside one that is slow, which may still win. Only addresses that the egress rule allows are
 * tried, and the address that was checked is the one that is connected to.
 * @throws ConnectError when all fail; the resolver's error, or that of the egress rule, when there is none to try
 */
export async function connectToAny(target: ConnectTarget): Promise<Socket> {
  const addresses = inTurns(await addressesOf(target));
  const attempts = new Map<string, Socket>();
  const failures: AddressFailure[] = [];
  return new Promise((resolve, reject) => {
    let next = 0;
    let beside: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => finish(null), target.connectMs);
    const finish = (winner: Socket | null) => {
      clearTimeout(limit);
      clearTimeout(beside);
      for (const [address, socket] of attempts) {
        if (socket === winner) continue;
        socket.removeAllListeners().on("error", () => undefined);
        socket.destroy();
        if (!winner) failures.push({ address, code: "ETIMEDOUT" });
      }
      if (winner) resolve(winner);
      else reject(new ConnectError(failures));
    };
    const tryNext = () => {
      clearTimeout(beside);
      const address = addresses[next++];
      if (address === undefined) {
        if (attempts.size === 0) finish(null);
        return;
      }
      const socket = connect({ host: address, port: target.port, keepAlive: true });
      attempts.set(address, socket);
      socket.once("connect", () => {
        socket.removeAllListeners("error");
        finish(socket);
      });
      socket.once("error", (error: NodeJS.ErrnoException) => {
        attempts.delete(address);
        failures.push({ address, code: error.code ?? error.message });
        tryNext();
      });
      beside = setTimeout(tryNext, target.nextAddressMs);
    };
    tryNext();
  });
}

function addressesOf({ host, egress, resolve }: ConnectTarget): Promise<string[]> {
  const literal = host.replace(/^\[|\]$/g, "");
  if (isIP(literal)) {
    const refusal = refusalOf(literal, egress);
    return refusal ? Promise.reject(egressError(refusal)) : Promise.resolve([literal]);
  }
  return new Promise((done, fail) => {
    guardedLookup(egress, resolve)(host, { all: true }, (error, found) => {
      if (error) fail(error);
      else done([found].flat().map((one) => (typeof one === "string" ? one : one.address)));
    });
  });
}

/** IPv6 first, then one of each family in turns: a family that does not work costs one wait only. */
function inTurns(addresses: readonly string[]): string[] {
  const all = [...new Set(addresses)];
  const six = all.filter((address) => isIP(address) === 6);
  const four = all.filter((address) => isIP(address) !== 6);
  const longest = Math.max(six.length, four.length);
  return Array.from({ length: longest }, (_, index) => [six[index], four[index]])
    .flat()
    .filter((address) => address !== undefined);
}
