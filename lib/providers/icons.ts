import { BRAND_MARKS } from "./brand-marks";

/** A mark in one colour: SVG path data on a field of 24 × 24. */
export interface Icon {
  path: string;
}

/** A filled circle; with `r` below zero it cuts a hole into what is around it. */
function disc(x: number, y: number, r: number): string {
  const [size, sweep] = [Math.abs(r), r > 0 ? 1 : 0];
  const half = (end: number) => `A${size} ${size} 0 0 ${sweep} ${end} ${y}`;
  return `M${x - size} ${y}${half(x + size)}${half(x - size)}z`;
}

const BUBBLE = "M4 2.5h16a3 3 0 0 1 3 3v9.5a3 3 0 0 1-3 3H9.5L4 22.5V18a3 3 0 0 1-3-3V5.5a3 3 0 0 1 3-3z";
const WINDOW = "M3 3.5h18a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2z";

/** Our own glyphs, for services without a free mark and for what is no service. */
const GLYPHS: Record<string, string> = {
  // An envelope.
  email: "M1.3 5.6A2 2 0 0 1 3 4.5h18a2 2 0 0 1 1.7 1.1L12 13zM1 7.8V17.5a2 2 0 0 0 2 2h18a2 2 0 0 0 2-2V7.8L12 15.4z",
  // A phone with a message on it.
  pushover: `M7.5 1h9a2.5 2.5 0 0 1 2.5 2.5v17a2.5 2.5 0 0 1-2.5 2.5h-9a2.5 2.5 0 0 1-2.5-2.5v-17A2.5 2.5 0 0 1 7.5 1zM7.5 4v13.5h9V4zM9.5 7h5v2h-5zM9.5 11h5v2h-5z`,
  // A prompt in a bubble, and one in a window.
  ntfy: `${BUBBLE}M6 6.5v2.3l2.9 1.7L6 12.2v2.3l5-3v-2zM12.5 12.5v2h5.5v-2z`,
  command: `${WINDOW}M5 7.5v2.3l3.4 2.2L5 14.2v2.3l6-3.5v-2zM12.5 15v2h6.5v-2z`,
  // Lines of text in a bubble.
  gotify: `${BUBBLE}M6 6.5v2h12v-2zM6 11.5v2h8v-2z`,
  // Three ends, joined.
  webhook: `${disc(12, 5.5, 4)}${disc(12, 5.5, -1.6)}${disc(5.5, 17.5, 4)}${disc(5.5, 17.5, -1.6)}${disc(18.5, 17.5, 4)}${disc(18.5, 17.5, -1.6)}M9.6 7.3l1.9 1.3-3.4 6.1-2-1zM14.4 7.3l3.5 6.4-2 1-3.4-6.1zM8.5 16.4h7v2.2h-7z`,
  // A megaphone.
  apprise:
    "M17 2.5v17L8.5 15.5V22H4.8v-6.7A3.9 3.9 0 0 1 1 11.4v-.8a3.9 3.9 0 0 1 3.9-3.9H8.5zM19 7.7a4 4 0 0 1 0 6.6z",
  // One that speaks to three.
  sns: `${disc(5, 12, 4)}${disc(19.5, 4.5, 2.5)}${disc(19.5, 12, 2.5)}${disc(19.5, 19.5, 2.5)}M7.5 9.2l10-5.7 1 1.7-10 5.7zM8 11h10v2H8zM7.5 14.8l1-1.7 10 5.7-1 1.7z`,
  // A tick, an eye, a pulse, a clock.
  healthchecks: `${disc(12, 12, 11)}M7.4 10.6l-1.9 1.9 4.7 4.7 8.4-8.4-1.9-1.9-6.5 6.5z`,
  watchgoose: `M12 4.5c5.3 0 9.3 4 11.3 7.5-2 3.5-6 7.5-11.3 7.5S2.7 15.5.7 12C2.7 8.5 6.7 4.5 12 4.5z${disc(12, 12, -4.8)}${disc(12, 12, 2.4)}`,
  cronitor: "M.8 11h4.8L8.7 3h2.2l4 12.4L17.2 11h6v2.4h-4.6L15.8 19h-2.2L9.7 7.3l-2.4 6.1H.8z",
  cronhub: `${disc(12, 12, 11)}${disc(12, 12, -8.6)}M10.8 6h2.4v5.3l4 2.4-1.2 2-5.2-3.1z`,
  // Lines of a log.
  loki: "M2 3.5h3v3H2zM7 3.5h15v3H7zM2 10.5h3v3H2zM7 10.5h10v3H7zM2 17.5h3v3H2zM7 17.5h13v3H7z",
  zabbix: `${WINDOW}M7 6.5v2.4h6.2L7 15.2v2.3h10v-2.4h-6.3L17 8.9V6.5z`,
};

/** A bell, for a service that nobody drew. */
const BELL: Icon = {
  path: "M12 1.5a7 7 0 0 1 7 7v5.2l2.5 4.3h-19L5 13.7V8.5a7 7 0 0 1 7-7zM8.8 19.5h6.4a3.2 3.2 0 0 1-6.4 0z",
};

/** The mark of a provider; a bell for an id that nobody drew. */
export function iconOf(id: string): Icon {
  const path = Object.hasOwn(BRAND_MARKS, id) ? BRAND_MARKS[id] : Object.hasOwn(GLYPHS, id) ? GLYPHS[id] : undefined;
  return path === undefined ? BELL : { path };
}
