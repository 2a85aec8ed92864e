/** Bounds of a pause that a service asks for, milliseconds. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 24 * 3_600_000;

/**
 * How long a service asks to pause, in milliseconds between 1 s and 24 h; undefined when it does not say.
 * Reads every notation: `Retry-After` (seconds, also fractions, or an HTTP date: RFC 9110 10.2.3),
 * JSON `retry_after` (seconds), `parameters.retry_after` (Telegram), `retry_after_ms` (Matrix),
 * and, when none of those is there, `X-RateLimit-Reset-After` (seconds) or `X-RateLimit-Reset` (epoch seconds or milliseconds).
 * When two differ, the longer one counts.
 * @param headers names in lower case @param now milliseconds
 */
export function retryAfterOf(headers: Record<string, string>, body: string, now: number): number | undefined {
  const explicit = [fromHeader(headers["retry-after"], now), ...fromBody(body)].filter((ms) => ms !== undefined);
  const hints = explicit.length > 0 ? explicit : [fromLimit(headers, now)].filter((ms) => ms !== undefined);
  if (hints.length === 0) return undefined;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Math.ceil(Math.max(...hints))));
}

function fromHeader(value: string | undefined, now: number): number | undefined {
  if (!value) return undefined;
  const seconds = seconds1000(value);
  if (seconds !== undefined) return seconds;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : date - now;
}

function fromBody(body: string): (number | undefined)[] {
  if (!body.includes("retry_after")) return [];
  try {
    const json = JSON.parse(body) as {
      retry_after?: unknown;
      retry_after_ms?: unknown;
      parameters?: { retry_after?: unknown } | null;
    } | null;
    const ms = typeof json?.retry_after_ms === "number" ? json.retry_after_ms : undefined;
    return [seconds1000(json?.retry_after), seconds1000(json?.parameters?.retry_after), ms];
  } catch {
    return [];
  }
}

function fromLimit(headers: Record<string, string>, now: number): number | undefined {
  const after = seconds1000(headers["x-ratelimit-reset-after"]);
  if (after !== undefined) return after;
  const epoch = seconds1000(headers["x-ratelimit-reset"]);
  // Some services give a duration, others a point in time, in seconds or milliseconds: the size of the number shows which.
  if (epoch === undefined) return undefined;
  if (epoch >= 1e12 * 1000) return epoch / 1000 - now;
  return epoch < 1e9 * 1000 ? epoch : epoch - now;
}

function seconds1000(value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const seconds = typeof value === "number" ? value : typeof value === "string" ? Number(value.trim()) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}
