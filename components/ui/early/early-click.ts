"use client";

import { type Ref, useEffect, useRef } from "react";
import type { EarlyClicks } from "./early-script";
import { replayEarly, useBothRefs, useIsTakenOver } from "./take-over";

/**
 * The ref of a button whose page is drawn before its script is there. A click in between is done once the button is
 * alive; several are one.
 * @param given the ref of the component's user
 */
export function useEarlyClick(given?: Ref<HTMLButtonElement>): Ref<HTMLButtonElement> {
  const button = useRef<HTMLButtonElement>(null);
  const isTakenOver = useIsTakenOver();
  // After what was entered, which layout effects replay.
  useEffect(() => {
    const clicked = button.current;
    if (!isTakenOver || !clicked || !(window as EarlyClicks).earlyClicks?.has(clicked)) return;
    replayEarly(() => clicked.isConnected && clicked.click());
  }, [isTakenOver]);
  return useBothRefs(button, given);
}
