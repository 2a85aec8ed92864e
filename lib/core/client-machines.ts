import { formatDuration } from "./format-units";
import { sharedState } from "./runtime";

/** Two reports are of one machine when its start, as they tell it, differs by less, milliseconds: a report may be under way for long. */
const SAME_START_MS = 180_000;
/** As often two machines have to take turns: one alone may start anew, or get another name. */
const LEAST_RETURNS = 2;
/** Of turns that are further apart nothing follows, milliseconds; also, after so long without any it is one machine again. */
const TURNS_WITHIN_MS = 15 * 60_000;

/** A client that has not reported for so long is forgotten, milliseconds: it may have been removed. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60_000;

/** One of the machines that report with the token of a client. */
interface Machine {
  hostname: string;
  /** When it was started, by the time that passes in this process; null where it does not say for how long it is up. */
  startedAt: number | null;
  seenAt: number;
}

interface Watched {
  now: Machine;
  before: Machine | null;
  /** When each turn was, that went back to the machine before. */
  returns: number[];
  /** Since when it has been watched. */
  since: number;
}

/** What a client says of the machine that it runs on. */
interface SaidOfMachine {
  hostname: string;
  uptimeSeconds: number | null;
}

/** The one that reported last is the last. */
const watched = sharedState("clients.machines", () => new Map<string, Watched>());

/**
 * Notices which machine reports for a client. Two that take turns have the same token: one is a copy of the other, or the token
 * was copied. @param passed milliseconds, of a clock that nobody sets
 */
export function noteMachine(clientId: string, { hostname, uptimeSeconds }: SaidOfMachine, passed: number): void {
  const startedAt = uptimeSeconds === null ? null : passed - uptimeSeconds * 1_000;
  const machine = { hostname, startedAt, seenAt: passed };
  forgetSilent(passed);
  const known = watched.get(clientId) ?? { now: machine, before: null, returns: [], since: passed };
  watched.delete(clientId);
  watched.set(clientId, known);
  if (!isSame(known.now, machine)) {
    const isBack = known.before && isSame(known.before, machine) && passed - known.before.seenAt < TURNS_WITHIN_MS;
    known.returns = isBack ? [...recentReturns(known, passed), passed] : recentReturns(known, passed);
    known.before = known.now;
  }
  known.now = machine;
}

function forgetSilent(passed: number): void {
  for (const [clientId, { now }] of watched) {
    if (passed - now.seenAt < FORGOTTEN_AFTER_MS) return;
    watched.delete(clientId);
  }
}

function isSame(a: Machine, b: Machine): boolean {
  if (a.hostname !== b.hostname) return false;
  return a.startedAt === null || b.startedAt === null || Math.abs(a.startedAt - b.startedAt) < SAME_START_MS;
}

function recentReturns({ returns }: Watched, passed: number): number[] {
  return returns.filter((at) => passed - at < TURNS_WITHIN_MS).slice(-LEAST_RETURNS);
}

/** The two machines that take turns with the token of a client, in words; null: it is one, as far as this process saw. @param passed as for `noteMachine` */
export function machinesOfToken(clientId: string, passed: number): [string, string] | null {
  const known = watched.get(clientId);
  if (!known?.before || recentReturns(known, passed).length < LEAST_RETURNS) return null;
  const inWords = ({ hostname, startedAt }: Machine) =>
    startedAt === null ? hostname : `${hostname} (up for ${formatDuration(passed - startedAt)})`;
  return [inWords(known.before), inWords(known.now)];
}

/** Clients whose token two machines use, as far as this process saw. */
export function clientsOfTwoMachines(passed: number): Map<string, [string, string]> {
  const found = new Map<string, [string, string]>();
  for (const clientId of watched.keys()) {
    const machines = machinesOfToken(clientId, passed);
    if (machines) found.set(clientId, machines);
  }
  return found;
}

/** Whether a client was watched for so long that a second machine would have shown, and reports. */
export function isOfOneMachine(clientId: string, passed: number): boolean {
  const known = watched.get(clientId);
  if (!known || passed - known.since < TURNS_WITHIN_MS || passed - known.now.seenAt >= TURNS_WITHIN_MS) return false;
  return machinesOfToken(clientId, passed) === null;
}
