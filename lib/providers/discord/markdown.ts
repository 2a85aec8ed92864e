const MARKDOWN = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|([\\*_~`|[\]<>@])/g;
/** Signs with a meaning at the start of a line: headings, quotes, lists, small print. */
const LINE_START = /^([ \t]*)([#+-]|\d+(?=[.)]))/gm;

/** Text that Discord shows as it is: a backslash before every sign of its markdown, but none inside addresses. */
export function escapeDiscordMarkdown(text: string): string {
  return text
    .replace(MARKDOWN, (whole, address: string | undefined) => address ?? `\\${whole}`)
    .replace(LINE_START, (_, blanks: string, sign: string) =>
      /\d/.test(sign) ? `${blanks}${sign}\\` : `${blanks}\\${sign}`,
    );
}

/** Inside a code block only its end mark has a meaning. */
export function escapeDiscordCode(text: string): string {
  return text.replaceAll("```", "`\u200b`\u200b`");
}
