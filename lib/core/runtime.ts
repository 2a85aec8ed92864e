import { AppError } from "./errors";

/**
 * What exists once per process. The server's bundle and Next's bundle each have a copy of every module,
 * so these values are kept on `globalThis`. Rooms above `lib/core` add their own by declaration merging.
 */
export interface RuntimeValues {
  /** `BELFRY_BASE_URL`. */
  baseUrl: string | null;
  /** The data folder, absolute. */
  dataDir: string;
  /** Of `package.json`. */
  programVersion: string;
  secretKey: Buffer;
  /** Seals session cookies; derived from the secret key. */
  authSecret: string;
  /** Asked by `/setup` until the first account exists. */
  setupCode: string | null;
  /** When the scheduler last looked for due jobs, milliseconds; null on a process without a scheduler. */
  lastTickAt: number | null;
  /** PEM certificates of authorities that are trusted besides the usual ones: `BELFRY_CA_FILE`. */
  authorities: readonly string[];
  /** Absolute path of the operator's list of hooks; null: hooks are disabled. */
  hooksFile: string | null;
  /** Search path for backup tools in place of the standard one. */
  toolsPath: string | null;
}

/** Values that are complete before the start sets them. */
const INITIAL: Partial<RuntimeValues> = {
  setupCode: null,
  lastTickAt: null,
  hooksFile: null,
  toolsPath: null,
};

interface Store {
  values: Partial<RuntimeValues>;
  shared: Map<string, unknown>;
}

const KEY = Symbol.for("belfry.runtime");

function store(): Store {
  const holder = globalThis as typeof globalThis & { [KEY]?: Store };
  holder[KEY] ??= { values: { ...INITIAL }, shared: new Map() };
  return holder[KEY];
}

/** @throws AppError `unavailable` when the composition root has not set the value */
export function runtimeValue<Name extends keyof RuntimeValues>(name: Name): RuntimeValues[Name] {
  const value = store().values[name];
  if (value === undefined) throw new AppError("unavailable", `Belfry is still starting: ${name} is not set.`);
  return value as RuntimeValues[Name];
}

/** For code that also works without the value. */
export function peekRuntimeValue<Name extends keyof RuntimeValues>(name: Name): RuntimeValues[Name] | undefined {
  return store().values[name];
}

/** For the composition root, and for the few parts that own a value. `undefined` removes it. */
export function setRuntimeValue<Name extends keyof RuntimeValues>(
  name: Name,
  value: RuntimeValues[Name] | undefined,
): void {
  const { values } = store();
  if (value === undefined) delete values[name];
  else values[name] = value;
}

/**
 * Mutable state that both bundles share: made by the first caller, the same object for all others.
 * @param name unique in the program
 */
export function sharedState<T>(name: string, make: () => T): T {
  const { shared } = store();
  if (!shared.has(name)) shared.set(name, make());
  return shared.get(name) as T;
}
