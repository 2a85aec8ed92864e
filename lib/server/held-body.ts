import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@/lib/core/errors";
import { bodyTooLarge } from "@/lib/core/request-body";
import { sendJson } from "./answer";
import type { BodyBudget, BudgetShare } from "./body-budget";

/** Whose body it is, and how much of it is taken. */
export interface Admission {
  /** Whose share of the budget it counts towards. */
  caller: string;
  /** Nobody who signed in or has an API key. */
  isStranger: boolean;
  maxBytes: number;
}

/** Limits on all bodies held at the same time: those of known callers, and those of strangers. */
export interface BodyBudgets {
  callers: BodyBudget;
  strangers: BodyBudget;
}

const KB = 1024;
/** How long a body may take to arrive whole, milliseconds: one that is held in memory, and one that is discarded. */
const BODY_MS = 30_000;
/** How much may wait for the decision who the caller is; then the sender has to wait. */
const UNDECIDED_BYTES = 16 * KB;
const FIRST_BUFFER_BYTES = 4 * KB;
/** How much of a body that is not wanted is read and thrown away, so that the sender gets to see the answer. */
const DISCARD_BYTES = { callers: 8 * KB * KB, strangers: KB * KB };
/** How long a sender that goes on beyond that has to read the answer, milliseconds. */
const LINGER_MS = 2_000;
const RETRY_SECONDS = 2;

/**
 * The body of a request, held back from the handler of the request until it is known who calls. No more than a first piece of it is
 * read before that, nothing is kept of it after a refusal, and its time is bounded over all.
 */
