/**
 * One message as its service will show it, made from the very payload that would be sent.
 * Holds no secret and no markup of ours: the drawing component decides how it looks.
 */
export interface Preview {
  /** What it looks like: a chat message, a push on a phone, a mail, a text message, an incident, a plain request, a line of a monitor. */
  kind: "chat" | "push" | "mail" | "sms" | "incident" | "request" | "monitor";
  /** The name above the message. */
  from?: string;
  title?: string;
  text?: string;
  /** How `title` and `text` are marked up: as the service reads them, escapes included. Plain when left out. */
  format?: "plain" | "markdown" | "mrkdwn" | "html";
  /** `#rrggbb` of the bar or the icon. */
  color?: string;
  fields?: { label: string; value: string; short?: boolean }[];
  /** Further facts that are not part of the text: priority, sound, tags, number of segments. */
  facts?: { label: string; value: string }[];
  footer?: string;
  link?: { label: string; url: string };
  /** A whole HTML document, for mail. */
  document?: string;
  /** The body as it goes over the wire, for requests. */
  body?: string;
}
