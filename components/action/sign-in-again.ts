"use client";

import { useSyncExternalStore } from "react";

/** Everyone who waits for the person to sign in again; undefined: nobody. */
let waiting: ((isSignedIn: boolean) => void)[] | undefined;
const listeners = new Set<() => void>();

function announce(): void {
  for (const listener of listeners) listener();
}

/** Asks the person to sign in again, over the page as it is. @returns whether they did; several wait for one sign-in */
export function signInAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    waiting = [...(waiting ?? []), resolve];
    announce();
  });
}

/** The person signed in, or closed the dialog. */
export function endSignInAgain(isSignedIn: boolean): void {
  const resolved = waiting ?? [];
  waiting = undefined;
  announce();
  for (const resolve of resolved) resolve(isSignedIn);
}

/** Whether somebody waits for it. */
export function useIsSignInWanted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting !== undefined,
    () => false,
  );
}
