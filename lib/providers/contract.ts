import { z } from "zod";
import type { JobState } from "@/lib/core/job";
import type { Notification } from "@/lib/core/notification";
import type { Preview } from "@/lib/core/preview";
import type { Priority } from "@/lib/core/priority";
import type { CommandIo } from "./kit/commands/commands";
import type { HttpIo } from "./kit/http";
import type { MailIo } from "./kit/mail";

export { field } from "@/lib/core/form-field";

/** What a limit counts. A bare number lies: 4,096 emoji are 16 KB. */
export type LimitUnit = "codepoints" | "utf16" | "bytes";

export interface Limit {
  max: number;
  unit: LimitUnit;
}

/** A ready-made filling of a form: one click fills these values and shows this line of help. */
export interface Preset {
  id: string;
  label: string;
  values: Record<string, unknown>;
  help: string;
}

/** A recipient of a multi-recipient transaction that the service refused. */
export interface RefusedRecipient {
  recipient: string;
  reason: string;
  retryable: boolean;
}

interface Answer {
  /** HTTP or SMTP status, when there was one. */
  status?: number;
  /** The service's own words, redacted and cut to 2 kB by the caller. */
  answer?: string;
}

/** How one attempt ended. `reason` is the service's own words or the network's, in a sentence. */
export type Outcome = Answer &
  /** `advice` here: what to look at when nothing arrives although the service took it. */
  (
    | { kind: "sent"; receipt?: string; refused?: RefusedRecipient[]; advice?: string }
    /** Worth trying again. `afterMs`: the service asked for silence; it pauses the whole channel. */
    | { kind: "retry"; reason: string; afterMs?: number; advice?: string }
    /** Trying again is pointless. */
    | { kind: "rejected"; reason: string; advice?: string }
    /** The target is gone for good: a deleted webhook, 410. */
    | { kind: "gone"; reason: string; advice?: string }
  );

/** Where an attempt may go. No provider imports fetch, the environment, the database or a clock. */
export interface ProviderIo {
  http: HttpIo;
  mail: MailIo;
  /** Programs that the operator of the server allows; none where commands are off. */
  commands?: CommandIo;
}

/** What a run of a job said, for services that follow its course. */
export interface RunFacts {
  id: string;
  /** A UUID that stands for the run, the same for all its states. */
  rid: string;
  state: JobState;
  job: { id: string; name: string; slug: string };
  /** Milliseconds. */
  startedAt?: number;
  finishedAt?: number;
  bytes?: number;
  error?: string;
  /** Lines of the run's log with the times they were written, milliseconds; only when the row includes the log. */
  logLines?: { at: number; text: string }[];
}

/** What `render` gets besides the notification: everything that depends on the one delivery. */
export interface RenderContext {
  deliveryId: string;
  eventId: string;
  /** Stable over the life of an alert, for threads and dedup keys; the event's id when there is no alert. */
  threadId: string;
  /** True for the first message of the thread. */
  isFirst: boolean;
  /** The one address this copy goes to; empty: the channel's own targets. */
  recipient: string;
  /** Of the channel's own targets only these: the others have it already, these were refused for now. */
  onlyRecipients?: string[];
  /** IANA zone in which times are written. */
  timezone: string;
  /** When this is rendered, milliseconds: for signatures that carry their time. */
  now?: number;
  /** Own texts of a job's row as Mustache templates, with the values of their variables. */
  own?: { title?: string; message?: string; values: TemplateValues };
  /** Values for templates of the channel itself, when the row has no own texts. */
  values?: TemplateValues;
  /** The run's log, already cut to the row's limit; both ends kept. */
  log?: string;
  priority?: Priority;
  tags?: string[];
  /** The service's own name of a sound. */
  sound?: string;
  /**
   * The first and the last message that told of this alert here, as the service called them when it took them.
   * Only for providers with `usesReceipt`, and only when there are such.
   */
  previous?: { first: string; last: string };
  /** The run behind it, for providers with `wantsRun`; none for events that are not a job's. */
  run?: RunFacts;
  /** What led here, to complete "because of …": `the job's row “On Failure”`. */
  because?: string;
  /** Name and address of this installation, for footers. */
  installation: { name: string; url: string | null };
}

/** Values for `{{path}}`: nested plain data. */
export interface TemplateValues {
  [name: string]: string | number | boolean | null | undefined | TemplateValues;
}

