"use client";

import { useSyncExternalStore } from "react";

/** Whether Belfry answers this tab. */
interface Connection {
  isLost: boolean;
  /** Since when nothing new arrives, milliseconds; what the page shows is as old. */
  since: number;
}

const PROBE_MS = 2_000;
/** Between an answer and the next suspicion. */
const SETTLE_MS = 200;
const SESSION_CHECK = "/api/v1/notifications?limit=1";
const FINE: Connection = { isLost: false, since: 0 };

let connection = FINE;
let suspectedAt = 0;
let probing: Promise<void> | undefined;
const listeners = new Set<() => void>();

function change(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

/** Whether Belfry answers at all, whether or not anybody is signed in. */
export function isReachable(): Promise<boolean> {
  return fetch("/api/health", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Whether Belfry answers, and knows no session of this browser any more. */
export function isSessionOver(): Promise<boolean> {
  return fetch(SESSION_CHECK, { cache: "no-store" }).then(
    ({ status }) => status === 401,
    () => false,
  );
}

/** Something did not answer: asks Belfry now, and says so on the page until it answers again. */
export function suspectLoss(): void {
  void connectionAgain();
}

/** Resolves as soon as Belfry answers, and says on the page while it does not. Never sooner than a moment, so that a caller may ask again. */
export function connectionAgain(): Promise<void> {
  if (probing) return probing;
  suspectedAt = Date.now();
  probing = probe().finally(() => {
    probing = undefined;
  });
  return probing;
}

async function probe(): Promise<void> {
  while (!(await isReachable())) {
    if (!connection.isLost) change({ isLost: true, since: suspectedAt });
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  if (connection.isLost) change(FINE);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** For the bar of the console. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
    () => FINE,
  );
}