export class HeldBody {
  private readonly push: IncomingMessage["push"];
  private state: "undecided" | "wanted" | "discarded" | "passed" = "undecided";
  private buffer = Buffer.alloc(0);
  private length = 0;
  private hasEnded = false;
  private discarded = 0;
  private admission: Admission | undefined;
  private share: BudgetShare | undefined;
  private settle: { resolve(body: Buffer): void; reject(error: AppError): void } | undefined;
  private timer: NodeJS.Timeout;
  /** The connection is to end with this request. */
  private readonly isLast: boolean;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    private readonly budgets: BodyBudgets,
  ) {
    this.push = request.push;
    // The parser hands what arrives to `push`: taking it there leaves the stream unread for its handler.
    request.push = (chunk: Buffer | null) => (chunk === null ? this.end() : this.add(chunk));
    // A request that nobody has begun to read is emptied by Node itself after the answer, without a limit.
    request.read(0);
    this.timer = setTimeout(() => this.expire(), BODY_MS);
    // Node ends such a connection together with the answer, which a sender in the middle of its body then does not get to see.
    this.isLast = !response.shouldKeepAlive;
    response.shouldKeepAlive = true;
    response.once("finish", () => this.answered());
    response.once("close", () => this.close());
  }

  /**
   * Takes the body whole.
   * @throws AppError `too_large`, `unavailable` when too many bodies are held already; `invalid` for one that breaks off
   */
  receive(admission: Admission): Promise<Buffer> {
    this.admission = admission;
    const declared = Number(this.request.headers["content-length"] ?? 0);
    if (declared > admission.maxBytes || this.length > admission.maxBytes) {
      this.discard();
      return Promise.reject(bodyTooLarge(admission.maxBytes));
    }
    const budget = admission.isStranger ? this.budgets.strangers : this.budgets.callers;
    this.share = budget.open(admission.caller, () => this.refuse(tooManyBodies()));
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.state = "wanted";
      if (!this.share?.take(this.buffer.length)) return this.refuse(tooManyBodies());
      this.letContinue();
      if (this.hasEnded) this.complete();
    });
  }

  /**
   * Lets the request be read as a stream, for a body that goes to a file as it comes: its reader counts the bytes.
   * @param withinMs how long it may take over all
   */
  stream(withinMs: number): IncomingMessage {
    clearTimeout(this.timer);
    if (!this.hasEnded) this.timer = setTimeout(() => this.expire(), withinMs);
    const held = this.buffer.subarray(0, this.length);
    const { hasEnded } = this;
    this.state = "passed";
    this.buffer = Buffer.alloc(0);
    this.request.push = (chunk: Buffer | null) => {
      if (chunk === null) this.ended();
      return this.push.call(this.request, chunk);
    };
    if (held.length > 0) this.request.push(held);
    if (hasEnded) this.request.push(null);
    this.letContinue();
    return this.request;
  }

  /** Gives a received body back to the request, for a handler that reads it from there. */
  handOver(body: Buffer): void {
    this.state = "passed";
    this.request.push = this.push;
    if (body.length > 0) this.push.call(this.request, body);
    this.push.call(this.request, null);
  }

  private add(chunk: Buffer): boolean {
    if (this.state === "discarded") return this.drop(chunk);
    const length = this.length + chunk.length;
    if (this.admission && length > this.admission.maxBytes) this.refuse(bodyTooLarge(this.admission.maxBytes));
    else if (this.reserve(length)) {
      // Copied: a small piece would keep all that arrived with it.
      chunk.copy(this.buffer, this.length);
      this.length = length;
    } else this.refuse(tooManyBodies());
    return this.state !== "undecided" || this.length < UNDECIDED_BYTES;
  }

  /** Beyond the bound nothing is read any more, and the connection ends a little later: a sender that finds it reset at once misses the answer. */
  private drop(chunk: Buffer): boolean {
    const before = this.discarded;
    this.discarded += chunk.length;
    const bound = DISCARD_BYTES[this.admission && !this.admission.isStranger ? "callers" : "strangers"];
    if (this.discarded <= bound) return true;
    if (before <= bound) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.request.destroy(), LINGER_MS);
    }
    return false;
  }

  private reserve(length: number): boolean {
    if (length <= this.buffer.length) return true;
    const most = this.admission?.maxBytes ?? Number.POSITIVE_INFINITY;
    const capacity = Math.max(length, Math.min(most, Math.max(FIRST_BUFFER_BYTES, this.buffer.length * 2)));
    if (this.share && !this.share.take(capacity - this.buffer.length)) return false;
    const larger = Buffer.allocUnsafe(capacity);
    this.buffer.copy(larger, 0, 0, this.length);
    this.buffer = larger;
    return true;
  }

  private end(): boolean {
    this.ended();
    if (this.state === "wanted") this.complete();
    else if (this.state === "discarded") this.push.call(this.request, null);
    return true;
  }

  private ended(): void {
    this.hasEnded = true;
    clearTimeout(this.timer);
    this.endConnection();
  }

  private answered(): void {
    this.discard();
    if (this.state === "passed" && !this.hasEnded) {
      // Its reader gave up in the middle.
      this.request.resume();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.request.destroy(), LINGER_MS);
    }
    this.endConnection();
  }

  private endConnection(): void {
    if (this.isLast && this.hasEnded && this.response.writableFinished) this.request.socket.destroySoon();
  }

  private complete(): void {
    this.share?.settle();
    const body = this.buffer.subarray(0, this.length);
    this.buffer = Buffer.alloc(0);
    this.settle?.resolve(body);
    this.settle = undefined;
  }

  private refuse(error: AppError): void {
    this.discard();
    this.settle?.reject(error);
    this.settle = undefined;
  }

  /** Nothing of the body is wanted any more: what still comes is thrown away, within bounds. */
  private discard(): void {
    if (this.state === "discarded" || this.state === "passed") return;
    this.state = "discarded";
    this.buffer = Buffer.alloc(0);
    this.share?.release();
    if (this.hasEnded) this.push.call(this.request, null);
    // The connection stays open: a sender in the middle of its body that finds it closed does not get to see the answer.
    else this.request.socket.resume();
  }

  /** The sender took too long. */
  private expire(): void {
    const { response, request } = this;
    if (this.state === "discarded" || response.headersSent) return void request.destroy();
    // The handler that waits for the body must not answer as well.
    this.settle = undefined;
    response.setHeader("connection", "close");
    const message = "The body did not arrive in time.";
    response.once("finish", () => request.destroy());
    sendJson(response, 408, { error: { code: "invalid", message } });
  }

  private close(): void {
    // After an answer the rest of the body may still come: its time goes on.
    if (this.hasEnded || !this.response.writableFinished) clearTimeout(this.timer);
    else this.timer.unref();
    this.share?.release();
    this.buffer = Buffer.alloc(0);
    if (!this.hasEnded) this.settle?.reject(new AppError("invalid", "The body broke off."));
    this.settle = undefined;
  }

  private letContinue(): void {
    const { headers, httpVersion } = this.request;
    if (headers.expect !== undefined && httpVersion === "1.1" && !this.hasEnded) this.response.writeContinue();
    this.request.socket.resume();
  }
}

function tooManyBodies(): AppError {
  return new AppError("unavailable", "Belfry is receiving too much at the moment. Try again in a few seconds.", {
    retryAfterSeconds: RETRY_SECONDS,
  });
}
