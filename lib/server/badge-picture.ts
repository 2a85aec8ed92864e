import type { BadgeStatus } from "@/lib/services/healthchecks/badge";

const FILLS: Record<BadgeStatus, string> = { up: "#2e7d32", late: "#b45309", down: "#c62828" };

const HEIGHT = 20;
const PADDING = 6;
const LABEL_CHARS = 60;
/** Of a letter at 11 pixels, about; wide letters of other scripts take twice as much. */
const LETTER = 6.6;

/** A badge as a picture: the name of a job, and its state in color and in words. */
export function badgePicture(name: string, status: BadgeStatus): string {
  const letters = [...name.replace(/\p{Cc}/gu, " ")];
  const label = letters.length > LABEL_CHARS ? `${letters.slice(0, LABEL_CHARS - 1).join("")}…` : letters.join("");
  const left = widthOf(label);
  const right = widthOf(status);
  const text = (content: string, from: number, width: number) =>
    `<text x="${from + width / 2}" y="14" textLength="${width - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${escapeXml(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="${HEIGHT}" role="img" aria-label="${escapeXml(`${label}: ${status}`)}">`,
    `<title>${escapeXml(`${label}: ${status}`)}</title>`,
    `<clipPath id="r"><rect width="${left + right}" height="${HEIGHT}" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><rect width="${left}" height="${HEIGHT}" fill="#444"/>`,
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${FILLS[status]}"/></g>`,
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">`,
    text(label, 0, left),
    text(status, left, right),
    "</g></svg>",
  ].join("");
}

function widthOf(text: string): number {
  const letters = [...text].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1), 0);
  return Math.round(letters * LETTER) + 2 * PADDING;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
