import { type Bucket, fullBucket, type Rate, refill, waitFor } from "@/lib/policy/rate";

/** A provider's stated rate, as this process uses it up. */
export class Pace {
  private bucket: Bucket | null = null;

  /** Requests that the rate allows at this moment. */
  allowed(rate: Rate | null | undefined, now: number): number {
    return rate ? Math.floor(this.refilled(rate, now).tokens) : Number.POSITIVE_INFINITY;
  }

  /** Uses up one request. @returns milliseconds to wait when none is allowed; 0 when it was taken */
  take(rate: Rate | null | undefined, now: number): number {
    if (!rate) return 0;
    const bucket = this.refilled(rate, now);
    if (bucket.tokens < 1) return waitFor(bucket, rate);
    bucket.tokens -= 1;
    return 0;
  }

  /** Milliseconds until one request is allowed. */
  wait(rate: Rate, now: number): number {
    return waitFor(this.refilled(rate, now), rate);
  }

  private refilled(rate: Rate, now: number): Bucket {
    this.bucket = refill(this.bucket ?? fullBucket(rate, now), rate, now);
    return this.bucket;
  }
}
