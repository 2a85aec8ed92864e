import { connectionAgain } from "./connection";

/** What a proxy, or Belfry while it starts or stops, answers in place of a page. */
const NOT_YET = [502, 503, 504];
/** How often a page is asked for although Belfry itself answers, before its answer counts: about half a minute. */
const MOST_TRIES = 20;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Holds requests for the content of a page while Belfry does not answer. Next would leave for the browser's own error page, from which
 * nothing leads back: what was entered and what is shown would be gone. Prefetches fail as they do otherwise.
 * @returns undoes it
 */
export function holdPageRequests(): () => void {
  const { fetch } = window;
  const held: typeof fetch = async (input, init) => {
    if (!isPageRequest(init)) return await fetch(input, init);
    for (let tries = 1; ; tries++) {
      const isLast = tries === MOST_TRIES;
      try {
        const response = await fetch(input, init);
        if (isLast || !NOT_YET.includes(response.status)) return response;
        await response.body?.cancel();
      } catch (error) {
        if (isLast || init?.signal?.aborted) throw error;
      }
      await connectionAgain();
      await new Promise((resolve) => setTimeout(resolve, Math.min(LONGEST_PAUSE_MS, 50 * 2 ** tries)));
    }
  };
  window.fetch = held;
  return () => {
    if (window.fetch === held) window.fetch = fetch;
  };
}

/** As the router of Next asks for a page: for its content, not ahead of time. */
function isPageRequest(init: RequestInit | undefined): boolean {
  if ((init?.method ?? "GET") !== "GET" || !init?.headers) return false;
  const headers = new Headers(init.headers);
  return headers.has("rsc") && !headers.has("next-router-prefetch") && !headers.has("next-router-segment-prefetch");
}
