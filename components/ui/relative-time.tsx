"use client";

import { useSyncExternalStore } from "react";
import { formatClock, formatDateTime, formatRelativeTime } from "@/components/format";
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

/** The current time in the browser in milliseconds, updated every 15 seconds. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now, serverNow);
}

interface Props {
  /** Milliseconds. */
  at: number | null | undefined;
  /** IANA zone; the user's when left out. */
  timezone?: string;
  /** Shown when there is no time. */
  empty?: string;
  prefix?: string;
  format?: "relative" | "full" | "clock";
}

/** A time relative to now in the user's zone, with the exact time on hover. */
export function RelativeTime({ at, timezone, empty = "–", prefix, format = "relative" }: Props) {
  const userZone = useTimezone();
  const zone = timezone ?? userZone;
  const ticked = useNow();
  // A time that the server has just sent may be newer than the last tick without being in the future.
  const current = at && at > ticked ? Math.max(ticked, Date.now()) : ticked;
  if (at === null || at === undefined) return <span className="text-faint">{empty}</span>;
  const exact = formatDateTime(at, zone);
  const text =
    format === "full" ? exact : format === "clock" ? formatClock(at, zone) : formatRelativeTime(at, current, zone);
  return (
    // The server rendered it a moment earlier: texts may differ, and the browser's is right.
    <time dateTime={new Date(at).toISOString()} title={exact} suppressHydrationWarning>
      {prefix}
      {text}
    </time>
  );
}
