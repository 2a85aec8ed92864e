"use client";

import { useSyncExternalStore } from "react";
import { clockText, dateTimeText, relativeText } from "@/components/format";
import { useTimezone } from "./timezone";

const TICK_MS = 15_000;

let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

/** One clock for all times of the page. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const serverNow = () => (typeof window === "undefined" ? Date.now() : now);

/** The time on the currentUser's machine, moving on every 15 seconds. Milliseconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now, serverNow);
}

interface Props {
  /** Milliseconds. */
  at: number | null | undefined;
  /** IANA zone; the currentUser's when left out. */
  timezone?: string;
  /** Stands there when there is no time. */
  empty?: string;
  prefix?: string;
  format?: "relative" | "full" | "clock";
}

/** A time as people say it, with the exact one on hover, in the currentUser's zone. */
export function RelativeTime({ at, timezone, empty = "–", prefix, format = "relative" }: Props) {
  const own = useTimezone();
  const zone = timezone ?? own;
  const ticked = useNow();
  // What the server has just sent may be newer than the last tick; it is not in the future for that.
  const current = at && at > ticked ? Math.max(ticked, Date.now()) : ticked;
  if (at === null || at === undefined) return <span className="text-faint">{empty}</span>;
  const exact = dateTimeText(at, zone);
  const text = format === "full" ? exact : format === "clock" ? clockText(at, zone) : relativeText(at, current, zone);
  return (
    // The server wrote it a moment earlier: the words may differ, and the browser's are right.
    <time dateTime={new Date(at).toISOString()} title={exact} suppressHydrationWarning>
      {prefix}
      {text}
    </time>
  );
}
