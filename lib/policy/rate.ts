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

/** How long until one request may go; 0 when it may now. */
export function waitFor(bucket: Bucket, rate: Rate): number {
  return bucket.tokens >= 1 ? 0 : Math.ceil(((1 - bucket.tokens) / rate.requests) * rate.perMs);
}
