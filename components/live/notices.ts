"use client";

import type { Notice } from "@/lib/core/bus";

type Listener = (notice: Notice | "again") => void;

const STREAM = "/api/v1/stream";

const listeners = new Set<Listener>();
let source: EventSource | undefined;

/**
 * Hears what moved, through one stream for the whole tab. A hidden tab hangs up, because browsers allow only
 * a few connections to one server; when it is seen again, or the line was lost, listeners get `again`: look at everything.
 * Returns the function that ends the subscription.
 */
export function onNotice(listener: Listener): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener("visibilitychange", follow);
    follow();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", follow);
    hangUp();
  };
}

function follow(): void {
  if (document.visibilityState === "hidden") {
    hangUp();
    wasOpen = true;
  } else if (!source) dial();
}

let wasOpen = false;

function dial(): void {
  const opened = new EventSource(STREAM);
  source = opened;
  opened.addEventListener("open", () => {
    if (wasOpen) tell("again");
    wasOpen = true;
  });
  opened.addEventListener("message", (event: MessageEvent<string>) => {
    const notice = parsed(event.data);
    if (notice) tell(notice);
  });
  // The session is over: the page says so when it is read again.
  opened.addEventListener("bye", () => {
    hangUp();
    tell("again");
  });
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
