import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(new URL("./globals.css", import.meta.url), "utf8");

/** The hex tokens of one `:root` block. */
function tokensOf(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]));
}

const roots = [...css.matchAll(/:root\s*\{([^}]*)\}/g)].map(([, block]) => tokensOf(block ?? ""));
const themes = { light: roots[0] ?? {}, dark: { ...roots[0], ...roots[1] } };

/** Relative luminance and contrast ratio as in WCAG 2.2, 1.4.3. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["bg", "panel", "hover"];
const TONES = ["success", "failure", "warning", "info", "system"];
const PAIRS: [string, string][] = [
  ...["ink", "muted", "faint", ...TONES].flatMap((text) => GROUNDS.map((ground): [string, string] => [text, ground])),
  ...TONES.map((tone): [string, string] => [tone, `${tone}-bg`]),
  ...TONES.map((tone): [string, string] => ["ink", `${tone}-bg`]),
  ["on-primary", "primary"],
  ["on-primary", "primary-hover"],
  ["on-failure", "failure"],
];

it("measures as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

describe.each(Object.entries(themes))("in the %s theme", (_name, tokens) => {
  const of = (name: string) => {
    const hex = tokens[name];
    if (!hex) throw new Error(`There is no token --${name}.`);
    return hex;
  };
  it.each(PAIRS)("%s on %s is legible", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  it.each(GROUNDS)("the edge of a control is visible on %s", (ground) => {
    expect(contrast(of("control"), of(ground))).toBeGreaterThanOrEqual(3);
  });
  it("the dark theme defines every colour", () => {
    expect(Object.keys(roots[1] ?? {}).sort()).toEqual(Object.keys(roots[0] ?? {}).sort());
  });
});
