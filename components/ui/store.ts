"use client";

import { useSyncExternalStore } from "react";

/**
 * A value that several parts of the page show. Unlike the value of a context it may change while parts of the page are
 * not alive yet: only those that use it are drawn anew. A context that changes above such a part makes React throw
 * away what the server drew there, with what was entered in it.
 */
export interface Store<T> {
  get: () => T;
  set: (next: T) => void;
  subscribe: (listener: () => void) => () => void;
  /** What the server drew with. */
  initial: () => T;
}

/** A store of one provider: keep it in a state. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    initial: () => initial,
  };
}

/** @returns the present value; the component is drawn anew when it changes */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.initial);
}
