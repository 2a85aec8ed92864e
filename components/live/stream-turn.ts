"use client";

const LOCK = "belfry-stream";
const CHANNEL = "belfry-notices";

interface Events<M> {
  /** This tab holds the stream from now on. */
  onTurn: () => void;
  /** Another tab took it. */
  onLost: () => void;
  /** What the tab that holds the stream handed on. */
  onMessage: (message: M) => void;
}

/**
 * Whose turn it is, among the tabs of one browser, to hold the one stream of notices: a lock of the browser, which passes to
 * the next tab when its holder closes or crashes, and which a tab that comes into view takes from one that may be
 * frozen. https://www.w3.org/TR/web-locks/
 */
export class StreamTurn<M> {
  private readonly channel = new BroadcastChannel(CHANNEL);
  private state: "out" | "waiting" | "held" = "out";
  private release: (() => void) | undefined;
  private request: AbortController | undefined;

  constructor(private readonly events: Events<M>) {
    this.channel.addEventListener("message", (event: MessageEvent<M>) => events.onMessage(event.data));
  }

  /** False where the browser has no locks: in an old one, and on an address without TLS. */
  static isPossible(): boolean {
    return typeof navigator !== "undefined" && "locks" in navigator && typeof BroadcastChannel !== "undefined";
  }

  get isHeld(): boolean {
    return this.state === "held";
  }

  /** @param options.isUrgent takes the turn at once; otherwise this tab waits for it */
  join({ isUrgent }: { isUrgent: boolean }): void {
    if (this.state === "held" || (this.state === "waiting" && !isUrgent)) return;
    this.request?.abort();
    this.ask(isUrgent);
  }

  /** Hands a message to the other tabs. */
  hand(message: M): void {
    this.channel.postMessage(message);
  }

  leave(): void {
    this.state = "out";
    this.request?.abort();
    this.release?.();
    this.channel.close();
  }

  private ask(isUrgent: boolean): void {
    const request = new AbortController();
    this.request = request;
    this.state = "waiting";
    const hold = () =>
      new Promise<void>((resolve) => {
        if (this.request !== request || this.state === "out") return resolve();
        this.release = resolve;
        this.state = "held";
        this.events.onTurn();
      });
    // A request that steals takes no signal.
    const options = isUrgent ? { steal: true } : { signal: request.signal };
    navigator.locks.request(LOCK, options, hold).catch(() => {
      if (this.request !== request || this.state !== "held") return;
      this.state = "out";
      this.events.onLost();
      this.ask(false);
    });
  }
}
