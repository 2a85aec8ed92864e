"use client";

import { type MouseEvent, type Ref, useEffect, useRef } from "react";
import type { EarlyClicks } from "./early-script";
import { replayEarly, useBothRefs, useIsTakenOver } from "./take-over";

interface Clickable {
  ref?: Ref<HTMLButtonElement>;
  onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
}

/**
 * The ref and the handler of a button whose page is drawn before its script is there. A click in between is done once the
 * button is alive; several are one.
 * @param given those of the component's user
 */
export function useEarlyClick({ ref, onClick }: Clickable): Required<Clickable> {
  const button = useRef<HTMLButtonElement>(null);
  const isTakenOver = useIsTakenOver();
  // After what was entered, which layout effects replay.
  useEffect(() => {
    const clicked = button.current;
    if (!isTakenOver || !clicked || !isWaiting(clicked)) return;
    // A click can make the button alive there and then: it was heard by now.
    replayEarly(() => clicked.isConnected && isWaiting(clicked) && clicked.click());
  }, [isTakenOver]);
  return {
    ref: useBothRefs(button, ref),
    onClick(event) {
      earlyClicks()?.delete(event.currentTarget);
      onClick?.(event);
    },
  };
}

const earlyClicks = () => (window as EarlyClicks).earlyClicks;
const isWaiting = (button: HTMLButtonElement) => earlyClicks()?.has(button) ?? false;
