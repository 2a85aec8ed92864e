import type { EventDraft } from "@/lib/core/event";
import type { Repeat } from "@/lib/core/job";
import type { NotificationField } from "@/lib/core/notification";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { authentication } from "./authentication";
import { backups } from "./backups";
import { custom } from "./custom";
import { restores } from "./restores";
import { system } from "./system";

export const CATEGORIES = ["Authentication", "Backups", "Restores", "Schedules", "System", "Custom"] as const;
export type Category = (typeof CATEGORIES)[number];

/** The words of one event: plain text; every channel escapes and cuts them for itself. */
export interface EventText {
  title: string;
  message: string;
  fields: NotificationField[];
}

/** What one event type is. Adding an event is one entry; nothing else in the program lists them. */
export interface CatalogEntry {
  type: string;
  name: string;
  category: Category;
  /** One line for the settings page. */
  description: string;
  tone: Tone;
  severity: Severity;
  /** `job`: told by the job's rows. Otherwise whether the system-event switch starts on. */
  default: "on" | "off" | "job";
  /** A missed schedule that no row of its job takes goes to the global channels. */
  fallsBackToGlobal?: boolean;
  /** The default of the repeat setting: `every` for acts, `first` for states. */
  repeat: Repeat;
  /** Can also be told to the user it is about. */
  canNotifyUser?: boolean;
  /** What the problem is counted under; none for events that are no problem and resolve none by key. */
  dedupKey?(draft: EventDraft): string | null;
  /** Keys of the alerts that this event ends, each with whether their recipients are told "recovered". */
  resolves?(draft: EventDraft): { key: string; sendsRecovery: boolean }[];
  text(draft: EventDraft): EventText;
  /** The words when it goes to the very user it is about. */
  textForUser?(draft: EventDraft): EventText;
  /** Believable data for the Test button. */
  sample(now: number): Pick<EventDraft, "subject" | "data" | "custom">;
}

/** The event registry: the one place that knows these facts. Types that nothing raises do not belong here. */
export const CATALOG: readonly CatalogEntry[] = [...authentication, ...backups, ...restores, ...system, ...custom];

const byType = new Map(CATALOG.map((entry) => [entry.type, entry]));
if (byType.size !== CATALOG.length) throw new Error("The event catalogue names a type twice.");

/** @throws Error for a type that is not in the catalogue: a defect, never bad input */
export function catalogEntry(type: string): CatalogEntry {
  const entry = byType.get(type);
  if (!entry) throw new Error(`There is no event ${type} in the catalogue.`);
  return entry;
}

export function isEventType(type: string): boolean {
  return byType.has(type);
}

/** Types with a switch, channels and a Test of their own in Settings → Notifications. */
export const SYSTEM_EVENTS: readonly CatalogEntry[] = CATALOG.filter((entry) => entry.default !== "job");
