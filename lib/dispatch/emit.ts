import type { Change } from "@/db/stores/change";
import { type WrittenEvent, writeEvent } from "@/db/stores/events";
import { plannedDelivery } from "@/db/stores/new-delivery";
import { type Steps, type Tx, transact } from "@/db/transact";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import type { EventPlan } from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import { systemError } from "@/lib/events/system-error";
import { decide } from "@/lib/policy/pipeline";
import { targetKey } from "@/lib/policy/rules";
import { dedupKeys } from "@/lib/policy/stages/correlate";
import { DirectHandoff } from "./plan/direct-handoff";
import { planWithoutRouting } from "./plan/plan-without-routing";
import { readSituation } from "./plan/read-situation";
import { RoutingReader } from "./plan/routing-snapshot";
import { rememberEvent } from "./send/recent-events";
import { noticeStorageFault } from "./send/storage-watch";

const log = loggerOf("emit");

/** The part that decides who is notified, as the subject of its own errors. */
export const ROUTING = { kind: "component", id: "routing", name: "Routing" } as const;

export interface EmitInput {
  draft: EventDraft;
  /** The store change that the event reports, written in the same transaction. */
  change?: Change;
}

/**
 * Records that something happened: the change that it reports, the event, its alert and its deliveries, in one
 * transaction. Returns when that is committed; nobody waits for a network.
 * @returns null when the change did not apply: then nothing is recorded and nobody is notified
 * @throws AppError `unavailable` when the database cannot be written, and what the change throws; never because of
 * a problem with notifications
 */
export async function emit(draft: EventDraft, change?: Change): Promise<WrittenEvent | null> {
  const [written] = await emitAll([change ? { draft, change } : { draft }]);
  return written ?? null;
}

/** Several events, taken whole or refused whole. Answers in the same order. */
export async function emitAll(inputs: readonly EmitInput[]): Promise<(WrittenEvent | null)[]> {
  return await record(inputs, new Set());
}

/**
 * Records an event that was sent from memory already, while nothing could be written.
 * @param sent channel and recipient of those that took it (`targetKey`): their deliveries are written as sent
 */
export async function emitAlreadySent(draft: EventDraft, sent: ReadonlySet<string>): Promise<void> {
  await record([{ draft }], sent);
}

interface Emitted {
  draft: EventDraft;
  written: WrittenEvent;
  plan: EventPlan;
  /** Routing failed; the event has no deliveries. */
  fault: unknown;
}

async function record(inputs: readonly EmitInput[], sent: ReadonlySet<string>): Promise<(WrittenEvent | null)[]> {
  const keys = inputs.flatMap(({ draft }) => dedupKeys(draft, eventType(draft.type)));
  const handoff = new DirectHandoff();
  let emitted: (Emitted | null)[];
  try {
    emitted = await transact(keys, function* (tx) {
      const routing = new RoutingReader();
      const list: (Emitted | null)[] = [];
      for (const input of inputs) list.push(yield* emitOne(tx, input, routing, handoff, sent));
      return list;
    });
  } catch (error) {
    handoff.release();
    noticeStorageFault(error);
    throw error;
  }
  for (const one of emitted) {
    if (one && !one.written.isDuplicate) rememberEvent(one.written.id, one.draft, one.plan);
  }
  handoff.push();
  for (const one of emitted) if (one?.fault) reportFault(one.draft, one.fault);
  return emitted.map((one) => one?.written ?? null);
}

/** The spine: change, situation, decision, rows. */
function* emitOne(
  tx: Tx,
  { draft, change }: EmitInput,
  routing: RoutingReader,
  handoff: DirectHandoff,
  sent: ReadonlySet<string>,
): Steps<Emitted | null> {
  const now = Date.now();
  const id = newId("evt");
  if (change && !(yield* change.apply(tx, id))) return null;
  const at = draft.at ?? now;
  const situation = yield* readSituation(tx, draft, { at, now }, yield* routing.read(tx, change !== undefined));
  let plan: EventPlan;
  let fault: unknown = null;
  try {
    plan = decide(situation);
  } catch (error) {
    fault = error;
    plan = planWithoutRouting(draft, at, error);
  }
  for (const delivery of plan.deliveries) {
    const isSent = delivery.status === "pending" && sent.has(targetKey(delivery.channelId, delivery.recipient));
    if (isSent) delivery.status = "sent";
  }
  const rows = plan.deliveries.map((delivery) => plannedDelivery(id, delivery, now));
  handoff.reserve(rows, now);
  const written = yield* writeEvent(tx, { id, draft, at, now }, plan, rows);
  if (written.isDuplicate) handoff.withdraw(rows);
  return { draft, written, plan, fault };
}

function reportFault(draft: EventDraft, fault: unknown): void {
  log.error("event stored, routing failed", { type: draft.type, error: fault });
  if (draft.subject.id === ROUTING.id) return;
  emit(
    systemError.draft({
      subject: ROUTING,
      data: {
        error: `An event of type ${draft.type} (${draft.subject.name}) was stored, but nobody was notified: ${messageOf(fault)}`,
      },
    }),
  ).catch((error) => log.error("failed to raise the routing failure", { error }));
}
