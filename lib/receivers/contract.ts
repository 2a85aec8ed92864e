import type { SignalState } from "@/lib/core/signal";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";

/** A request on a receiver's address, as it came from the wire. */
export interface ReceivedRequest {
  /** Upper case. */
  method: string;
  /** What follows the part that names the job and the receiver, decoded: `start`, `fail`, `topic`; empty for nothing. No slash at either end, none doubled. */
  path: string;
  /** What follows the first `?`, as it was written, without it. */
  query: string;
  /** The value of a header by its lower-case name; of several, joined by a comma. */
  header(name: string): string | undefined;
  /** When it arrived, milliseconds since 1970. */
  receivedAt: number;
  /** Never parsed by its content type. */
  body: Buffer;
  /** Only head and tail of the body are in `body`: it was too long to be kept. */
  isCut: boolean;
  /** What the job says about its webhook; only that receiver reads it. */
  mapping?: WebhookMapping;
}

/** What a request says about a job. Times are milliseconds since 1970. */
export interface Signal {
  /** `unknown`: a message that does not say how the run went; the job's keywords decide. */
  state: SignalState;
  /** Tells overlapping runs apart, in the sender's words. */
  runKey?: string;
  /** The reason of a failure, or what a message says, in a line. */
  message?: string;
  /** Text for the run's log. */
  log?: string;
  /** What the sender says about the run's times, which is more exact than when its request arrived. */
  startedAt?: number;
  finishedAt?: number;
  durationMs?: number;
  bytes?: number;
  files?: number;
  /** The exit code of the sender's command. */
  exitCode?: number;
}

/** An answer, as the original service words it. */
export interface ReceiverAnswer {
  status: number;
  body: string;
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
}

/** The most signals of one request; what says more is refused as a whole, so that nothing of it is lost unseen. */
export const MAX_SIGNALS = 100;

/** A request as it was understood. Signals of one request are stored together before it is answered; without any, nothing is stored. */
export interface Reading {
  signals: Signal[];
  answer: ReceiverAnswer;
}

/** How one protocol of the field is read. It does no input or output, and keeps nothing between requests. */
export interface Receiver {
  /** Unique; stored with each signal, and a part of its address: `/in/<token>/<id>`. */
  id: string;
  /** The name of the service or tool that people know. */
  name: string;
  /**
   * Reads a request. What cannot be understood is answered as the original does; a failure is never read as a success.
   * Whatever bytes come, it does not throw.
   */
  read(request: ReceivedRequest): Reading;
}

/** Declares a receiver. */
export function defineReceiver<R extends Receiver>(receiver: R): R {
  return receiver;
}
