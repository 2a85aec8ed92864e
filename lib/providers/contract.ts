import type { z } from "zod";
import type { JobState } from "@/lib/core/job";
import { defineKind, type Kind, type KindSpec } from "@/lib/core/kind";
import type { Notification } from "@/lib/core/notification";
import type { Preview } from "@/lib/core/preview";
import type { Priority } from "@/lib/core/priority";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { AnswerRules } from "./kit/answer-rules";
import type { CommandIo } from "./kit/commands/commands";
import type { HttpIo } from "./kit/http";
import type { Limit } from "./kit/limit";
import type { MailIo } from "./kit/mail";
import type { MentionFormat } from "./kit/mentions";
import { tlsIn, tlsValuesIn, withTlsFields } from "./kit/tls-fields";

export { field } from "@/lib/core/form-field";
export type { AnswerRules, ServiceAnswer } from "./kit/answer-rules";
export type { Limit, LimitUnit } from "./kit/limit";
export type { MentionFormat } from "./kit/mentions";

/** A ready-made set of form values: one click fills them in and shows this line of help. */
export interface Preset {
  id: string;
  label: string;
  values: Record<string, unknown>;
  help: string;
}

interface ServiceAnswer {
  /** HTTP or SMTP status, when there was one. */
  status?: number;
  /** The service's answer as it came; the caller redacts it and cuts it to 2 kB. */
  answer?: string;
  /** Recipients that the service refused, while everything else about the message was right. */
  refused?: RefusedRecipient[];
}

/** The result of one attempt. `reason` is one sentence: the service's own, or the network's error. */
export type SendResult = ServiceAnswer &
  /** `advice` here: what to check when nothing arrives although the service accepted the message. */

  /** `accepted`: of several recipients in one transaction those that have it. */
  (
    | { kind: "sent"; receipt?: string; accepted?: string[]; advice?: string }
    /**
     * Worth another attempt. `afterMs`: the service asked for a pause, which holds the whole channel.
     * `mayHaveArrived`: the service had the whole message, and its answer is missing.
     */
    | { kind: "retry"; reason: string; afterMs?: number; advice?: string; mayHaveArrived?: boolean }
    /** Another attempt is pointless. */
    | { kind: "rejected"; reason: string; advice?: string }
    /** The target no longer exists: a deleted webhook, status 410. */
    | { kind: "gone"; reason: string; advice?: string }
  );

/** Everything a provider may use to reach the outside. No provider imports fetch, the environment, the database or a clock. */
export interface ProviderIo {
  http: HttpIo;
  mail: MailIo;
  /** Programs that the operator of the server allows; absent where commands are disabled. */
  commands?: CommandIo;
}

/** The run of a job as services that monitor runs get it. */
export interface MonitoredRun {
  id: string;
  /** A UUID for the run, the same for all its states. */
  rid: string;
  state: JobState;
  /** Only at a start: how the job's last run ended; absent when there was none. */
  previousState?: JobState;
  job: { id: string; name: string; slug: string };
  /** Milliseconds. */
  startedAt?: number;
  finishedAt?: number;
  bytes?: number;
  error?: string;
  /** Lines of the run's log with the times they were written, milliseconds; only when the rule includes the log. */
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
  /** The message only passes on that an alert was acknowledged or resolved, to services that keep something open. */
  isUpdate?: true;
  /** The one address this copy goes to; empty: the channel's own targets. */
  recipient: string;
  /** Only these of the channel's own targets: the others have the message already, these were refused temporarily. */
  onlyRecipients?: string[];
  /** IANA zone in which times are written. */
  timezone: string;
  /** When this is rendered, milliseconds: for signatures that carry their time. */
  now?: number;
  /** The custom text that applies, as Mustache templates with the values of their variables. */
  own?: { title?: string; message?: string; values: TemplateValues };
  /** The facts of the notification are not wanted: providers get none. */
  hidesFacts?: boolean;
  /** Values for templates of the channel itself, when no custom text applies. */
  values?: TemplateValues;
  /** The run's log, already cut to the rule's limit; both ends kept. */
  log?: string;
  priority?: Priority;
  tags?: string[];
  /** The service's own name of a sound. */
  sound?: string;
  /** Whom the service alerts by name, as entered: the provider's `mentions` reads them. */
  mentions?: string[];
  /**
   * Receipts of the first and the last message about this alert that this channel delivered.
   * Only for providers with `usesReceipt`, and only when there are any.
   */
  previous?: { first: string; last: string };
  /** The run behind the event, for providers with `wantsRun`; absent for events that are not a job's. */
  run?: MonitoredRun;
  /** Why this recipient gets the message, to complete "because of …": `the job's rule “On Failure”`. */
  because?: string;
  /** The subject of a mail that is not its title. */
  subject?: string;
  /** Name and address of this installation, for footers. */
  installation: { name: string; url: string | null };
}

