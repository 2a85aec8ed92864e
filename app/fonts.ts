import localFont from "next/font/local";

/** Both are loaded with every page: what they hold, and how they were made, is in `fonts/README.md`. */
export const sans = localFont({
  src: "./fonts/geist-sans-latin.woff2",
  variable: "--font-geist-sans",
  weight: "100 900",
});

export const mono = localFont({
  src: "./fonts/geist-mono-latin.woff2",
  variable: "--font-geist-mono",
  weight: "100 900",
  adjustFontFallback: false,
  fallback: ["ui-monospace", "DejaVu Sans Mono", "monospace"],
});
