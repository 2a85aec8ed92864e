import type { Icon } from "@/lib/core/kind";

/**
 * The mark of a service from Simple Icons 11 (https://simpleicons.org), whose data is CC0. The marks are trademarks
 * of their owners; they only name the service, in one colour.
 */
export function brandMark(path: string): Icon {
  return { path };
}

/** Outlines to draw on, for services without a free mark. */
export const BUBBLE = "M4 2.5h16a3 3 0 0 1 3 3v9.5a3 3 0 0 1-3 3H9.5L4 22.5V18a3 3 0 0 1-3-3V5.5a3 3 0 0 1 3-3z";
export const WINDOW = "M3 3.5h18a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2z";

/** A filled circle; a negative `r` cuts a hole into the shape around it. */
export function disc(x: number, y: number, r: number): string {
  const [size, sweep] = [Math.abs(r), r > 0 ? 1 : 0];
  const half = (end: number) => `A${size} ${size} 0 0 ${sweep} ${end} ${y}`;
  return `M${x - size} ${y}${half(x + size)}${half(x - size)}z`;
}

/** The neutral icon, for a channel whose provider this version does not know. */
export const BELL: Icon = {
  path: "M12 1.5a7 7 0 0 1 7 7v5.2l2.5 4.3h-19L5 13.7V8.5a7 7 0 0 1 7-7zM8.8 19.5h6.4a3.2 3.2 0 0 1-6.4 0z",
};
