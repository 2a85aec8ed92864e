import { TONE_HEX, type Tone } from "@/lib/core/tone";
import { cutTo, oneLine } from "../kit/text";

interface TextBlock {
  type: "TextBlock";
  id: "title" | "mentions" | "text" | "footer";
  text: string;
  wrap: true;
  weight?: "Bolder";
  size?: "Medium" | "Small";
  color?: "Good" | "Warning" | "Attention" | "Accent" | "Default";
  isSubtle?: true;
  spacing?: "Small";
}

export type CardElement =
  | TextBlock
  | {
      type: "Container";
      style: "good" | "warning" | "attention" | "accent" | "emphasis";
      bleed: true;
      items: [TextBlock];
    }
  | { type: "FactSet"; facts: { title: string; value: string }[] }
  | { type: "CodeBlock"; codeSnippet: string; language: "PlainText"; fallback: Omit<TextBlock, "id"> };

/**
 * One person, whose text stands in the card as it does here:
 * https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format#mention-support-within-adaptive-cards
 */
export interface TeamsMention {
  type: "mention";
  text: string;
  /** `id`: a user principal name, or an object ID of Microsoft Entra. */
  mentioned: { id: string; name: string };
}

/** The body that a workflow from Teams' own template expects. */
export interface Card {
  type: "message";
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive";
      contentUrl: null;
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json";
        type: "AdaptiveCard";
        /** Teams does not show newer versions. */
        version: "1.4";
        fallbackText: string;
        msteams: { width: "Full"; entities?: TeamsMention[] };
        body: CardElement[];
        actions?: { type: "Action.OpenUrl"; title: string; url: string }[];
      };
    },
  ];
}

interface CardTone {
  color: TextBlock["color"];
  style: (CardElement & { type: "Container" })["style"];
}

/** Cards have no custom colours: Teams chooses them to fit its theme. */
const TONES: Record<Tone, CardTone> = {
  success: { color: "Good", style: "good" },
  failure: { color: "Attention", style: "attention" },
  warning: { color: "Warning", style: "warning" },
  info: { color: "Accent", style: "accent" },
  system: { color: "Default", style: "emphasis" },
};

export function toneOf(tone: Tone): CardTone {
  return TONES[tone];
}

/** The colour of a card in previews. */
export function hexOf(style: CardTone["style"]): string {
  const found = (Object.keys(TONES) as Tone[]).find((tone) => TONES[tone].style === style);
  return TONE_HEX[found ?? "system"];
}

/** https://adaptivecards.io/explorer/AdaptiveCard.html, version 1.4. Its inputs are escaped and cut. */
export function messageWith(parts: {
  title: string;
  tone: CardTone;
  text: string;
  facts: { title: string; value: string }[];
  log: string;
  footer: string;
  links: { label: string; url: string }[];
  mentions: TeamsMention[];
}): Card {
  const { title, tone, text, facts, log, footer, links, mentions } = parts;
  const head: TextBlock = {
    type: "TextBlock",
    id: "title",
    text: title,
    wrap: true,
    weight: "Bolder",
    size: "Medium",
    color: tone.color,
  };
  const body: CardElement[] = [{ type: "Container", style: tone.style, bleed: true, items: [head] }];
  if (mentions.length > 0)
    body.push({ type: "TextBlock", id: "mentions", text: mentions.map((one) => one.text).join(" "), wrap: true });
  if (text) body.push({ type: "TextBlock", id: "text", text, wrap: true });
  if (facts.length > 0) body.push({ type: "FactSet", facts });
  if (log) body.push({ type: "CodeBlock", codeSnippet: log, language: "PlainText", fallback: NO_CODE });
  body.push({
    type: "TextBlock",
    id: "footer",
    text: footer,
    wrap: true,
    size: "Small",
    isSubtle: true,
    spacing: "Small",
  });
  const content: Card["attachments"][0]["content"] = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    type: "AdaptiveCard",
    version: "1.4",
    fallbackText: title,
    msteams: { width: "Full", ...(mentions.length > 0 ? { entities: mentions } : {}) },
    body,
    ...(links.length > 0
      ? { actions: links.map(({ label, url }) => ({ type: "Action.OpenUrl", title: labelOf(label), url })) }
      : {}),
  };
  return {
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content }],
  };
}

function labelOf(label: string): string {
  return cutTo(oneLine(label), { max: 100, unit: "codepoints" }) || "Open";
}

/** Phones draw no blocks of code: https://learn.microsoft.com/en-us/microsoftteams/platform/task-modules-and-cards/cards/cards-format#codeblock-in-adaptive-cards */
const NO_CODE: Omit<TextBlock, "id"> = {
  type: "TextBlock",
  text: "The log is shown in Teams on a computer.",
  wrap: true,
  isSubtle: true,
};
