const registry = globalThis as unknown as Record<symbol, unknown>;

/**
 * The one place on `globalThis`. The server's bundle and Next's have a copy of every module each,
 * so what must exist once in the process (database, bell, live hub, settings from the environment) is kept here.
 * @param name unique in the program
 * @param make called the first time only
 */
export function singleton<T>(name: string, make: () => T): T {
  const key = Symbol.for(`belfry.${name}`);
  if (!(key in registry)) registry[key] = make();
  return registry[key] as T;
}

/** Puts a value in place of what stands there. For the composition root and for tests. */
export function setSingleton<T>(name: string, value: T): void {
  registry[Symbol.for(`belfry.${name}`)] = value;
}

/** What stands under the name, if anything does. */
export function peekSingleton<T>(name: string): T | undefined {
  return registry[Symbol.for(`belfry.${name}`)] as T | undefined;
}
