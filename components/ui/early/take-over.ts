"use client";

import { type Ref, type RefObject, useCallback, useSyncExternalStore } from "react";

/** Replays that wait for the end of the present commit. */
const waiting: (() => void)[] = [];

/**
 * Does now what a person did before the script of the page was there. One thing after the other, in the order of the
 * page, what was entered before what was clicked: each handler must see what the one before it changed. Before the next
 * event: a click makes React take over what was clicked there and then, and sends the form in the same breath.
 */
export function replayEarly(act: () => void): void {
  if (waiting.push(act) === 1) queueMicrotask(replayAll);
}

function replayAll(): void {
  for (let next = waiting.shift(); next; next = waiting.shift()) next();
}

/** True in the first commit of what the server drew: what a person did to it before was not heard. */
export function useIsTakenOver(): boolean {
  return useSyncExternalStore(subscribeToNothing, isDrawnHere, isFromServer);
}

const subscribeToNothing = () => () => {};
const isDrawnHere = () => false;
const isFromServer = () => true;

/** A ref for a component's own use together with the one that its user gave. */
export function useBothRefs<E>(own: RefObject<E | null>, given: Ref<E> | undefined): Ref<E> {
  return useCallback(
    (node: E | null) => {
      own.current = node;
      if (typeof given === "function") return given(node);
      if (given) given.current = node;
    },
    [own, given],
  );
}
