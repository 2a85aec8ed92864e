"use client";

import { isSessionOver, suspectLoss } from "@/components/action/connection";
import type { Notice } from "@/lib/core/bus";
import { StreamTurn } from "./stream-turn";

/** `again`: notices may have been missed, refresh everything. */
type Message = Notice | "again";
type Listener = (message: Message) => void;

const STREAM = "/api/v1/stream";
/** A page that replaces another reuses the connection. */
const LINGER_MS = 1_000;
const RECONNECT_MS = 10_000;
/** A change shortly before a subscription may have come after the page was rendered. */
const RECENT_MS = 10_000;
const MAX_RECENT = 200;

/** Listeners, and whether each is called while the tab is hidden too. */
const listeners = new Map<Listener, { inBackground: boolean }>();
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let recent: { at: number; notice: Notice }[] = [];
/** Whether the connection was open since this tab began: notices before it reopens were missed. */
let wasOpen = false;
/** Something came while the tab was hidden. */
let hasMissed = false;
/** How tabs of one browser share one stream; none where the browser cannot, as on an address without TLS. */
let turn: StreamTurn<Message> | undefined;

/**
 * Subscribes to notices, including those of the last seconds. All tabs of a browser share one stream, because browsers
 * allow only a few connections to one server: the tab that was looked at last holds it and hands notices to the others.
 * A hidden tab gets nothing; once visible again, or after a lost connection, listeners get `again`.
 * @param options.inBackground also while the tab is hidden, when it is the one that holds the stream
 * @returns the function that ends the subscription
 */
export function onNotice(listener: Listener, options: { inBackground?: boolean } = {}): () => void {
  const isFirst = listeners.size === 0;
  if (isFirst) document.addEventListener("visibilitychange", onVisibility);
  listeners.set(listener, { inBackground: options.inBackground ?? false });
  const since = Date.now() - RECENT_MS;
  for (const { at, notice } of recent) if (at >= since) listener(notice);
  syncWithVisibility(isFirst);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", onVisibility);
    schedule(LINGER_MS, leave);
  };
}

/** Whether this tab holds the stream: of several it alone speaks to the person. */
export function holdsStream(): boolean {
  return source !== undefined;
}

function leave(): void {
  turn?.leave();
  turn = undefined;
  disconnect();
  wasOpen = false;
}

function onVisibility(): void {
  syncWithVisibility(true);
}

/** @param isNew the tab was opened, or came into view */
function syncWithVisibility(isNew: boolean): void {
  clearTimeout(timer);
  const isVisible = document.visibilityState !== "hidden";
  if (!StreamTurn.isPossible()) {
    if (!isVisible) disconnect();
    else if (!source) connect();
    return;
  }
  turn ??= new StreamTurn<Message>({ onTurn: connect, onLost: giveUpTurn, onMessage: take });
  turn.join({ isUrgent: isVisible && isNew });
  // The clearing above has ended a wait for the next connection.
  if (turn.isHeld) connect();
  if (!isVisible || !hasMissed) return;
  hasMissed = false;
  call("again");
}

/** Another tab has the stream now. What a broken connection missed, nobody else knows of. */
function giveUpTurn(): void {
  const isBroken = source !== undefined && source.readyState !== EventSource.OPEN;
  disconnect();
  if (isBroken) announce("again");
}

function connect(): void {
  if (source) return;
  const opened = new EventSource(STREAM);
  source = opened;
  opened.addEventListener("open", () => {
    if (wasOpen) announce("again");
    wasOpen = true;
  });
  opened.addEventListener("message", (event: MessageEvent<string>) => {
    const notice = parseNotice(event.data);
    if (notice) announce(notice);
  });
  // The session ended or Belfry stops: a refresh shows the sign-in, or waits until Belfry is back.
  opened.addEventListener("bye", () => {
    disconnect();
    announce("again");
    schedule(RECONNECT_MS, reconnect);
  });
  // The browser reconnects after a broken connection but gives up after a refusal; reconnect then too.
  opened.addEventListener("error", () => {
    if (source === opened) suspectLoss();
    if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
    disconnect();
    // A session that ended while nothing was connected: no stream says bye.
    void isSessionOver().then((isOver) => isOver && announce("again"));
    schedule(RECONNECT_MS, reconnect);
  });
}

function reconnect(): void {
  if (turn ? turn.isHeld : document.visibilityState !== "hidden") connect();
}

function schedule(ms: number, callback: () => void): void {
  clearTimeout(timer);
  timer = setTimeout(callback, ms);
}

function disconnect(): void {
  source?.close();
  source = undefined;
  // One that takes the stream over begins with what changed in the last seconds.
  if (turn) wasOpen = false;
}

/** To this tab and all others. */
function announce(message: Message): void {
  take(message);
  turn?.hand(message);
}

function take(message: Message): void {
  if (message !== "again") recent = [...recent, { at: Date.now(), notice: message }].slice(-MAX_RECENT);
  call(message);
}

function call(message: Message): void {
  const isHidden = document.visibilityState === "hidden";
  if (isHidden) hasMissed = true;
  for (const [listener, { inBackground }] of listeners)
    if (!isHidden || (inBackground && holdsStream())) listener(message);
}

function parseNotice(text: string): Notice | undefined {
  try {
    const notice: unknown = JSON.parse(text);
    return typeof notice === "object" && notice !== null && "topic" in notice ? (notice as Notice) : undefined;
  } catch {
    return undefined;
  }
}
