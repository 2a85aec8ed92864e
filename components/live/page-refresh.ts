const PAUSE_MS = 700;
/** While Belfry does not answer. */
const RETRY_MS = 2_000;

/** A part of the page that asks for its refresh. */
export interface Refresher {
  /** Whether a refresh would show the page, and lose nothing that was entered. */
  isRefreshable(): Promise<boolean>;
  refresh(): void;
}

/** Those whose part changed since the last refresh, or during it. */
const waiting = new Set<Refresher>();
let isScheduled = false;
let last = 0;

/** Refreshes the page soon, at most about once a second: once for all that ask meanwhile, because one shows what all of them wait for. */
export function requestRefresh(refresher: Refresher, pauseMs = PAUSE_MS): void {
  waiting.add(refresher);
  if (isScheduled) return;
  isScheduled = true;
  // A clock that was set back makes no pause longer.
  setTimeout(refreshAll, Math.min(pauseMs, Math.max(0, last + pauseMs - Date.now())));
}

/** The part left the page. */
export function withdrawRefresh(refresher: Refresher): void {
  waiting.delete(refresher);
}

async function refreshAll(): Promise<void> {
  isScheduled = false;
  last = Date.now();
  const asked = [...waiting];
  const [first] = asked;
  if (!first) return;
  const mayRefresh = await first.isRefreshable();
  const left = asked.filter((one) => waiting.has(one));
  if (!mayRefresh) {
    for (const one of left) requestRefresh(one, RETRY_MS);
    return;
  }
  for (const one of left) waiting.delete(one);
  left[0]?.refresh();
}
