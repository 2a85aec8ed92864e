import type { MentionFormat } from "../contract";
import { escapeHtmlText } from "../kit/html-text";
import { measure } from "../kit/text";

/** People by their Matrix ID: https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions */
export const matrixMentions: MentionFormat<string> = {
  example: "@ann:example.org",
  hint: "People by their Matrix ID, such as @ann:example.org",
  refusal: "Matrix mentions a person by ID, such as @ann:example.org.",
  read: (text) => (/^@[\w.=/+-]{1,200}:[A-Za-z0-9.-]+(:\d{1,5})?$/.test(text.trim()) ? text.trim() : null),
};

/** Of each form of a message for the names of those it mentions, bytes: whom this leaves out is alerted all the same. */
const NAMES_MAX = 1_500;

/** The names of those who are mentioned, plain and as links that clients draw as pills; as many as have room. */
export function mentionLines(ids: readonly string[]): { plain: string; html: string } {
  const links = ids.map((id) => `<a href="https://matrix.to/#/${encodeURIComponent(id)}">${escapeHtmlText(id)}</a>`);
  let count = 0;
  let room = NAMES_MAX;
  for (const link of links) {
    room -= measure(link, "bytes") + 1;
    if (room < 0) break;
    count++;
  }
  return { plain: ids.slice(0, count).join(" "), html: links.slice(0, count).join(" ") };
}
