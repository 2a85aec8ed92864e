import { type CustomText, OUTCOMES, type Outcome, type TextSet } from "@/lib/core/delivery";
import { type Priority, readPriority } from "@/lib/core/priority";

/** Custom text and message options as typed. Blank means default. */
export interface CustomTextDraft {
  title: string;
  message: string;
  /** Null: as where nothing is said. */
  showFacts: boolean | null;
  priority: Priority | "";
  /** Separated by commas. */
  tags: string;
  sound: string;
  /** Separated by commas. */
  mentions: string;
}

/** Custom text for all outcomes, and what differs for one of them. */
export interface TextDraft extends Record<Outcome, CustomTextDraft> {
  every: CustomTextDraft;
}

export const TEXT_TABS = ["every", ...OUTCOMES] as const;
export type TextTab = (typeof TEXT_TABS)[number];

/** Custom text as a channel or a notification rule stores it. */
type StoredCustomText = { [K in keyof CustomText]?: (K extends "priority" ? string : CustomText[K]) | null };
export type StoredTexts = StoredCustomText & { outcomes?: { [K in Outcome]?: StoredCustomText } | null };

const BLANK: CustomTextDraft = {
  title: "",
  message: "",
  showFacts: null,
  priority: "",
  tags: "",
  sound: "",
  mentions: "",
};

export function textDraftOf(stored: StoredTexts | null): TextDraft {
  const { outcomes, ...every } = stored ?? {};
  return {
    every: customTextDraftOf(every),
    success: customTextDraftOf(outcomes?.success),
    warning: customTextDraftOf(outcomes?.warning),
    failure: customTextDraftOf(outcomes?.failure),
    info: customTextDraftOf(outcomes?.info),
  };
}

function customTextDraftOf(stored: StoredCustomText | undefined): CustomTextDraft {
  if (!stored) return BLANK;
  return {
    title: stored.title ?? "",
    message: stored.message ?? "",
    showFacts: stored.showFacts ?? null,
    priority: readPriority(stored.priority) ?? "",
    tags: (stored.tags ?? []).join(", "),
    sound: stored.sound ?? "",
    mentions: (stored.mentions ?? []).join(", "),
  };
}

/** The text to store; null for a draft without any. */
export function textSetOf(draft: TextDraft): TextSet | null {
  const outcomes = OUTCOMES.flatMap((outcome) =>
    hasCustomText(draft[outcome]) ? [[outcome, customTextOf(draft[outcome])]] : [],
  );
  const set: TextSet = {
    ...customTextOf(draft.every),
    ...(outcomes.length > 0 ? { outcomes: Object.fromEntries(outcomes) } : {}),
  };
  return Object.keys(set).length > 0 ? set : null;
}

export function hasCustomText(draft: CustomTextDraft): boolean {
  return Object.keys(customTextOf(draft)).length > 0;
}

function splitList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
}

function customTextOf({ title, message, showFacts, priority, tags, sound, mentions }: CustomTextDraft): CustomText {
  const list = splitList(tags);
  const mentioned = splitList(mentions);
  return {
    ...(title.trim() ? { title } : {}),
    ...(message.trim() ? { message } : {}),
    ...(showFacts === null ? {} : { showFacts }),
    ...(priority ? { priority } : {}),
    ...(list.length > 0 ? { tags: list } : {}),
    ...(sound.trim() ? { sound: sound.trim() } : {}),
    ...(mentioned.length > 0 ? { mentions: mentioned } : {}),
  };
}

/** Path of the errors of a tab: `texts.title`, `notifications[0].outcomes.failure.title`. */
export function tabPath(path: string, tab: TextTab): string {
  return tab === "every" ? path : `${path}.outcomes.${tab}`;
}

const FIELDS = ["title", "message", "showFacts", "priority", "tags", "sound", "mentions"];

/** The tabs that have errors, in their order. */
export function findInvalidTabs(errors: Record<string, string>, path: string): TextTab[] {
  return TEXT_TABS.filter((tab) =>
    FIELDS.some((field) => Object.keys(errors).some((key) => key.startsWith(`${tabPath(path, tab)}.${field}`))),
  );
}
