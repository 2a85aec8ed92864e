import type { Dispatcher } from "undici";
import { CLOSED, failureCode } from "./connection-failure";
import type { HttpAnswer } from "./http-answer";

const BODY_LIMIT = 64 * 1024;

export interface ExchangeOptions {
  /** Whose answer is waited for: `example.org`. */
  from: string;
  timeoutMs: number;
  resolve: (answer: HttpAnswer) => void;
  /** An error in words. */
  explain: (error: Error) => HttpAnswer;
  /** Judges an answer before anybody else sees it: a proxy's own answer is not the service's. */
  judge?: (answer: HttpAnswer & { kind: "answer" }) => HttpAnswer;
  /** Connections to the origin that were opened so far. */
  connectCount: () => number;
  /** Sends the request again on a new connection. */
  repeat: () => void;
}

/**
 * One request in flight, as undici's own handler: no stream, no abort signal, since thousands of these run each second.
 *
 * A server may close an idle connection at the moment when a request goes out on it. Such a request, on a reused
 * connection and without any answer, is sent once more on a new connection. The caller would send it again anyway, as
 * after every failure without an answer, so this adds no risk of a duplicate.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private readonly timer: NodeJS.Timeout;
  private readonly connectsBefore: number;
  private canRepeat = false;
  private isRepeated = false;
  private status = 0;
  private headers: Record<string, string> = {};
  private chunks: Buffer[] = [];
  private size = 0;
  private isOver = false;

  constructor(private readonly options: ExchangeOptions) {
    this.connectsBefore = options.connectCount();
    this.timer = setTimeout(() => this.giveUp(), options.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // No new connection since the dispatch: this request uses one from before.
    this.canRepeat = !this.isRepeated && this.options.connectCount() === this.connectsBefore;
    if (this.isOver) controller.abort(new Error("given up"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.canRepeat = false;
    if (status < 200) return;
    this.status = status;
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) this.headers[name] = typeof value === "string" ? value : value.join(", ");
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < BODY_LIMIT) return;
    this.answer();
    controller.abort(new Error("enough was read"));
  }

  onResponseEnd(): void {
    this.answer();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.canRepeat && !this.isOver && CLOSED.has(failureCode(error))) {
      this.canRepeat = false;
      this.isRepeated = true;
      this.options.repeat();
      return;
    }
    this.settle(this.options.explain(error));
  }

  private answer(): void {
    const only = this.chunks.length === 1 ? this.chunks[0] : undefined;
    const bytes = only ?? Buffer.concat(this.chunks);
    const body = bytes.length > BODY_LIMIT ? bytes.subarray(0, BODY_LIMIT).toString() : bytes.toString();
    const answer = { kind: "answer", status: this.status, headers: this.headers, body } as const;
    this.settle(this.options.judge?.(answer) ?? answer);
  }

  private giveUp(): void {
    const { from, timeoutMs } = this.options;
    this.settle({
      kind: "failed",
      reason: `No answer from ${from} within ${timeoutMs / 1000} s.`,
      isRefused: false,
      code: "TIMEOUT",
    });
    this.controller?.abort(new Error("given up"));
  }

  private settle(answer: HttpAnswer): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.options.resolve(answer);
  }
}
