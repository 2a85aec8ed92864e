import { expect, test } from "vitest";
import { untilAborted } from "./until-aborted";

const never = () => new Promise<never>(() => undefined);

test("the result and the error of the work pass through", async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(signal, async () => 7)).resolves.toBe(7);
  await expect(untilAborted(signal, () => Promise.reject(new Error("disk full")))).rejects.toThrow("disk full");
});

test("work that never ends is left with the signal's reason", async () => {
  const controller = new AbortController();
  const waiting = untilAborted(controller.signal, never);
  controller.abort(new Error("canceled"));
  await expect(waiting).rejects.toThrow("canceled");
});

test("nothing starts after the signal has aborted", async () => {
  let starts = 0;
  const work = async () => {
    starts++;
  };
  await expect(untilAborted(AbortSignal.abort(new Error("over")), work)).rejects.toThrow("over");
  expect(starts).toBe(0);
});

test("what the work yields too late is cleaned up, and a late error is dropped", async () => {
  const controller = new AbortController();
  const late: string[] = [];
  let yieldIt: (value: string) => void = () => undefined;
  let failIt: (error: Error) => void = () => undefined;
  const yielding = untilAborted(
    controller.signal,
    () =>
      new Promise<string>((resolve) => {
        yieldIt = resolve;
      }),
    (value) => late.push(value),
  );
  const failing = untilAborted(
    controller.signal,
    () =>
      new Promise<string>((_, reject) => {
        failIt = reject;
      }),
    (value) => late.push(value),
  );
  controller.abort(new Error("canceled"));
  await expect(yielding).rejects.toThrow("canceled");
  await expect(failing).rejects.toThrow("canceled");
  yieldIt("a sink");
  failIt(new Error("too late"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(late).toEqual(["a sink"]);
});
