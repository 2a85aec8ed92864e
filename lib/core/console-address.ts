/** The address people open, `https://backup.example`; null for anything but http or https with a host alone. */
export function consoleAddressOf(typed: string): string | null {
  if (!URL.canParse(typed)) return null;
  const url = new URL(typed);
  const isBare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  return /^https?:$/.test(url.protocol) && isBare ? url.origin : null;
}
