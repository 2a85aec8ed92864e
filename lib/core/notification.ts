import type { Severity } from "./severity";
import type { Tone } from "./tone";

/** One labelled fact of a notification. `short` ones may stand side by side. */
export interface NotificationField {
  label: string;
  value: string;
  short?: boolean;
}

/** A time among the fields: milliseconds, written by each channel in its reader's zone. */
export interface NotificationTime {
  label: string;
  at: number;
}

/**
 * The text of one event, the same for every channel. All strings are plain text:
 * each provider escapes and cuts them for its own service.
 */
export interface Notification {
  /** Event type, `backup.failed`. */
  type: string;
  /** Its name on screen, `Backup Failed`. */
  typeName: string;
  tone: Tone;
  severity: Severity;
  title: string;
  message: string;
  fields: NotificationField[];
  times?: NotificationTime[];
  /** Where to read on; absolute only when the base URL is known. */
  link?: { label: string; url: string };
  /** What its reader can do from the message itself, each by an absolute address that only this message has. */
  actions?: { label: string; url: string }[];
  /** When it happened, milliseconds. */
  at: number;
  /** Says that this is sample data. */
  isTest?: boolean;
  /** About many jobs at once: it keeps its own text, and a monitoring service takes it as a sign that Belfry runs. */
  isReport?: boolean;
  /** What services with a life cycle are to do with the problem; none for plain facts. */
  status?: "firing" | "acknowledged" | "resolved";
  /** The alert's id while there is one: services thread and deduplicate by it. */
  alertId?: string;
}