/** Values for `{{path}}`: nested plain data. */
export interface TemplateValues {
  [name: string]: string | number | boolean | null | undefined | TemplateValues;
}

/** The recipients of a channel. */
export interface Audience {
  /** One delivery for each of these; `""` is the channel itself in one transaction. */
  fixed: string[];
  /** One delivery per administrator as well. */
  admins: boolean;
  /** Mail addresses that the channel's own delivery is for; absent where it is no mail. */
  mailsTo?: readonly string[];
}

/** Which options of a message the service supports: the editor of custom texts offers only these. */
interface MessageOptions {
  priority: boolean;
  tags: boolean;
  sound: boolean;
  /** Null: the service has no mentions, or takes none from us. */
  mentions: MentionFormat | null;
}

interface ServiceRate {
  requests: number;
  perMs: number;
  per?: "job";
}

export interface ProviderSpec<S extends z.ZodObject, P> extends Omit<KindSpec<S>, "tools"> {
  /** The service's reference page of the interface that this provider uses. */
  docsUrl: string;
  /** `monitor` channels belong on job rules only. */
  purpose: "message" | "monitor";
  /**
   * How the service answers: one for each interface that `send` uses for messages. Above all, what proves a delivery.
   * None only for what is not sent by HTTP.
   */
  answers?: readonly AnswerRules[];
  /** Can send one copy to a person's mail address. */
  canMailPeople?: boolean;
  /**
   * Its messages or its service's answers may name people by address or number, because its configuration may. Then only
   * administrators read them.
   */
  namesPeople: boolean;
  /** What carries its messages; `http` by default. */
  transport?: "http" | "smtp" | "command";
  /**
   * Its server may be one's own: the form gets fields for certificates under Advanced, and every request of this
   * provider uses them.
   */
  ownServer?: boolean;
  /** Edits, answers or threads its earlier message: needs `context.previous`. */
  usesReceipt?: boolean;
  /**
   * The service keeps an incident open until a message closes it: it gets every acknowledgement and every resolution,
   * one message per alert, also when a person resolved it. `threadId` is the alert's id.
   */
  closesAlerts?: boolean;
  /**
   * Messages of it may go on until they are stopped, such as an emergency that rings: `sent` then has a receipt. They are
   * stopped when their alert is acknowledged or resolved (an `update`, which `render` knows by `context.isUpdate`), and by
   * this when the channel is disabled or removed.
   * @param threadId as in the context of the message
   */
  stopRinging?(threadId: string, config: z.output<S>, io: ProviderIo): Promise<SendResult>;
  /** Needs `context.run`. */
  wantsRun?: boolean;
  /** The states that a new rule for a monitor is preset with; every start and every end by default. */
  ruleStates?: readonly JobState[];
  messageOptions?: Partial<MessageOptions>;
  limits: Record<string, Limit>;
  /**
   * At most so many requests in so many milliseconds; absent: no limit known. `per: "job"`: for each monitor of the
   * service, which is one for each job, however many the channel serves.
   */
  rate?: ServiceRate;
  /** Concurrent sends. */
  concurrency: number;
  /** When more initial notifications than this wait for one channel, they fold into digests; null: never. */
  foldAbove: number | null;
  /** Into how many messages at most; what they cannot name is counted. 5 by default; 1 where each costs money. */
  digestMessages?: number;
  presets?: Preset[];
  /**
   * Recognises what people copy from this service: a webhook URL, an address with its credentials.
   * Pure. @returns the form values that it fills, or null when the text is not this service's
   */
  fromUrl?(text: string): Record<string, unknown> | null;
  /**
   * Recognises links of this service that people paste instead of the address that is needed: to a channel, an invitation.
   * Pure. @returns what the link is, and where the right address is found; null for any other text
   */
  wrongLink?(url: URL): string | null;
  /**
   * For a configuration that only names another service's: the pipeline then uses that provider in its place, if it
   * takes each target's configuration.
   * Pure. `targets`: one per outgoing request; names are shown as recipients when there are several.
   */
  delegatesTo?(config: z.output<S>): Delegate | null;
  /** Loads heavy packages ahead of a channel's first message. */
  warmUp?(): Promise<unknown>;
  /** True when this configuration serves one job only: a second job on the channel gets a warning. */
  isPerJob?(config: z.output<S>): boolean;
  /** True when a message about no job has nowhere to go, because the address names the job. */
  needsJob?(config: z.output<S>): boolean;
  /**
   * Runs before a configuration is saved or tested and names what cannot work on this server, with its field.
   * For what only the server knows; everything else belongs in `config`.
   * @param refusal why the provider that the configuration delegates to does not take it, as one sentence: then this one sends
   */
  inspect?(config: z.output<S>, io: ProviderIo, refusal?: string): Promise<{ field: string; message: string } | null>;
  /** A warning above the form about this server: something that the provider needs is missing or disabled. */
  notice?(io: ProviderIo): Promise<string | null>;
  audience?(config: z.output<S>): Audience;
  /** True when this configuration has a template, so that `render` needs `context.values`. */
  needsValues?(config: z.output<S>): boolean;
  /** Pure. The payload is sent as returned, and logged as returned with secrets redacted. */
  render(notification: Notification, config: z.output<S>, context: RenderContext): P;
  send(payload: P, config: z.output<S>, io: ProviderIo): Promise<SendResult>;
  /** The texts of a payload, as sent, by the name of the limit that applies. The conformance suite measures them. */
  parts(payload: P): Record<string, string[]>;
  /** The payload as the service will show it. Pure; must contain no secret. */
  preview(payload: P, config: z.output<S>): Preview;
  /** What to do about an error of the service, by its status and text; shown below the reason. */
  advise?(failure: { status?: number; reason: string }): string | undefined;
}

