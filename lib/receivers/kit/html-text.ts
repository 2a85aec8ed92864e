const HIDDEN = new Set(["style", "script", "head", "title", "template"]);
const BREAKS = new Set("br p div tr li ul ol table h1 h2 h3 h4 h5 h6 hr pre blockquote section".split(" "));
const ENTITIES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'", nbsp: " " };
/** Read of a page; the rest of a longer one is left out. */
const READ_CHARS = 512 * 1024;

/** The text of a page as a person reads it, in lines. Whatever is in it, it reads each character once. */
export function htmlText(html: string): string {
  const page = html.slice(0, READ_CHARS);
  const lower = page.toLowerCase();
  const pieces: string[] = [];
  for (let at = 0; at < page.length; ) {
    const open = page.indexOf("<", at);
    pieces.push(page.slice(at, open < 0 ? undefined : open).replace(/\s+/g, " "));
    const close = open < 0 ? -1 : page.indexOf(">", open);
    if (close < 0) break;
    at = close + 1;
    const name = /^<\/?([a-z0-9]{1,20})/.exec(lower.slice(open, open + 24))?.[1] ?? "";
    if (BREAKS.has(name)) pieces.push("\n");
    else if (name === "td" || name === "th") pieces.push(" ");
    if (HIDDEN.has(name) && lower[open + 1] !== "/") {
      const end = lower.indexOf(`</${name}`, at);
      at = end < 0 ? page.length : end;
    }
  }
  const lines = pieces
    .join("")
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, decodeEntity)
    .split("\n");
  return lines
    .map((line) => line.replace(/ +/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
}

function decodeEntity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
}