/** RoutingPreview a channel speaks to. */
export interface Audience {
  /** Targets of their own delivery each; `""` is the channel itself in one transaction. */
  fixed: string[];
  /** One delivery per administrator as well. */
  admins: boolean;
}

export interface ProviderSpec<S extends z.ZodType, P> {
  id: string;
  label: string;
  /** The service's own page of the interface this follows. */
  docsUrl: string;
  /** `monitor` channels belong on job rows only. */
  purpose: "message" | "monitor";
  /** Can send one copy to a person's mail address. */
  canMailPeople?: boolean;
  /** What carries its messages; `http` when left out. */
  transport?: "http" | "smtp" | "command";
  /** Edits, answers or threads its earlier message: `context.previous` is wanted. */
  usesReceipt?: boolean;
  /**
   * Keeps problems open until each is closed by its own message: told of every acknowledgement and every end,
   * one message per alert, also when a person ended it. `threadId` is the alert's id.
   */
  closesAlerts?: boolean;
  /** `context.run` is wanted. */
  wantsRun?: boolean;
  /** What of an own text's manner the service knows: the editor offers only these. */
  manner?: { priority?: boolean; tags?: boolean; sound?: boolean };
  limits: Record<string, Limit>;
  /** At most so many requests in so many milliseconds; none: no limit known. */
  rate?: { requests: number; perMs: number };
  /** Sends under way at once. */
  concurrency: number;
  /** More first tellings than this waiting for one channel are folded into digests; none: never. */
  foldAbove: number | null;
  /** Given as a function it is made when it is first asked for: all forms at once would take half of a start's time. */
  config: S | (() => S);
  presets?: Preset[];
  /** Complete and plausible; the conformance suite renders with it. */
  example: z.input<S>;
  /**
   * Recognises what this service gives people to paste: a webhook URL, an address with its credentials.
   * Pure. @returns the values of the form that it fills, or null when it is not this service's
   */
  fromUrl?(text: string): Record<string, unknown> | null;
  /**
   * A configuration that only names another service's: the pipeline then uses that provider in its place.
   * Pure. `targets`: one per request that goes out; names are shown as recipients when there are several.
   */
  delegatesTo?(config: z.output<S>): Delegate | null;
  /** Loads what is heavy, where a channel of it stands ready: its first message need not wait for that. */
  warmUp?(): Promise<unknown>;
  /** One channel of it serves one job only, by its configuration: a second job on it is warned. */
  isPerJob?(config: z.output<S>): boolean;
  /**
   * Asked before a configuration is saved or tested: what of it cannot work on this server, beside its field.
   * For what only the server knows; the rest belongs into `config`.
   */
  inspect?(config: z.output<S>, io: ProviderIo): Promise<{ field: string; message: string } | null>;
  /** What must be said above its form at once, of this server: that something it needs is missing or switched off. */
  notice?(io: ProviderIo): Promise<string | null>;
  audience?(config: z.output<S>): Audience;
  /** True when this configuration has a template of its own, so that `render` wants `context.values`. */
  needsValues?(config: z.output<S>): boolean;
  /** Pure. What is returned is sent as it is, and logged as it is with secrets redacted. */
  render(notification: Notification, config: z.output<S>, context: RenderContext): P;
  send(payload: P, config: z.output<S>, io: ProviderIo): Promise<Outcome>;
  /** The texts of a payload by the limit they are held to, as sent. The conformance suite measures them. */
  parts(payload: P): Record<string, string[]>;
  /** The payload as the service will show it. Pure; must hold no secret. */
  preview(payload: P, config: z.output<S>): Preview;
  /** What to do about the service's words, by status and text; shown below them. */
  advise?(outcome: { status?: number; reason: string }): string | undefined;
}

/** The provider that a configuration really means, with a configuration of that provider for each target. */
export interface Delegate {
  provider: string;
  targets: { name: string; config: Record<string, unknown> }[];
}

