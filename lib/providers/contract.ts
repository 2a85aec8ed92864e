import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import type { HttpIo } from "./http";
import type { MailIo } from "./mail";

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
  priority?: string;
  tags?: string[];
  /** What led here, to complete "because of …": `the job's row “On Failure”`. */
  because?: string;
  /** Name and address of this installation, for footers. */
  installation: { name: string; url: string | null };
}

/** Values for `{{path}}`: nested plain data. */
export interface TemplateValues {
  [name: string]: string | number | boolean | null | undefined | TemplateValues;
}

/** Who a channel speaks to. */
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
  limits: Record<string, Limit>;
  /** At most so many requests in so many milliseconds; none: no limit known. */
  rate?: { requests: number; perMs: number };
  /** Sends under way at once. */
  concurrency: number;
  /** More first tellings than this waiting for one channel are folded into digests; none: never. */
  foldAbove: number | null;
  config: S;
  presets?: Preset[];
  /** Complete and plausible; the conformance suite renders with it. */
  example: z.input<S>;
  audience?(config: z.output<S>): Audience;
  /** True when this configuration has a template of its own, so that `render` wants `context.values`. */
  needsValues?(config: z.output<S>): boolean;
  /** Pure. What is returned is sent as it is, and logged as it is with secrets redacted. */
  render(notification: Notification, config: z.output<S>, context: RenderContext): P;
  send(payload: P, config: z.output<S>, io: ProviderIo): Promise<Outcome>;
  /** The texts of a payload by the limit they are held to, as sent. The conformance suite measures them. */
  parts(payload: P): Record<string, string[]>;
  /** What to do about the service's words, by status and text; shown below them. */
  advise?(outcome: { status?: number; reason: string }): string | undefined;
}

/** A provider as the registry holds it: its config type is closed over, so nothing casts. */
export interface Provider {
  readonly id: string;
  readonly label: string;
  readonly docsUrl: string;
  readonly purpose: "message" | "monitor";
  readonly canMailPeople: boolean;
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
}

/** Closes over a provider's config type and hands out the erased form that the registry lists. */
export function defineProvider<S extends z.ZodObject, P>(spec: ProviderSpec<S, P>): Provider {
  const parse = (config: unknown) => spec.config.parse(config) as z.output<S>;
  const secretFields = Object.entries(spec.config.shape as Record<string, z.ZodType>)
    .filter(([, schema]) => schema.meta()?.secret === true)
    .map(([name]) => name);
  return {
    id: spec.id,
    label: spec.label,
    docsUrl: spec.docsUrl,
    purpose: spec.purpose,
    canMailPeople: spec.canMailPeople ?? false,
    limits: spec.limits,
    rate: spec.rate ?? null,
    concurrency: spec.concurrency,
    foldAbove: spec.foldAbove,
    configSchema: spec.config,
    presets: spec.presets ?? [],
    example: spec.example,
    secretFields,
    // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
    formSchema: () => ({ ...z.toJSONSchema(spec.config, { io: "input" }) }),
    parse,
    needsValues: (config) => spec.needsValues?.(config as z.output<S>) ?? false,
    parts: (payload) => spec.parts(payload as P),
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
