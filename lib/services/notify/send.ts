import { createHash } from "node:crypto";
import { z } from "zod";
import { channelIdsByNameOrId } from "@/db/queries/notify";
import { AppError } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { inputSentence } from "@/lib/core/input-sentence";
import { SEVERITIES, SEVERITY_OF_TONE } from "@/lib/core/severity";
import { isProblem, TONES } from "@/lib/core/tone";
import { unknownKeys } from "@/lib/core/unknown-keys";
import { emitAll } from "@/lib/dispatch/emit";
import { customNotification } from "@/lib/events/custom-notification";
import { defineVerb } from "../verb";

const MAX_EVENTS = 1_000;
/** Different channels that one call may name, over all its notifications. */
const MAX_CHANNELS = 500;
/** More than an answer names. */
const MAX_ISSUES = 200;

/** One notification. */
export const notifyItem = z.object({
  title: z.string().trim().min(1, "A title is needed.").max(1_000, "At most 1,000 characters."),
  message: z.string().max(100_000, "At most 100,000 characters."),
  tone: z.enum(TONES).optional().meta({ description: "Its look; `info` when left out" }),
  severity: z.enum(SEVERITIES).optional().meta({ description: "From the tone when left out" }),
  dedupKey: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: "Opens an alert: one open alert per key and API key" }),
  status: z
    .enum(["firing", "resolved"])
    .optional()
    .meta({ description: "With dedupKey: opens or resolves the alert; from the tone when left out" }),
  fields: z
    .array(z.object({ label: z.string().min(1).max(200), value: z.string().max(2_000) }))
    .max(50)
    .optional(),
  channels: z
    .array(z.string().min(1).max(200))
    .max(50)
    .optional()
    .meta({ description: "Ids or names, in place of the event's own channels" }),
  idempotencyKey: z.string().min(1).max(255, "At most 255 characters.").optional(),
});

/** One, or up to 1,000 that are accepted or refused together. */
export const notifyInput = z.union([
  z.array(notifyItem).min(1, "An empty list notifies no one.").max(MAX_EVENTS, "At most 1,000 at a time."),
  notifyItem,
]);

type NotifyItem = z.output<typeof notifyItem>;

export interface NotifyAnswer {
  events: { id: string; duplicate: boolean; deliveries: number }[];
}

/** The union would report the issues of every branch; the shape of the input decides which are reported. */
const notifyBody = z.unknown().transform((raw, context): { items: NotifyItem[]; isList: boolean } => {
  const isList = Array.isArray(raw);
  if (!isList && (typeof raw !== "object" || raw === null)) {
    context.addIssue("The body must be a notification, or a list of them.");
    return z.NEVER;
  }
  const schema = isList ? notifyInput.options[0] : notifyItem;
  const unknown = unknownKeys(schema, raw);
  for (const { path, message } of unknown) context.addIssue({ code: "custom", path, message });
  if (unknown.some(({ isTooLong }) => isTooLong)) return z.NEVER;
  const parsed = schema.safeParse(raw, { error: inputSentence });
  if (parsed.success && unknown.length === 0)
    return { items: Array.isArray(parsed.data) ? parsed.data : [parsed.data], isList };
  for (const issue of parsed.error?.issues.slice(0, MAX_ISSUES) ?? [])
    context.addIssue({ ...issue, input: undefined } as never);
  return z.NEVER;
});

/**
 * Sends a notification of the caller's own. The event is its own record: no audit row.
 * @throws AppError `conflict` when an idempotency key comes again with another notification
 */
export const notifySend = defineVerb({
  name: "notify.send",
  permission: "operator",
  changes: false,
  input: notifyBody,
  async run({ actor, now }, { items, isList }): Promise<NotifyAnswer> {
    const ids = await channelsOf(items, isList);
    const apiKeyId = actor.id ?? actor.kind;
    const drafts = items.map((item) => ({ draft: draftOf(item, apiKeyId, actor.name, ids, now) }));
    const answers = await emitAll(drafts);
    return {
      events: answers.map((answer) => {
        if (!answer) throw new AppError("internal", "A notification was not recorded.");
        return { id: answer.id, duplicate: answer.isDuplicate, deliveries: answer.deliveries };
      }),
    };
  },
});

function draftOf(
  item: NotifyItem,
  apiKeyId: string,
  caller: string,
  ids: ReadonlyMap<string, string>,
  now: number,
): EventDraft {
  const tone = item.tone ?? "info";
  const { title, message, dedupKey, idempotencyKey, fields, channels } = item;
  const severity = item.severity ?? SEVERITY_OF_TONE[tone];
  const status = dedupKey ? (item.status ?? (isProblem(tone) ? "firing" : "resolved")) : undefined;
  return customNotification.draft({
    subject: { kind: "custom", id: dedupKey ?? apiKeyId, name: dedupKey ?? title },
    data: {
      ...(fields && { fields: fields.map((field) => ({ ...field, short: field.value.length <= 40 })) }),
      ...(idempotencyKey && {
        request: partDigests({ title, message, tone, severity, dedupKey, status, fields, channels }),
      }),
      actorName: caller,
    },
    at: now,
    ...(status && { status }),
    custom: {
      title,
      message,
      tone,
      severity,
      ...(dedupKey ? { dedupKey } : {}),
      ...(channels ? { channelIds: channels.map((name) => ids.get(name) ?? name) } : {}),
      ...(idempotencyKey ? { idempotencyKey } : {}),
    },
    apiKeyId,
  });
}

/** A short digest of each part that was given, by which a repetition is compared with the first without keeping its text twice. */
function partDigests(parts: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16),
      ]),
  );
}

/** Ids of the channels that the items name, by id or name. @throws AppError `invalid` with a field per unknown channel */
async function channelsOf(items: readonly NotifyItem[], isList: boolean): Promise<ReadonlyMap<string, string>> {
  const named = new Set(items.flatMap((item) => item.channels ?? []));
  if (named.size === 0) return new Map();
  if (named.size > MAX_CHANNELS) {
    const count = named.size.toLocaleString("en-US");
    throw new AppError("invalid", `One call can name ${MAX_CHANNELS} different channels; this one names ${count}.`);
  }
  const ids = await channelIdsByNameOrId([...named]);
  const fields: Record<string, string> = {};
  items.forEach((item, index) => {
    item.channels?.forEach((name, position) => {
      if (!ids.has(name))
        fields[`${isList ? `[${index}].` : ""}channels[${position}]`] = `There is no channel “${name}”.`;
    });
  });
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some channels do not exist.", { fields });
  return ids;
}