/** The provider that a configuration resolves to, with a configuration of that provider for each target. */
export interface Delegate {
  provider: string;
  targets: { name: string; config: Record<string, unknown> }[];
}

/** A provider as the registry holds it: its config type is closed over, so no caller casts. */
export interface Provider extends Kind {
  readonly docsUrl: string;
  readonly purpose: "message" | "monitor";
  readonly answers: readonly AnswerRules[];
  readonly canMailPeople: boolean;
  readonly namesPeople: boolean;
  readonly transport: "http" | "smtp" | "command";
  readonly usesReceipt: boolean;
  readonly closesAlerts: boolean;
  /** Null: none of its messages goes on by itself. */
  readonly stopRinging: ((threadId: string, config: unknown, io: ProviderIo) => Promise<SendResult>) | null;
  readonly wantsRun: boolean;
  readonly ruleStates: readonly JobState[];
  readonly messageOptions: MessageOptions;
  readonly limits: Record<string, Limit>;
  readonly rate: ServiceRate | null;
  readonly concurrency: number;
  readonly foldAbove: number | null;
  readonly digestMessages: number;
  readonly presets: Preset[];
  audience(config: unknown): Audience;
  needsValues(config: unknown): boolean;
  render(notification: Notification, config: unknown, context: RenderContext): unknown;
  send(payload: unknown, config: unknown, io: ProviderIo): Promise<SendResult>;
  parts(payload: unknown): Record<string, string[]>;
  preview(payload: unknown, config: unknown): Preview;
  fromUrl(text: string): Record<string, unknown> | null;
  wrongLink(url: URL): string | null;
  /** Null: it never resolves to another provider. */
  readonly delegatesTo: ((config: unknown) => Delegate | null) | null;
  readonly warmUp: (() => Promise<unknown>) | null;
  isPerJob(config: unknown): boolean;
  needsJob(config: unknown): boolean;
  /** Null: the schema alone decides. */
  readonly inspect:
    | ((config: unknown, io: ProviderIo, refusal?: string) => Promise<{ field: string; message: string } | null>)
    | null;
  readonly notice: ((io: ProviderIo) => Promise<string | null>) | null;
}