/** A provider as the registry holds it: its config type is closed over, so nothing casts. */
export interface Provider {
  readonly id: string;
  readonly label: string;
  readonly docsUrl: string;
  readonly purpose: "message" | "monitor";
  readonly canMailPeople: boolean;
  readonly transport: "http" | "smtp" | "command";
  readonly usesReceipt: boolean;
  readonly closesAlerts: boolean;
  readonly wantsRun: boolean;
  readonly manner: { priority: boolean; tags: boolean; sound: boolean };
  readonly limits: Record<string, Limit>;
  readonly rate: { requests: number; perMs: number } | null;
  readonly concurrency: number;
  readonly foldAbove: number | null;
  readonly configSchema: z.ZodType;
  readonly presets: Preset[];
  readonly example: unknown;
  /** Names of the fields that are secrets, the only ones that are sealed. */
  readonly secretFields: readonly string[];
  /** JSON schema of the form, `io: "input"`, with the field metadata. */
  formSchema(): Record<string, unknown>;
  /** @throws ZodError */
  parse(config: unknown): unknown;
  audience(config: unknown): Audience;
  needsValues(config: unknown): boolean;
  render(notification: Notification, config: unknown, context: RenderContext): unknown;
  send(payload: unknown, config: unknown, io: ProviderIo): Promise<Outcome>;
  parts(payload: unknown): Record<string, string[]>;
  preview(payload: unknown, config: unknown): Preview;
  fromUrl(text: string): Record<string, unknown> | null;
  /** None: it never stands for another one. */
  readonly delegatesTo: ((config: unknown) => Delegate | null) | null;
  readonly warmUp: (() => Promise<unknown>) | null;
  isPerJob(config: unknown): boolean;
  /** None: nothing but the schema decides. */
  readonly inspect: ((config: unknown, io: ProviderIo) => Promise<{ field: string; message: string } | null>) | null;
  readonly notice: ((io: ProviderIo) => Promise<string | null>) | null;
}

/** Closes over a provider's config type and hands out the erased form that the registry lists. */
export function defineProvider<S extends z.ZodObject, P>(spec: ProviderSpec<S, P>): Provider {
  let made: S | undefined;
  const schema = (): S => {
    made ??= typeof spec.config === "function" ? spec.config() : spec.config;
    return made;
  };
  let secrets: string[] | undefined;
  const parse = (config: unknown) => schema().parse(config) as z.output<S>;
  const inspect = async (config: z.output<S>, io: ProviderIo) => (await spec.inspect?.(config, io)) ?? null;
  return {
    id: spec.id,
    label: spec.label,
    docsUrl: spec.docsUrl,
    purpose: spec.purpose,
    canMailPeople: spec.canMailPeople ?? false,
    transport: spec.transport ?? "http",
    usesReceipt: spec.usesReceipt ?? false,
    closesAlerts: spec.closesAlerts ?? false,
    wantsRun: spec.wantsRun ?? false,
    manner: { priority: false, tags: false, sound: false, ...spec.manner },
    limits: spec.limits,
    rate: spec.rate ?? null,
    concurrency: spec.concurrency,
    foldAbove: spec.foldAbove,
    get configSchema() {
      return schema();
    },
    presets: spec.presets ?? [],
    example: spec.example,
    get secretFields() {
      secrets ??= secretNames(schema());
      return secrets;
    },
    // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
    formSchema: () => ({ ...z.toJSONSchema(schema(), { io: "input" }) }),
    parse,
    needsValues: (config) => spec.needsValues?.(config as z.output<S>) ?? false,
    parts: (payload) => spec.parts(payload as P),
    preview: (payload, config) => spec.preview(payload as P, config as z.output<S>),
    fromUrl: (text) => spec.fromUrl?.(text) ?? null,
    delegatesTo: spec.delegatesTo ? (config) => spec.delegatesTo?.(config as z.output<S>) ?? null : null,
    warmUp: spec.warmUp ?? null,
    isPerJob: (config) => spec.isPerJob?.(config as z.output<S>) ?? false,
    inspect: spec.inspect ? (config, io) => inspect(config as z.output<S>, io) : null,
    notice: spec.notice ? async (io) => (await spec.notice?.(io)) ?? null : null,
    audience: (config) => spec.audience?.(config as z.output<S>) ?? { fixed: [""], admins: false },
    render: (notification, config, context) => spec.render(notification, config as z.output<S>, context),
    async send(payload, config, io) {
      const outcome = await spec.send(payload as P, config as z.output<S>, io);
      if (outcome.kind === "sent" || outcome.advice) return outcome;
      const advice = spec.advise?.({ status: outcome.status, reason: outcome.reason });
      return advice ? { ...outcome, advice } : outcome;
    },
  };
}

function secretNames(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape as Record<string, z.ZodType>)
    .filter(([, field]) => field.meta()?.secret === true)
    .map(([name]) => name);
}
