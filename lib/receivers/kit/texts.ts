/** The longest line that is kept as a run's reason, in characters. */
const MAX_LINE = 300;
/** Lines in which tools say why they failed. */
const REASON = /\b(?:error|fatal|failed|failure|exception|denied|cannot|could not|does not exist|non-zero|no space)\b/i;

/** A body as text that can be stored: bytes that are no text become U+FFFD. PowerShell's UTF-16 is known by its mark. */
export function bodyText(body: Buffer): string {
  const isUtf16 = body[0] === 0xff && body[1] === 0xfe;
  return storableText(new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(body));
}

/** A text without NUL and halves of characters, which no database stores; line ends are `\n`. */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\ufffd").replaceAll("\r\n", "\n").toWellFormed();
}

/** The first line with something in it, short enough for a notification. */
export function summaryLine(text: string): string {
  return shortLine(text.split("\n").find((line) => line.trim() !== "") ?? "");
}

/** The line of a failed run's log that says why; empty when the log is. */
export function reasonIn(log: string): string {
  const lines = log.split("\n").filter((line) => line.trim() !== "" && !/^Pinging |^\.\.\.$/.test(line));
  return shortLine(lines.findLast((line) => REASON.test(line)) ?? lines.at(-1) ?? "");
}

function shortLine(line: string): string {
  const characters = Array.from(line.trim().slice(0, 2 * MAX_LINE));
  return characters.length > MAX_LINE ? `${characters.slice(0, MAX_LINE - 1).join("")}…` : characters.join("");
}
