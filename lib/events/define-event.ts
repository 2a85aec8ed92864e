import type { z } from "zod";
import type { EventData, EventDraft, Subject } from "@/lib/core/event";
import type { JobState, Repeat } from "@/lib/core/job";
import type { NotificationField, NotificationTime } from "@/lib/core/notification";
import type { RunKind } from "@/lib/core/run";
import type { Severity } from "@/lib/core/severity";
import { channelPath, SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { isProblem, type Tone } from "@/lib/core/tone";
import { keyOf } from "./key";

export const CATEGORIES = [
  "Authentication",
  "Backups",
  "Restores",
  "Clients",
  "Repositories",
  "Schedules",
  "Integrity",
  "Storage",
  "Health",
  "System",
  "Custom",
] as const;
export type Category = (typeof CATEGORIES)[number];

/** The text of one event: plain; every channel escapes and cuts it for itself. */
export interface EventText {
  title: string;
  message: string;
  fields: NotificationField[];
}

/** An open problem that an event ends. */
export interface Resolution {
  type: string;
  /** False: its recipients get no recovery, since the event itself says that it is over. */
  sendsRecovery: boolean;
}

/** An event as its own file sees it: `data` has the type of its schema. */
export type Occurrence<D> = Omit<EventDraft, "data"> & { data: D };

interface EventSpec<S extends z.ZodType<EventData>> {
  type: string;
  name: string;
  category: Category;
  /** One line for the settings page. */
  description: string;
  tone: Tone;
  severity: Severity;
  /** What the event carries: everything that texts and templates need, because its subject may change later. */
  data: S;
  /**
   * Whose notification rules decide. `job`: the rules of the job. `system`: the event's line in
   * Settings → Notifications. `caller`: the same, and the caller brings title, tone and channels. `addressee`: only the
   * channel or person that the draft names.
   */
  audience: "job" | "system" | "caller" | "addressee";
  /** System events: whether the switch is on at a new installation. */
  startsEnabled?: boolean;
  /** It is mailed to all administrators until one of them switches that off (Settings → Email). */
  mailAdmins?: boolean;
  /** The outcome of a run that this event reports. */
  reports?: { run: RunKind; outcomes: readonly JobState[] };
  /** It reports no outcome of a run, and rules that take this outcome take it too. Services that monitor runs do not. */
  takenAs?: JobState;
  /** What no rule of its job takes goes to the global channels. */
  fallsBackToGlobal?: boolean;
  /** Default of the repeat setting: `every` for acts, `first` for states. */
  repeat: Repeat;
  /** May also be sent to the user it is about. */
  canNotifyUser?: boolean;
  /** False: it makes no entry of its own in the inbox, since another event follows that does. */
  entersInbox?: boolean;
  /** It is about a channel, which does not carry it. */
  excludesSubject?(event: Occurrence<z.output<S>>): boolean;
  /** The alert of a problem; `subject`: one per subject. None: a plain fact. */
  problem?: "subject" | ((event: Occurrence<z.output<S>>) => string | null);
  /** The problems of the same subject that it ends. */
  resolves?: readonly Resolution[];
  /** Where to read on, as a path in the console. Default: run, job or channel. */
  link?(event: Occurrence<z.output<S>>): { label: string; url: string } | undefined;
  /** Times among the fields. Default: when its run started. */
  times?(event: Occurrence<z.output<S>>): NotificationTime[];
  text(event: Occurrence<z.output<S>>): EventText;
  /** About many jobs at once: it keeps its own text, and a monitor takes it as a sign that Belfry runs. */
  isReport?: boolean;
  /** The text of the copy that goes to the very user it is about. */
  textForUser?(event: Occurrence<z.output<S>>): EventText;
  /** Believable data for Tests, previews and the documentation. */
  sample(now: number): { subject: Subject; data: z.output<S>; custom?: EventDraft["custom"] };
}

/** What one event type is, as everything else sees it. */
export interface EventType {
  readonly type: string;
  readonly name: string;
  readonly category: Category;
  readonly description: string;
  readonly tone: Tone;
  readonly severity: Severity;
  readonly data: z.ZodType<EventData>;
  readonly audience: "job" | "system" | "caller" | "addressee";
  readonly startsEnabled: boolean;
  readonly mailAdmins: boolean;
  readonly reports: { run: RunKind; outcomes: readonly JobState[] } | null;
  readonly takenAs: JobState | null;
  readonly fallsBackToGlobal: boolean;
  readonly repeat: Repeat;
  readonly canNotifyUser: boolean;
  readonly entersInbox: boolean;
  readonly isReport: boolean;
  excludesSubject(draft: EventDraft): boolean;
  /** A problem by its tone, or by the caller's word. */
  readonly canBeProblem: boolean;
  /** What an occurrence is counted under; null for one that neither opens nor ends an alert of its own. */
  dedupKey(draft: EventDraft): string | null;
  /** Keys of the alerts that it ends. */
  resolves(draft: EventDraft): { key: string; sendsRecovery: boolean }[];
  link(draft: EventDraft): { label: string; url: string } | undefined;
  times(draft: EventDraft): NotificationTime[];
  text(draft: EventDraft): EventText;
  textForUser: ((draft: EventDraft) => EventText) | null;
  sample(now: number): Pick<EventDraft, "subject" | "data" | "custom">;
}

/** An event type with its typed draft: producers write `emit(backupFailed.draft({ … }))`. */
export interface TypedEvent<D> extends EventType {
  draft(event: Omit<Occurrence<D>, "type">): EventDraft;
}

/** Declares one event type. Adding one is a file, its test and a line of the catalogue; nothing else lists them. */
export function defineEvent<S extends z.ZodType<EventData>>(spec: EventSpec<S>): TypedEvent<z.output<S>> {
  type D = z.output<S>;
  // Drafts of this type were made by `draft` or `sample`: their data has the type of the schema.
  const typed = (draft: EventDraft) => draft as Occurrence<D>;
  const { problem, textForUser } = spec;
  return {
    type: spec.type,
    name: spec.name,
    category: spec.category,
    description: spec.description,
    tone: spec.tone,
    severity: spec.severity,
    data: spec.data,
    audience: spec.audience,
    startsEnabled: spec.startsEnabled ?? false,
    mailAdmins: spec.mailAdmins ?? false,
    reports: spec.reports ?? null,
    takenAs: spec.takenAs ?? null,
    fallsBackToGlobal: spec.fallsBackToGlobal ?? false,
    repeat: spec.repeat,
    canNotifyUser: spec.canNotifyUser ?? false,
    entersInbox: spec.entersInbox ?? true,
    isReport: spec.isReport ?? false,
    excludesSubject: (draft) => spec.excludesSubject?.(typed(draft)) ?? false,
    canBeProblem: isProblem(spec.tone) || spec.audience === "caller",
    dedupKey: (draft) => {
      if (typeof problem === "function") return problem(typed(draft));
      return problem || spec.resolves ? keyOf(spec.type, draft.subject.id) : null;
    },
    resolves: (draft) =>
      (spec.resolves ?? []).map(({ type, sendsRecovery }) => ({ key: keyOf(type, draft.subject.id), sendsRecovery })),
    link: (draft) => (spec.link ? spec.link(typed(draft)) : defaultLink(draft)),
    times: (draft) => (spec.times ? spec.times(typed(draft)) : defaultTimes(draft)),
    text: (draft) => spec.text(typed(draft)),
    textForUser: textForUser ? (draft) => textForUser(typed(draft)) : null,
    sample: (now) => spec.sample(now),
    draft: (event) => ({ ...event, type: spec.type }),
  };
}

function defaultLink({ data, subject }: EventDraft): { label: string; url: string } | undefined {
  if (data.run) return { label: "Open run", url: `/runs/${data.run.id}` };
  if (subject.kind === "job") return { label: "Open job", url: `/jobs/${subject.id}` };
  if (subject.kind === "client") return { label: "Open client", url: `/clients/${subject.id}` };
  if (subject.kind === "channel") {
    const label = subject.id === SYSTEM_MAIL_ID ? "Open mail settings" : "Open channel";
    return { label, url: channelPath(subject.id) };
  }
  return undefined;
}

function defaultTimes({ data }: EventDraft): NotificationTime[] {
  return data.run?.startedAt ? [{ label: "Started", at: data.run.startedAt }] : [];
}
