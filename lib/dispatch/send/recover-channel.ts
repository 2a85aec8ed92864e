import { databaseNow } from "@/db/database-clock";
import { type AuditInsert, writeAudit } from "@/db/stores/audit";
import { holdForMute } from "@/db/stores/channel-deliveries";
import { insertDeliveries } from "@/db/stores/deliveries";
import { newDelivery, sameRecipient } from "@/db/stores/new-delivery";
import {
  countLost,
  foldLost,
  isAboutProblem,
  type LostDelivery,
  type LostFilter,
  newestAlive,
  nextDigestStep,
  readCarried,
  readLost,
  readMutedUntil,
  sendLostAgain,
} from "@/db/stores/recover";
import { putState } from "@/db/stores/system-state";
import { type Steps, type Tx, transact } from "@/db/transact";
import type { DeliveryStatus } from "@/lib/core/delivery";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import { CATALOG } from "@/lib/events/catalog";
import { type Digest, type DigestRoom, foldStorm } from "@/lib/policy/digest";
import { digestRoom } from "./digest-room";
import { readInstallation } from "./installation";
import { type LoadedChannel, loadChannel } from "./loaded-channel";

/** How the lost notifications of a channel are sent: one by one, as one summary, or only what is still open. */
export const RECOVER_WAYS = ["each", "summary", "open"] as const;
export type RecoverWay = (typeof RECOVER_WAYS)[number];

/** As many as one call takes; the others are counted. */
const LIMIT = 5_000;
/** Of what an answer names. */
const NAMED = 10;

export interface RecoverRequest {
  channelId: string;
  /** Milliseconds. */
  since: number;
  as: RecoverWay;
  includesCanceled: boolean;
}

export interface Recovered {
  /** Notifications that are sent again. */
  count: number;
  /** Messages that carry them. */
  messages: number;
  /** Lost ones that are more than one call takes. */
  left: number;
  /** Open alerts among them. */
  open: number;
  byReason: { status: DeliveryStatus; reasonCode: ReasonCode | null; count: number }[];
  /** The first of them. */
  first: LostDelivery[];
}

/** Key in `system_state`: when the lost notifications of a channel were last sent again. */
export function recoveredKey(channelId: string): string {
  return `recovered:${channelId}`;
}

/** What a channel has lost, and what is not sent late. */
export function lostFilter({ channelId, since, includesCanceled }: Omit<RecoverRequest, "as">): LostFilter {
  const excludedTypes = CATALOG.filter(({ isReport }) => isReport).map(({ type }) => type);
  return { channelId, since, includesCanceled, excludedTypes };
}

/**
 * Sends again what a channel has lost since a time, in one transaction. A second call finds nothing left.
 * @param audit null: nothing is written, and the answer says what would be
 * @throws AppError `not_found`; `conflict` when the channel cannot send, or not in this way
 */
export async function recoverChannel(request: RecoverRequest, audit: AuditInsert | null): Promise<Recovered> {
  const { channelId, as } = request;
  const channel = await loadChannel(channelId);
  if (!channel) throw new AppError("not_found", "There is no such channel.");
  if ("broken" in channel) throw new AppError("conflict", `${channel.name} cannot send: ${channel.broken}`);
  assertPossible(channel, as, audit !== null);
  const installation = await readInstallation();
  const now = databaseNow();
  return await transact([recoveredKey(channelId)], function* (tx) {
    const filter = lostFilter(request);
    const byReason = yield* countLost(tx, filter);
    const plan = yield* planRecovery(
      tx,
      filter,
      as,
      (recipient) => digestRoom(channel, recipient, installation, now),
      now,
    );
    if (audit) yield* write(tx, channelId, plan, audit, now);
    const total = byReason.reduce((sum, row) => sum + row.count, 0);
    const open = plan.sent.flatMap(({ alertId, alertStatus }) => (alertId && isOpen(alertStatus) ? [alertId] : []));
    return {
      count: plan.sent.length,
      messages: plan.again.length + plan.digests.length,
      left: Math.max(0, total - plan.taken),
      open: new Set(open).size,
      byReason,
      first: plan.sent.slice(0, NAMED),
    };
  });
}

function assertPossible({ name, enabled, provider }: LoadedChannel, as: RecoverWay, sends: boolean): void {
  const refuse = (why: string) => new AppError("conflict", `${name}: ${why}`);
  if (provider.purpose === "monitor")
    throw refuse(
      "a monitor takes the state of a run when it happens; what it missed would be taken for the state now.",
    );
  if (as === "summary" && provider.closesAlerts)
    throw refuse(
      "its service keeps each alert open until a message of its own closes it. Send them one by one, or only what is open.",
    );
  if (sends && !enabled) throw refuse("a disabled channel sends nothing. Enable it first.");
}

interface RecoveryPlan {
  /** The notifications, oldest first. */
  sent: LostDelivery[];
  /** Rows that get a new attempt. */
  again: string[];
  digests: { digest: Digest; carried: LostDelivery[]; isFirst: boolean }[];
  /** Lost digests whose content goes by other messages now. */
  replaced: LostDelivery[];
  /** How many of the lost rows this takes. */
  taken: number;
}

