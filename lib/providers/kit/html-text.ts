const AMPERSAND = /&/g;
const LESS = /</g;
const MORE = />/g;

/** Text between the tags of services that know a little HTML: quotes have no meaning there, and escaping them would cost room. */
export function escapeHtmlText(text: string): string {
  return text.replace(AMPERSAND, "&amp;").replace(LESS, "&lt;").replace(MORE, "&gt;");
}
