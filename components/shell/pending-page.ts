"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useState, useSyncExternalStore, useTransition } from "react";

/** The pages that are on their way, the newest last; more than one only for a moment. */
const pending: { href: string }[] = [];
const listeners = new Set<() => void>();

function announce(): void {
  for (const listener of listeners) listener();
}

/** Notes that a page is on its way. @returns ends it: it is there, or another one is */
function notePending(href: string): () => void {
  const one = { href };
  pending.push(one);
  announce();
  return () => {
    pending.splice(pending.indexOf(one), 1);
    announce();
  };
}

/** Notes it for as long as the caller waits for the page. */
export function usePending(isPending: boolean, href: string): void {
  useEffect(() => (isPending ? notePending(href) : undefined), [isPending, href]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The address of the page that is on its way; null: none is. */
export function usePendingHref(): string | null {
  return useSyncExternalStore(
    subscribe,
    () => pending.at(-1)?.href ?? null,
    () => null,
  );
}

/** Leads to another page as a link does, with the bar and what holds its place. For components that stay until it is there. */
export function useGoTo(): (href: string) => void {
  const router = useRouter();
  const [isPending, start] = useTransition();
  const [href, setHref] = useState("");
  usePending(isPending, href);
  return useCallback(
    (next) => {
      setHref(next);
      start(() => router.push(next));
    },
    [router],
  );
}
