const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const SYSTEMS: [RegExp, string][] = [
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** `Firefox on Linux`, from a User-Agent header; an unknown one is returned as sent, shortened and without control characters. */
export function browserName(userAgent: string | null | undefined): string | null {
  const plain = userAgent?.replace(/\p{Cc}+/gu, " ").trim();
  if (!plain) return null;
  const browser = BROWSERS.find(([pattern]) => pattern.test(plain))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(plain))?.[1];
  if (!browser) return plain.slice(0, 80);
  return system ? `${browser} on ${system}` : browser;
}
