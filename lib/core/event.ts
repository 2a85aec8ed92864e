import type { NotificationField } from "./notification";
import type { Severity } from "./severity";
import type { Tone } from "./tone";

export const SUBJECT_KINDS = [
  "job",
  "client",
  "user",
  "channel",
  "source",
  "destination",
  "repository",
  "sync",
  "restore",
  "installation",
  "component",
  "custom",
] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** What an event is about. The name is stored, so that it outlives the thing. */
export interface Subject {
  kind: SubjectKind;
  id: string;
  name: string;
}

/**
 * Facts of an event, by type. Everything that texts and templates need is kept here,
 * because an event never changes and its subject may.
 */
export interface EventData {
  error?: string;
  advice?: string;
  job?: { id: string; name: string; slug: string };
  run?: {
    id: string;
    status: string;
    startedAt: number | null;
    finishedAt: number | null;
    bytes: number | null;
    files: number | null;
    tables?: number | null;
    attempts: number;
  };
  sourceName?: string;
  startedBy?: string;
  destinationNames?: string[];
  user?: { id: string; name: string; email: string };
  address?: string;
  userAgent?: string;
  actorName?: string;
  target?: string;
  channel?: { id: string; name: string; providerName: string };
  client?: { id: string; name: string };
  missed?: { count: number; firstDueAt: number; lastDueAt: number; graceMinutes: number; reason?: string };
  lockedUntil?: number;
  /** The link of an invitation, sealed. */
  invitation?: string;
  fields?: NotificationField[];
  /** Of a request with an idempotency key: a digest of each part, to compare a repetition with. */
  request?: Record<string, string>;
  [more: string]: unknown;
}

/** The one channel or person that an event goes to, in place of what rules and settings say. */
export type Addressee = { channelId: string } | { user: { id: string; email: string } };

/** What a producer passes to `emit`. */
export interface EventDraft {
  type: string;
  subject: Subject;
  data: EventData;
  /** When it happened, milliseconds; now when left out. */
  at?: number;
  /** `resolved`: closes the open alert of its own key (events that have no resolving twin). */
  status?: "firing" | "resolved";
  /** Only `custom.notification` brings its own. */
  custom?: {
    title: string;
    message: string;
    tone: Tone;
    severity: Severity;
    dedupKey?: string;
    channelIds?: string[];
    idempotencyKey?: string;
  };
  apiKeyId?: string;
  /** For events of the audience `addressee`; not stored. */
  to?: Addressee;
}
