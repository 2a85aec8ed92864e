"use client";

import type { Notice } from "@/lib/core/bus";

/** `again`: notices may have been missed, refresh everything. */
type Listener = (notice: Notice | "again") => void;

const STREAM = "/api/v1/stream";
/** A page that syncWithVisibilitys another reuses the connection. */
const LINGER_MS = 1_000;
const RECONNECT_MS = 10_000;
/** A change shortly before a subscription may have come after the page was rendered. */
const RECENT_MS = 10_000;
const MAX_RECENT = 200;

const listeners = new Set<Listener>();
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let recent: { at: number; notice: Notice }[] = [];
/** Whether the connection was open since the first subscription: notices before it reopens were missed. */
let wasOpen = false;

/**
 * Subscribes to notices, including those of the last seconds, through one stream for the whole tab. A hidden tab
 * disconnects, because browsers allow only a few connections to one server; once visible again, or after a lost
 * connection, listeners get `again`.
 * @returns the function that ends the subscription
 */
export function onNotice(listener: Listener): () => void {
  if (listeners.size === 0) document.addEventListener("visibilitychange", syncWithVisibility);
  listeners.add(listener);
  const since = Date.now() - RECENT_MS;
  for (const { at, notice } of recent) if (at >= since) listener(notice);
  syncWithVisibility();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", syncWithVisibility);
    schedule(LINGER_MS, () => {
      disconnect();
      wasOpen = false;
    });
  };
}

function syncWithVisibility(): void {
  clearTimeout(timer);
  if (document.visibilityState === "hidden") disconnect();
  else if (!source) connect();
}

function connect(): void {
  const opened = new EventSource(STREAM);
  source = opened;
  opened.addEventListener("open", () => {
    if (wasOpen) notifyListeners("again");
    wasOpen = true;
  });
  opened.addEventListener("message", (event: MessageEvent<string>) => {
    const notice = parseNotice(event.data);
    if (!notice) return;
    recent = [...recent, { at: Date.now(), notice }].slice(-MAX_RECENT);
    notifyListeners(notice);
  });
  // The session ended or Belfry stops: a refresh shows the sign-in, or waits until Belfry is back.
  opened.addEventListener("bye", () => {
    disconnect();
    notifyListeners("again");
    schedule(RECONNECT_MS, syncWithVisibility);
  });
  // The browser reconnects after a broken connection but gives up after a refusal; reconnect then too.
  opened.addEventListener("error", () => {
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    disconnect();
    schedule(RECONNECT_MS, syncWithVisibility);
  });
}

function schedule(ms: number, callback: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(callback, ms);
}

function disconnect(): void {
  source?.close();
  source = undefined;
}

function notifyListeners(notice: Notice | "again"): void {
  for (const listener of listeners) listener(notice);
}

function parseNotice(text: string): Notice | undefined {
  try {
    const notice: unknown = JSON.parse(text);
    return typeof notice === "object" && notice !== null && "topic" in notice ? (notice as Notice) : undefined;
  } catch {
    return undefined;
  }
}