/** Closes over a provider's config type and returns the erased form that the registry lists. */
export function defineProvider<S extends z.ZodObject, P>(spec: ProviderSpec<S, P>): Provider {
  const ioFor = (config: unknown, io: ProviderIo) => (spec.ownServer ? withCertificates(config, io) : io);
  const inspect = async (config: z.output<S>, io: ProviderIo, refusal?: string) =>
    (await spec.inspect?.(config, ioFor(config, io), refusal)) ?? null;
  // Not a spread, which would read the getters of the kind and so build every form at the start.
  return Object.assign(defineKind(spec.ownServer ? { ...spec, config: () => withTlsFields(schemaOf(spec)) } : spec), {
    docsUrl: spec.docsUrl,
    purpose: spec.purpose,
    answers: spec.answers ?? [],
    canMailPeople: spec.canMailPeople ?? false,
    namesPeople: spec.namesPeople,
    transport: spec.transport ?? "http",
    usesReceipt: spec.usesReceipt ?? false,
    closesAlerts: spec.closesAlerts ?? false,
    stopRinging: spec.stopRinging
      ? async (threadId, config, io) =>
          (await spec.stopRinging?.(threadId, config as z.output<S>, io)) ?? { kind: "sent" }
      : null,
    wantsRun: spec.wantsRun ?? false,
    ruleStates: spec.ruleStates ?? ["start", "success", "warning", "failure"],
    messageOptions: { priority: false, tags: false, sound: false, mentions: null, ...spec.messageOptions },
    limits: spec.limits,
    rate: spec.rate ?? null,
    concurrency: spec.concurrency,
    foldAbove: spec.foldAbove,
    digestMessages: spec.digestMessages ?? 5,
    presets: spec.presets ?? [],
    needsValues: (config) => spec.needsValues?.(config as z.output<S>) ?? false,
    parts: (payload) => spec.parts(payload as P),
    preview: (payload, config) => spec.preview(payload as P, config as z.output<S>),
    fromUrl: (text) => spec.fromUrl?.(text) ?? null,
    wrongLink: (url) => spec.wrongLink?.(url) ?? null,
    delegatesTo: spec.delegatesTo ? (config) => withTargetsOf(spec, config as z.output<S>) : null,
    warmUp: spec.warmUp ?? null,
    isPerJob: (config) => spec.isPerJob?.(config as z.output<S>) ?? false,
    needsJob: (config) => spec.needsJob?.(config as z.output<S>) ?? false,
    inspect: spec.inspect ? (config, io, refusal) => inspect(config as z.output<S>, io, refusal) : null,
    notice: spec.notice ? async (io) => (await spec.notice?.(io)) ?? null : null,
    audience: (config) => spec.audience?.(config as z.output<S>) ?? { fixed: [""], admins: false },
    render(notification, config, context) {
      const shown = context.hidesFacts ? { ...notification, fields: [], times: [] } : notification;
      return spec.render(shown, config as z.output<S>, context);
    },
    async send(payload, config, io) {
      const result = await spec.send(payload as P, config as z.output<S>, ioFor(config, io));
      if (result.kind === "sent" || result.advice) return result;
      const advice = spec.advise?.({ status: result.status, reason: result.reason });
      return advice ? { ...result, advice } : result;
    },
  } satisfies Omit<Provider, keyof Kind>);
}

function schemaOf<S extends z.ZodObject, P>({ config }: ProviderSpec<S, P>): S {
  return typeof config === "function" ? config() : config;
}

/** Every request goes out with the channel's certificates; `apprise` can be given the authority alone. */
function withCertificates(config: unknown, io: ProviderIo): ProviderIo {
  const tls = tlsIn(config);
  const { commands } = io;
  return {
    ...io,
    http: { request: (input) => io.http.request({ ...input, tls }) },
    ...(commands && {
      commands: { ...commands, runApprise: (input) => commands.runApprise({ ...input, ca: tls.ca }) },
    }),
  };
}

/** The other provider's configurations, with the certificates of the form that names them. */
function withTargetsOf<S extends z.ZodObject, P>(spec: ProviderSpec<S, P>, config: z.output<S>): Delegate | null {
  const delegate = spec.delegatesTo?.(config) ?? null;
  if (!delegate || !spec.ownServer) return delegate;
  const targets = delegate.targets.map((target) => ({
    ...target,
    config: { ...tlsValuesIn(config), ...target.config },
  }));
  return { ...delegate, targets };
}
