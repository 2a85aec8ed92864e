import { type Bucket, fullBucket, type Rate, refill, waitFor } from "@/lib/policy/rate";

/** The rates of one channel, the service's and the admin's own, as this process uses them up: all of them hold. */
export class RateLimiter {
  private buckets: { rate: Rate; bucket: Bucket }[] = [];

  /** Rates that differ begin anew, with their whole allowance. */
  follow(rates: readonly (Rate | null)[], now: number): void {
    const wanted = rates.filter((rate) => rate !== null);
    this.buckets = wanted.map((rate) => {
      const known = this.buckets.find((one) => one.rate.requests === rate.requests && one.rate.perMs === rate.perMs);
      return known ?? { rate, bucket: fullBucket(rate, now) };
    });
  }

  get isLimited(): boolean {
    return this.buckets.length > 0;
  }

  /** Requests that the rates allow at this moment. */
  allowed(now: number): number {
    this.refill(now);
    return Math.min(Number.POSITIVE_INFINITY, ...this.buckets.map(({ bucket }) => Math.floor(bucket.tokens)));
  }

  /** Uses up one request. @returns milliseconds to wait when none is allowed; 0 when it was taken */
  take(now: number): number {
    const wait = this.wait(now);
    if (wait === 0) for (const { bucket } of this.buckets) bucket.tokens -= 1;
    return wait;
  }

  /** Milliseconds until one request is allowed. */
  wait(now: number): number {
    this.refill(now);
    return Math.max(0, ...this.buckets.map(({ rate, bucket }) => waitFor(bucket, rate)));
  }

  private refill(now: number): void {
    for (const one of this.buckets) one.bucket = refill(one.bucket, one.rate, now);
  }
}
