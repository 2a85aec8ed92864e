import type { z } from "zod";
import { readFault } from "@/db/faults";
import type { Actor, MaybeActor } from "@/lib/auth/access/actor";
import { type Permission, requirePermission } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { inputSentence } from "@/lib/core/input-sentence";
import { unknownKeys } from "@/lib/core/unknown-keys";
import { unstorableTexts } from "@/lib/core/unstorable-text";
import { auditRowsOf, type MakeAuditRow } from "./audit-row";
import { requireInScope, requireScopedVerb } from "./client-scope";
import { entityOfVerb, type RecordedUse, recordRefusal, recordUse } from "./recorded-use";
import { revealAnswer } from "./reveal-answer";

export type { AuditRow } from "./audit-row";

export interface VerbContext<A extends MaybeActor = Actor> {
  actor: A;
  /** When the verb was called, milliseconds. */
  now: number;
  /** The audit row of this call, to pass to the store step that writes the change. Keep secrets out of `detail`. */
  audit: MakeAuditRow;
}

interface VerbSpec<P extends Permission, S extends z.ZodType, O> {
  /** `channels.update`: the entity, a dot, the verb. */
  name: string;
  permission: P;
  input: S;
  /** True when it changes something: then it must write an audit row, which a table test checks. */
  changes: boolean;
  /**
   * For what sends or reveals something without a change: its audit row is written before it runs. A table test checks
   * that nothing that sends or reveals goes without.
   */
  records?: RecordedUse<z.output<S>>;
  run(context: VerbContext<P extends "anyone" ? MaybeActor : Actor>, input: z.output<S>): Promise<O>;
}

export interface Verb<S extends z.ZodType = z.ZodType, O = unknown> {
  readonly name: string;
  readonly permission: Permission;
  readonly changes: boolean;
  /** What it does beyond reading, when it leaves an audit row without a change. */
  readonly does: "sends" | "reveals" | null;
  readonly input: S;
  /**
   * Checks who calls before the input is read. A refused attempt to change, send or reveal something is recorded.
   * @param about what is known of the input so far: its `id`, from the path
   * @throws AppError `unauthenticated`, `forbidden`
   */
  permit(actor: MaybeActor, about?: unknown): Promise<void>;
  /**
   * Actor, permission, parse, run; the answer holds what the caller may see, by the table of visibility.
   * @param raw input from outside; parsed by the verb's schema
   * @throws AppError, `invalid` with one sentence per field when the input does not fit, `unavailable` while the
   * database cannot be reached
   */
  call(actor: MaybeActor, raw: unknown): Promise<O>;
}

/** The frame of every use case. Server actions, API routes, machine routes and the command line only call it. */
export function defineVerb<P extends Permission, S extends z.ZodType, O>(spec: VerbSpec<P, S, O>): Verb<S, O> {
  return {
    name: spec.name,
    permission: spec.permission,
    changes: spec.changes,
    does: spec.records?.does ?? null,
    input: spec.input,
    permit: (actor, about) => permit(spec, actor, auditRowsOf(spec.name, actor, Date.now()), about),
    async call(actor, raw) {
      const now = Date.now();
      const context: VerbContext<MaybeActor> = { actor, now, audit: auditRowsOf(spec.name, actor, now) };
      await permit(spec, actor, context.audit, raw);
      const input = parseInput(spec.input, raw);
      try {
        await requireInScope(spec.name, input, actor);
        if (spec.records) await recordUse(spec.records, input, actor, context.audit);
        const answer = await spec.run(context as VerbContext<P extends "anyone" ? MaybeActor : Actor>, input);
        return revealAnswer(spec.name, answer, actor);
      } catch (error) {
        throw readFault(error);
      }
    },
  };
}

async function permit<P extends Permission, S extends z.ZodType, O>(
  { name, permission, changes, records }: VerbSpec<P, S, O>,
  actor: MaybeActor,
  audit: MakeAuditRow,
  raw: unknown,
): Promise<void> {
  try {
    requirePermission(actor, permission);
    if (permission !== "anyone") requireScopedVerb(name, actor);
  } catch (error) {
    const use = records ?? (changes ? { entity: entityOfVerb(name) } : null);
    if (use && actor) await recordRefusal(use, raw, actor, audit);
    throw error;
  }
}

/**
 * Parses input from outside.
 * @throws AppError `invalid` with every issue beside its field, names that the schema does not know included
 */
export function parseInput<S extends z.ZodType>(schema: S, raw: unknown): z.output<S> {
  const unstorable = unstorableTexts(raw);
  if (unstorable.length > 0) throw invalidInput(byPath(unstorable));
  const found = unknownKeys(schema, raw);
  const unknown = byPath(found);
  if (found.some(({ isTooLong }) => isTooLong)) throw invalidInput(unknown);
  const parsed = schema.safeParse(raw, { error: inputSentence });
  if (parsed.success && Object.keys(unknown).length === 0) return parsed.data;
  throw invalidInput({ ...unknown, ...(parsed.error && fieldsOf(parsed.error)) });
}

/** As many as one answer names: a caller that sends half a million wrong values gets no answer of 50 MB. */
const MAX_FIELDS = 100;

function invalidInput({ "": whole, ...fields }: Record<string, string>): AppError {
  const all = Object.entries(fields);
  // An issue of the whole input belongs to no field.
  if (all.length === 0 && whole) return new AppError("invalid", whole);
  if (all.length <= MAX_FIELDS) return new AppError("invalid", "Some fields are invalid.", { fields });
  const count = all.length.toLocaleString("en-US");
  const sentence = `${count} fields are invalid; the first ${MAX_FIELDS} are named.`;
  return new AppError("invalid", sentence, { fields: Object.fromEntries(all.slice(0, MAX_FIELDS)) });
}

/**
 * Refuses names in a configuration that its schema does not know.
 * @param stored what is stored already: an older version of the program may have known more
 * @throws AppError `invalid` with a sentence per name, as `config.url`
 */
export function assertKnownFields(schema: z.ZodType, config: object, stored: object): void {
  const sent = Object.fromEntries(Object.entries(config).filter(([name]) => !Object.hasOwn(stored, name)));
  const fields = unknownFields(schema, sent, ["config"]);
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

function unknownFields(schema: z.ZodType, raw: unknown, prefix: string[] = []): Record<string, string> {
  return byPath(unknownKeys(schema, raw, prefix));
}

function byPath(found: readonly { path: readonly PropertyKey[]; message: string }[]): Record<string, string> {
  return Object.fromEntries(found.map(({ path, message }) => [pathText(path), message]));
}

/** Zod's issues as one sentence per path: `config.url`, `[3].title`. */
export function fieldsOf(error: z.ZodError, prefix: (string | number)[] = []): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const path = pathText([...prefix, ...issue.path]);
    // For an invalid key, zod keeps the message one level down.
    fields[path] ??= (issue.code === "invalid_key" && issue.issues[0]?.message) || issue.message;
  }
  return fields;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part)),
    "",
  );
}