function* planRecovery(
  tx: Tx,
  filter: LostFilter,
  as: RecoverWay,
  roomOf: (recipient: string) => DigestRoom,
  now: number,
): Steps<RecoveryPlan> {
  const lost = yield* readLost(tx, filter, LIMIT);
  if (as === "each") return { sent: lost, again: idsOf(lost), digests: [], replaced: [], taken: lost.length };
  const digested = lost.filter(({ kind }) => kind === "digest");
  const carried = yield* readCarried(tx, idsOf(digested), LIMIT);
  const carriers = new Set(carried.map(({ foldedInto }) => foldedInto));
  const replaced = digested.filter(({ id }) => carriers.has(id));
  const single = [...lost.filter(({ id }) => !carriers.has(id)), ...carried];
  if (as === "open") {
    const sent = yield* newestOpen(tx, filter.channelId, single);
    return { sent, again: idsOf(sent), digests: [], replaced: [], taken: lost.length };
  }
  const sent = single.filter(({ kind }) => kind !== "update").sort((a, b) => (a.id < b.id ? -1 : 1));
  const digests = byRecipient(sent).flatMap((group) => summaryOf(group, roomOf(group[0]?.recipient ?? ""), now));
  return { sent, again: [], digests, replaced, taken: lost.length };
}

const isOpen = (status: LostDelivery["alertStatus"]) => status !== null && status !== "resolved";

/** The newest per alert and recipient of what is still open, unless a newer one was sent or waits. */
function* newestOpen(tx: Tx, channelId: string, lost: readonly LostDelivery[]): Steps<LostDelivery[]> {
  const newest = new Map<string, LostDelivery>();
  for (const one of lost) {
    const key = `${one.alertId}\n${one.recipient}`;
    if (!isAboutProblem(one) || !isOpen(one.alertStatus)) continue;
    if ((newest.get(key)?.id ?? "") < one.id) newest.set(key, one);
  }
  const alertIds = [...new Set([...newest.values()].flatMap(({ alertId }) => alertId ?? []))];
  const alive = yield* newestAlive(tx, channelId, alertIds);
  return [...newest].flatMap(([key, one]) => ((alive.get(key) ?? "") > one.id ? [] : [one]));
}

function byRecipient(rows: readonly LostDelivery[]): LostDelivery[][] {
  const groups = new Map<string, LostDelivery[]>();
  for (const row of rows) {
    const group = groups.get(row.recipient);
    if (group) group.push(row);
    else groups.set(row.recipient, [row]);
  }
  return [...groups.values()];
}

/** One recipient's lost notifications as few messages, which say what is still open. */
function summaryOf(group: readonly LostDelivery[], room: DigestRoom, now: number): RecoveryPlan["digests"] {
  const lines = group.map((row) => ({ ...row, title: `${row.title}${stateOf(row)}` }));
  const problems = group.filter((row) => isAboutProblem(row) && row.alertId !== null);
  const open = new Set(problems.flatMap(({ alertId, alertStatus }) => (isOpen(alertStatus) ? [alertId] : []))).size;
  const state = open > 0 ? `${pluralize(open, "alert")} still open` : problems.length > 0 ? "none still open" : "";
  const title = `${pluralize(group.length, "notification")} not sent before${state && `, ${state}`}`;
  return foldStorm(lines, room, now).map((digest, index, all) => {
    const page = all.length > 1 ? ` (${index + 1} of ${all.length})` : "";
    const ids = new Set(digest.lineIds);
    return {
      digest: { ...digest, notification: { ...digest.notification, title: `${title}${page}` } },
      carried: group.filter(({ id }) => ids.has(id)),
      isFirst: index === 0,
    };
  });
}

function stateOf(row: LostDelivery): string {
  if (!isAboutProblem(row) || row.alertStatus === null) return "";
  return isOpen(row.alertStatus) ? " (still open)" : " (over)";
}

function* write(tx: Tx, channelId: string, plan: RecoveryPlan, audit: AuditInsert, now: number): Steps<void> {
  yield* sendLostAgain(tx, plan.again, now);
  for (const one of plan.digests) yield* writeDigest(tx, one, plan.replaced, now);
  const mutedUntil = yield* readMutedUntil(tx, channelId);
  if (mutedUntil !== null && mutedUntil > now) yield* holdForMute(tx, channelId, mutedUntil);
  yield* putState(tx, recoveredKey(channelId), now);
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "deliveries", ids: [channelId] }, { topic: "channels", ids: [channelId] });
}

function* writeDigest(
  tx: Tx,
  { digest: { notification }, carried, isFirst }: RecoveryPlan["digests"][number],
  replaced: readonly LostDelivery[],
  now: number,
): Steps<void> {
  const [first] = carried;
  if (!first) return;
  const { title, tone, severity } = notification;
  const row = newDelivery({
    ...sameRecipient(first),
    // It belongs to several problems, and to no rule.
    alertId: null,
    orderKey: null,
    ruleId: null,
    kind: "digest",
    step: yield* nextDigestStep(tx, first),
    status: "pending",
    title,
    tone,
    severity,
    notification,
    createdAt: now,
    foldedCount: carried.length,
    // A person reads them already: nobody is mentioned.
    text: { mentions: [] },
  });
  yield* insertDeliveries(tx, [row]);
  // A lost digest goes with the first of the new ones, then each takes what it names.
  const whole = isFirst ? replaced.filter(({ recipient }) => recipient === first.recipient) : [];
  if (whole.length > 0) yield* foldLost(tx, row.id, idsOf(whole), now);
  yield* foldLost(tx, row.id, idsOf(carried), now);
}

function idsOf(rows: readonly LostDelivery[]): string[] {
  return rows.map(({ id }) => id);
}
