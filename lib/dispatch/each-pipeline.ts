import { afterEach, beforeEach } from "vitest";
import { startPipeline, startReceiver } from "./pipeline-fixture";

/** A receiver for each test of a file; what it received starts anew with each. Say it before the pipeline that sends to it. */
export function eachReceiver() {
  return each(() => startReceiver());
}

/** A database, a worker and the way out for each test of a file. @param options as of `startPipeline` */
export function eachPipeline(options: Parameters<typeof startPipeline>[0] = {}) {
  return each(() => startPipeline(options));
}

/** One object for the whole file, which is filled anew before each test. */
function each<T extends { stop(): Promise<void> }>(start: () => Promise<T>): T {
  const current = {} as T;
  beforeEach(async () => {
    Object.assign(current, await start());
  });
  afterEach(() => current.stop());
  return current;
}
