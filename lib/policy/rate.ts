/** A provider's stated rate, kept as a bucket of tokens that refills evenly. */
export interface Bucket {
  tokens: number;
  at: number;
}

export interface Rate {
  requests: number;
  perMs: number;
}

export function fullBucket(rate: Rate, now: number): Bucket {
  return { tokens: rate.requests, at: now };
}

/** @param now milliseconds */
export function refill(bucket: Bucket, rate: Rate, now: number): Bucket {
  const gained = ((now - bucket.at) / rate.perMs) * rate.requests;
  return { tokens: Math.min(rate.requests, bucket.tokens + Math.max(0, gained)), at: now };
}

/**
 * How long until one more request keeps every span of `perMs` within the rate; 0 when it may go now. Stricter than a
 * bucket, whose first burst and refill may fall into one span.
 * @param times of the last requests, milliseconds, oldest first
 */
export function windowWait(times: readonly number[], rate: Rate, now: number): number {
  const oldest = times.at(-rate.requests);
  return oldest === undefined ? 0 : Math.max(0, oldest + rate.perMs - now);
}

/** How long until one request may go; 0 when it may now. */
export function waitFor(bucket: Bucket, rate: Rate): number {
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / rate.requests) * rate.perMs);
}
