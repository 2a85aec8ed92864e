import { type CustomText, OUTCOMES, type Outcome, type TextSet } from "@/lib/core/delivery";
import { type Priority, readPriority } from "@/lib/core/priority";

/** Own words and manner as they are typed. Blank means as usual. */
export interface CustomTextDraft {
  title: string;
  message: string;
  priority: Priority | "";
  /** Parted by commas. */
  tags: string;
  sound: string;
}

/** Words for every outcome, and what differs for one of them. */
export interface TextDraft extends Record<Outcome, CustomTextDraft> {
  every: CustomTextDraft;
}

export const TEXT_TABS = ["every", ...OUTCOMES] as const;
export type TextTab = (typeof TEXT_TABS)[number];

/** Own words as a channel or a row answers with them. */
type StoredCustomText = { [K in keyof CustomText]?: (K extends "priority" ? string : CustomText[K]) | null };
export type StoredTexts = StoredCustomText & { outcomes?: { [K in Outcome]?: StoredCustomText } | null };

const BLANK: CustomTextDraft = { title: "", message: "", priority: "", tags: "", sound: "" };

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

function customTextDraftOf(words: StoredCustomText | undefined): CustomTextDraft {
  if (!words) return BLANK;
  return {
    title: words.title ?? "",
    message: words.message ?? "",
    priority: readPriority(words.priority) ?? "",
    tags: (words.tags ?? []).join(", "),
    sound: words.sound ?? "",
  };
}

/** What a draft says; null when it says nothing. */
export function textSetOf(draft: TextDraft): TextSet | null {
  const outcomes = OUTCOMES.flatMap((outcome) =>
    saysSomething(draft[outcome]) ? [[outcome, wordsOf(draft[outcome])]] : [],
  );
  const set: TextSet = {
    ...wordsOf(draft.every),
    ...(outcomes.length > 0 ? { outcomes: Object.fromEntries(outcomes) } : {}),
  };
  return Object.keys(set).length > 0 ? set : null;
}

export function saysSomething(words: CustomTextDraft): boolean {
  return Object.keys(wordsOf(words)).length > 0;
}

function wordsOf({ title, message, priority, tags, sound }: CustomTextDraft): CustomText {
  const each = tags
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  return {
    ...(title.trim() ? { title } : {}),
    ...(message.trim() ? { message } : {}),
    ...(priority ? { priority } : {}),
    ...(each.length > 0 ? { tags: each } : {}),
    ...(sound.trim() ? { sound: sound.trim() } : {}),
  };
}

/** Where the server's sentences about a tab stand: `texts.title`, `notifications[0].outcomes.failure.title`. */
export function pathOfTab(path: string, tab: TextTab): string {
  return tab === "every" ? path : `${path}.outcomes.${tab}`;
}

const FIELDS = ["title", "message", "priority", "tags", "sound"];

/** The tabs about whose fields something was said, in their order. */
export function wrongTabs(errors: Record<string, string>, path: string): TextTab[] {
  return TEXT_TABS.filter((tab) =>
    FIELDS.some((field) => Object.keys(errors).some((key) => key.startsWith(`${pathOfTab(path, tab)}.${field}`))),
  );
}
