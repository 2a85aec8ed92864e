"use client";

import { useLinkStatus } from "next/link";
import { useEffect, useSyncExternalStore } from "react";

/** How many links are being followed; more than one only for a moment. */
let pendingLinks = 0;
const listeners = new Set<() => void>();

function count(by: 1 | -1): void {
  pendingLinks += by;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** In every link: notes that it is followed until its page is there. */
export function LinkProgress() {
  const { pending } = useLinkStatus();
  useEffect(() => {
    if (!pending) return;
    count(1);
    return () => count(-1);
  }, [pending]);
  return null;
}

/** A thin line over the page while the next one is on its way. It appears after 150 ms, so that most pages never show it. */
export function NavigationBar() {
  const isPending = useSyncExternalStore(
    subscribe,
    () => pendingLinks > 0,
    () => false,
  );
  if (!isPending) return null;
  return (
    <div
      role="progressbar"
      aria-label="Loading the page"
      className="pointer-events-none fixed inset-x-0 top-0 z-50 h-0.5"
    >
      <div className="h-full origin-left animate-progress bg-primary" />
    </div>
  );
}
