"use client";

import {
  type ComponentProps,
  cloneElement,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useState,
} from "react";
import { createPortal } from "react-dom";

const DELAY_MS = 400;
const GAP_PX = 6;
const MARGIN_PX = 8;

interface Place {
  /** The middle of what it is about. */
  left: number;
  top: number;
  isAbove: boolean;
}

type Host = Pick<
  ComponentProps<"button">,
  "onPointerEnter" | "onPointerLeave" | "onPointerDown" | "onFocus" | "onBlur"
>;

/**
 * A few words on hover and on focus, below a control that has them as its name; Escape hides them. Never put information
 * only here.
 */
export function Tooltip({ text, children }: { text: ReactNode; children: ReactElement<Host> }) {
  const own = children.props;
  const [host, setHost] = useState<HTMLElement | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const hide = useCallback(() => {
    setHost(null);
    setPlace(null);
  }, []);
  useEffect(() => {
    if (!host) return;
    const timer = setTimeout(() => setPlace(placeAt(host)), DELAY_MS);
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    window.addEventListener("keydown", onKey);
    window.addEventListener("scroll", hide, true);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", hide, true);
    };
  }, [host, hide]);
  return (
    <>
      {cloneElement(children, {
        onPointerEnter: (event) => {
          own.onPointerEnter?.(event);
          if (event.pointerType === "mouse") setHost(event.currentTarget);
        },
        onPointerLeave: (event) => {
          own.onPointerLeave?.(event);
          hide();
        },
        onPointerDown: (event) => {
          own.onPointerDown?.(event);
          hide();
        },
        onFocus: (event) => {
          own.onFocus?.(event);
          if (event.currentTarget.matches(":focus-visible")) setHost(event.currentTarget);
        },
        onBlur: (event) => {
          own.onBlur?.(event);
          hide();
        },
      })}
      {place && createPortal(<Bubble place={place}>{text}</Bubble>, document.body)}
    </>
  );
}

/** Its words are the name of the control: a screen reader has said them. */
function Bubble({ place: { left, top, isAbove }, children }: { place: Place; children: ReactNode }) {
  const keepWithin = (bubble: HTMLDivElement | null) => {
    if (!bubble) return;
    const half = bubble.offsetWidth / 2 + MARGIN_PX;
    bubble.style.left = `${Math.max(half, Math.min(left, window.innerWidth - half))}px`;
  };
  return (
    <div
      ref={keepWithin}
      aria-hidden="true"
      style={{ left, top }}
      className={`pointer-events-none fixed z-50 w-max max-w-72 -translate-x-1/2 ${isAbove ? "-translate-y-full" : ""}`}
    >
      <div className="animate-appear rounded-md bg-primary px-2 py-1 text-on-primary text-xs">{children}</div>
    </div>
  );
}

/** Below, or above where the window ends. */
function placeAt(host: HTMLElement): Place {
  const { left, width, top, bottom } = host.getBoundingClientRect();
  const isAbove = bottom + 40 > window.innerHeight;
  return { left: left + width / 2, top: isAbove ? top - GAP_PX : bottom + GAP_PX, isAbove };
}
