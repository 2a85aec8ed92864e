import { isAppError } from "@/lib/core/errors";
import type { PostgresHandle } from "./client";
import { isStorageFault } from "./faults";
import { runPostgres } from "./postgres-transaction";
import type { SharedBody, TransactionGroup, WaitingCaller } from "./transaction-group";

/** More transactions at once only wait for each other's write to disk, with fewer callers in each. */
const MOST_AT_ONCE = 2;
/** No caller waits longer than a transaction of about so much work takes. */
const MOST_TOGETHER = 200;

/**
 * Does a caller's work in a transaction that it shares with all who ask while the ones before are being written.
 * Resolves after the commit. An error of one caller reaches no other: then each is done in a transaction of its own.
 */
export async function runTogether<I, T>(handle: PostgresHandle, body: SharedBody<I, T>, input: I): Promise<T> {
  if (body.isApart(input)) {
    const [value] = await runFor(handle, body, [input]);
    return value as T;
  }
  const group = handle.groups.get(body) ?? { waiting: [], running: 0, isScheduled: false };
  handle.groups.set(body, group);
  return await new Promise<T>((resolve, reject) => {
    group.waiting.push({ input, resolve: resolve as (value: unknown) => void, reject });
    schedule(handle, body as SharedBody<unknown, unknown>, group);
  });
}

function schedule(handle: PostgresHandle, body: SharedBody<unknown, unknown>, group: TransactionGroup): void {
  if (group.isScheduled || group.running >= MOST_AT_ONCE || group.waiting.length === 0) return;
  group.isScheduled = true;
  setImmediate(() => {
    group.isScheduled = false;
    group.running++;
    const callers = takeCallers(body, group);
    void runAll(handle, body, callers).finally(() => {
      group.running--;
      schedule(handle, body, group);
    });
    schedule(handle, body, group);
  });
}

function takeCallers(body: SharedBody<unknown, unknown>, group: TransactionGroup): WaitingCaller[] {
  let size = 0;
  const tooMuch = group.waiting.findIndex(({ input }, index) => {
    size += body.sizeOf(input);
    return index > 0 && size > MOST_TOGETHER;
  });
  return group.waiting.splice(0, tooMuch < 0 ? group.waiting.length : tooMuch);
}

async function runAll(
  handle: PostgresHandle,
  body: SharedBody<unknown, unknown>,
  callers: readonly WaitingCaller[],
): Promise<void> {
  const inputs = callers.map(({ input }) => input);
  try {
    const values = await runFor(handle, body, inputs);
    callers.forEach(({ resolve }, index) => {
      resolve(values[index]);
    });
  } catch (error) {
    if (callers.length === 1 || isRefusalOfAll(error)) for (const { reject } of callers) reject(error);
    else await Promise.all(callers.map((each) => runAll(handle, body, [each])));
  }
}

function runFor<I, T>(handle: PostgresHandle, body: SharedBody<I, T>, inputs: readonly I[]): Promise<T[]> {
  return runPostgres(handle, {
    lockKeys: inputs.flatMap((input) => body.lockKeys(input)),
    run: (tx) => body.run(tx, inputs),
    wasCommitted: (tx) => body.wasCommitted(tx, inputs),
  });
}

function isRefusalOfAll(error: unknown): boolean {
  return isAppError(error) && isStorageFault(error.details.cause);
}
