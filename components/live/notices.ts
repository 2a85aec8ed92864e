"use client";

import type { Notice } from "@/lib/core/bus";

/** `again`: something may have been missed, look at everything. */
type Listener = (notice: Notice | "again") => void;

const STREAM = "/api/v1/stream";
/** A page that follows another takes the line over instead of dialling anew. */
const LINGER_MS = 1_000;
const REDIAL_MS = 10_000;
/** What moved so shortly before somebody began to listen may have moved after their page was drawn. */
const RECENT_MS = 10_000;
const RECENT_MOST = 200;

const listeners = new Set<Listener>();
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let recent: { at: number; notice: Notice }[] = [];
/** Whether the line was open since somebody began to listen: what happened before it opens again was missed. */
let wasOpen = false;

/**
 * Hears what moved, and what moved in the last seconds, through one stream for the whole tab. A hidden tab hangs up, because browsers allow only
 * a few connections to one server; seen again, or after a lost line, listeners get `again`.
 * Returns the function that ends the subscription.
 */
export function onNotice(listener: Listener): () => void {
  if (listeners.size === 0) document.addEventListener("visibilitychange", follow);
  listeners.add(listener);
  const since = Date.now() - RECENT_MS;
  for (const { at, notice } of recent) if (at >= since) listener(notice);
  follow();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", follow);
    later(LINGER_MS, () => {
      hangUp();
      wasOpen = false;
    });
  };
}

function follow(): void {
  clearTimeout(timer);
  if (document.visibilityState === "hidden") hangUp();
  else if (!source) dial();
}

function dial(): void {
  const opened = new EventSource(STREAM);
  source = opened;
  opened.addEventListener("open", () => {
    if (wasOpen) tell("again");
    wasOpen = true;
  });
  opened.addEventListener("message", (event: MessageEvent<string>) => {
    const notice = parsed(event.data);
    if (!notice) return;
    recent = [...recent, { at: Date.now(), notice }].slice(-RECENT_MOST);
    tell(notice);
  });
  // The session is over: the page says so when it is read again. Or Belfry stops: reading waits until it is back.
  opened.addEventListener("bye", () => {
    hangUp();
    tell("again");
    later(REDIAL_MS, follow);
  });
  // A broken line the browser mends itself; after a refusal it gives up, and we do not.
  opened.addEventListener("error", () => {
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    hangUp();
    later(REDIAL_MS, follow);
  });
}

function later(ms: number, act: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(act, ms);
}

function hangUp(): void {
  source?.close();
  source = undefined;
}

function tell(notice: Notice | "again"): void {
  for (const listener of listeners) listener(notice);
}

function parsed(text: string): Notice | undefined {
  try {
    const notice: unknown = JSON.parse(text);
    return typeof notice === "object" && notice !== null && "topic" in notice ? (notice as Notice) : undefined;
  } catch {
    return undefined;
  }
}
